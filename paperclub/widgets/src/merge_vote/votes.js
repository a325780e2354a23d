import { join } from "../byte_pairs/pairs.js";
import { makeTokenizer, pieces } from "../gpt/tokenizer.js";
import { recordLine, wordsOf } from "../kit/record.js";

export const MOST_LETTERS = 60, MOST_PAIRS = 6, MOST_HANDS = 99, MOST_JOINS = 40;
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const bytesOf = (text) => new TextEncoder().encode(text);

/** A text's tokens after some joins, piece by piece. */
export function tokensOf(text, joins) {
  const words = Array.from(pieces(bytesOf(text)), (piece) => Array.from(piece));
  joins.forEach(([left, right], i) => words.forEach((word) => join(word, left, right, 256 + i)));
  return words;
}

/** All pairs of neighbours, in the order of their first place: [{ pair, count }]. */
export function pairsOf(words) {
  const found = new Map();
  for (const word of words) {
    for (let i = 0; i + 1 < word.length; i += 1) {
      const key = `${word[i]} ${word[i + 1]}`;
      const entry = found.get(key) ?? { pair: [word[i], word[i + 1]], count: 0 };
      entry.count += 1;
      found.set(key, entry);
    }
  }
  return [...found.values()];
}

/** Which of two entries a tokenizer would join first: the more frequent, then the smaller tokens. */
const first = (a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1];

/** What the room may vote for: the most frequent pairs, in the order of the text. */
export function candidates(text, joins) {
  const all = pairsOf(tokensOf(text, joins));
  const most = [...all].sort(first).slice(0, MOST_PAIRS);
  return all.filter((entry) => most.includes(entry));
}

/** Up to `count` joins of the most frequent pair each time. */
export function byCounting(text, count) {
  const joins = [];
  while (joins.length < count) {
    const [best] = pairsOf(tokensOf(text, joins)).sort(first);
    if (!best) break;
    joins.push(best.pair);
  }
  return joins;
}

/** Whether the room's join number i was a most frequent pair of its round. */
function wasMost(text, joins, i) {
  const all = pairsOf(tokensOf(text, joins.slice(0, i)));
  const most = Math.max(...all.map(({ count }) => count));
  return all.some(({ pair, count }) => count === most && pair.join() === joins[i].join());
}

export const namesOf = (joins, ids) => makeTokenizer(joins, Infinity).names(ids);
const lengthOf = (text, joins) => sum(tokensOf(text, joins).map((word) => word.length));
const times = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** What the figure says; `sentence` in merge_vote.py gives the same words. */
export function sentence({ text, joins, word }) {
  const bytes = bytesOf(text).length;
  if (!bytes) return ["There is no text yet: type one."];
  if (!joins.length) return [`${times(bytes, "byte")} ${bytes === 1 ? "is" : "are"} as many tokens: nothing is joined yet.`];
  const agreed = joins.filter((_, i) => wasMost(text, joins, i)).length;
  const parts = [
    `After ${times(joins.length, "join")} ${times(bytes, "byte")} ${bytes === 1 ? "is" : "are"} ` +
    `${times(lengthOf(text, joins), "token")}; joining the most frequent pair each time gives ` +
    `${lengthOf(text, byCounting(text, joins.length))}. The room took a most frequent pair in ${agreed} of ${joins.length}.`,
  ];
  if (!word) return parts;
  return [...parts, " “", { token: word }, "” falls into ", { token: namesOf(joins, tokensOf(word, joins).flat()).join(" | ") }, "."];
}

export function line(state) {
  const { text, joins, votes } = state;
  const joined = joins.map((pair, i) => {
    const [left, right] = namesOf(joins, pair);
    const [won, all] = votes[i];
    return all ? `${left} + ${right} (${won} of ${times(all, "hand")})` : `${left} + ${right}`;
  });
  const said = joined.length ? ` Joined: ${joined.join(", ")}.` : "";
  return recordLine("Be the tokenizer", `Text: “${text}”.${said} ${wordsOf(sentence(state))}`);
}

import { makeTokenizer, pieces } from "../gpt/tokenizer.js";

/**
 * A vocabulary with what it counted: `merges` [[left, right], …] in the order learned, how often each
 * byte stood in the training text, and how often each merge was made there.
 *
 * With the first k merges, tokens are counted so: every merge took one from each of its two parts for
 * every token that it made.
 */
export class Vocabulary {
  /**
   * @param {[number, number][]} merges
   * @param {number[]} byteCounts
   * @param {number[]} mergeCounts
   */
  constructor(merges, byteCounts, mergeCounts) {
    this.merges = merges;
    this.byteCounts = byteCounts;
    this.mergeCounts = mergeCounts;
    this.tokenizer = makeTokenizer(merges, Infinity);
  }

  names(ids) { return this.tokenizer.names(ids); }

  /** What becomes of `text` merge by merge: entry k of each list is for the first k merges. */
  read(text) {
    const words = Array.from(pieces(new TextEncoder().encode(text)), (piece) => Array.from(piece));
    const counts = [...this.byteCounts];
    let total = counts.reduce((sum, count) => sum + count, 0);
    const bytes = words.reduce((sum, word) => sum + word.length, 0);
    const reading = { bytes, tokens: [words.flat()], joined: [0], bits: [bitsOf(words.flat(), counts, total)] };
    this.merges.forEach(([left, right], i) => {
      const made = this.mergeCounts[i];
      counts[left] -= made;
      counts[right] -= made;
      counts.push(made);
      total -= made;
      const joined = words.reduce((sum, word) => sum + join(word, left, right, 256 + i), 0);
      const tokens = joined ? words.flat() : reading.tokens[i];
      reading.joined.push(joined);
      reading.tokens.push(tokens);
      reading.bits.push(bitsOf(tokens, counts, total));
    });
    return reading;
  }
}

/** Join every pair in place, from the left; returns how many there were. */
export function join(word, left, right, joined) {
  let made = 0;
  for (let i = 0; i + 1 < word.length; i += 1) {
    if (word[i] !== left || word[i + 1] !== right) continue;
    word.splice(i, 2, joined);
    made += 1;
  }
  return made;
}

/** What each token costs under its share of the training text; half a count more for each token. */
function bitsOf(tokens, counts, total) {
  const all = total + counts.length / 2;
  return tokens.map((token) => -Math.log2((counts[token] + 0.5) / all));
}

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** Bits a token and bits a byte with the first k merges; null for a text of no bytes. */
export function rates({ bytes, bits }, k) {
  return bytes ? { token: sum(bits[k]) / bits[k].length, byte: sum(bits[k]) / bytes } : null;
}

const HERE = ["nowhere here", "once here"];

/** What the figure shows, as strings and `{token}`. `sentence` in byte_pairs.py gives the same words. */
export function sentence(vocabulary, reading, k) {
  const [now, plain] = [rates(reading, k), rates(reading, 0)];
  if (!now || !plain) return ["There is no text yet: type one."];
  const parts = [];
  if (k) {
    const [left, right] = vocabulary.names(vocabulary.merges[k - 1]);
    const times = HERE[reading.joined[k]] ?? `${reading.joined[k]} times here`;
    parts.push(`Merge ${k} joins “`, { token: left }, "” and “", { token: right }, `”, ${times}. `);
  }
  const sizes = `${count(reading.bytes, "byte")} ${reading.bytes === 1 ? "is" : "are"} ${count(reading.tokens[k].length, "token")}`;
  const before = k ? `, and ${now.byte.toFixed(2)} bits a byte (${plain.byte.toFixed(2)} with no merge)` : " and a byte";
  return [...parts, `${k ? "" : "With no merge, "}${sizes}: ${now.token.toFixed(2)} bits a token${before}.`];
}

const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The nearest merge above (by = 1) or below (by = -1) k that joins something in the text. */
export function neighbour({ joined }, k, by) {
  for (let at = k + by; at >= 0 && at < joined.length; at += by) if (joined[at]) return at;
  return by > 0 ? joined.length - 1 : 0;
}

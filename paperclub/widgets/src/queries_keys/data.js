import { recordLine, wordsOf } from "../kit/record.js";

export const MOST_KEYS = 8, MOST_QUERIES = 6, MOST_POINTS = 999, MOST_VALUE = 10, MOST_LETTERS = 24;

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const entriesOf = (text) => text.split(/[,;\n]/).map((entry) => entry.trim().slice(0, MOST_LETTERS)).filter(Boolean);

/** What a query's points make of the keys: { total, weights, answer, even }; weights are null for none. */
export function lookUp({ values, points }, row) {
  const total = sum(points[row]);
  const even = sum(values) / values.length;
  if (!total) return { total, weights: null, answer: null, even };
  const weights = points[row].map((count) => count / total);
  return { total, weights, answer: sum(points[row].map((count, j) => count * values[j])) / total, even };
}

/** What the figure says of one query; `sentence` in queries_keys.py gives the same words. */
export function sentence(state, row) {
  const { cards, queries, points } = state;
  const { total, weights, answer, even } = lookUp(state, row);
  const query = ["“", { token: queries[row] }, "”"];
  if (answer === null) return [...query, " has spent no point yet."];
  const most = points[row].indexOf(Math.max(...points[row]));
  const spread = weights[most] === 1
    ? ["all on “", { token: cards[most] }, "”, as a dictionary would."]
    : [`the largest weight, ${weights[most].toFixed(2)}, on “`, { token: cards[most] }, "”."];
  return [
    ...query, ` spends ${total} ${total === 1 ? "point" : "points"}, `, ...spread,
    ` Its answer is ${answer.toFixed(2)}; the same weight on each of the ${cards.length} keys gives ${even.toFixed(2)}.`,
  ];
}

export function line(state) {
  const { cards, values, queries, points } = state;
  const wall = `Keys and values: ${cards.map((key, j) => `${key} ${values[j]}`).join(", ")}.`;
  const said = queries.map((_, row) => {
    const spent = cards.flatMap((key, j) => (points[row][j] ? [`${key} ${points[row][j]}`] : [])).join(", ");
    return `${wordsOf(sentence(state, row))}${spent ? ` (${spent})` : ""}`;
  });
  return recordLine("Queries and keys", [wall, ...said].join(" "));
}

/** Keys as they are typed, "soup 8, salad 3", as { cards, values }; null for too few or too many. */
export function keysOf(text) {
  const typed = entriesOf(text).map((entry) => {
    const [, name, number] = entry.match(/^(.*?)\s+(\d+)$/) ?? [null, entry, "5"];
    return { name, value: Math.min(MOST_VALUE, Number(number)) };
  });
  if (typed.length < 2 || typed.length > MOST_KEYS) return null;
  return { cards: typed.map(({ name }) => name), values: typed.map(({ value }) => value) };
}

export function queriesOf(text) {
  const queries = entriesOf(text);
  return queries.length && queries.length <= MOST_QUERIES ? queries : null;
}

export const keysText = ({ cards, values }) => cards.map((key, j) => `${key} ${values[j]}`).join(", ");

/** The points of other cards: whoever is still there keeps them, by name. */
export function carried(before, { cards, queries }) {
  return queries.map((query) => {
    const row = before.queries.indexOf(query);
    return cards.map((key) => before.points[row]?.[before.cards.indexOf(key)] ?? 0);
  });
}

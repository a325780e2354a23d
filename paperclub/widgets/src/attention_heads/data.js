import { bytesOf } from "../kit/bytes.js";

/**
 * The weights of one figure. `set` is 0 for the model's weights and 1 for the control's.
 *
 * `shape` is [examples, heads, queries, keys]; a byte b stands for the weight b / 255.
 */
export function readData(model) {
  const control = bytesOf(model.get("control_weights"));
  return {
    shape: model.get("shape"),
    sets: control.length ? [bytesOf(model.get("weights")), control] : [bytesOf(model.get("weights"))],
    names: [model.get("name"), model.get("control_name")],
    keys: model.get("tokens"),
    queries: model.get("queries"),
    answers: model.get("answers"),
    titles: model.get("titles"),
  };
}

/** Where the row of one query starts. */
export function rowStart({ shape }, { example, head, query }) {
  const [, heads, queries, keys] = shape;
  return ((example * heads + head) * queries + query) * keys;
}

/** The weights of one query over all keys, in [0, 1]. */
export function row(data, at, set = at.set) {
  const start = rowStart(data, at);
  return Array.from(data.sets[set].subarray(start, start + data.shape[3]), (byte) => byte / 255);
}

/** The key with the largest weight; the first of them when several are equal. */
export function strongest(weights) {
  return weights.indexOf(Math.max(...weights));
}

/** The key that holds the answer to this query, or null. Only the last query is asked a question. */
export function answerTo(data, { example, query }) {
  return query === data.shape[2] - 1 ? data.answers[example] ?? null : null;
}

const number = (weight) => weight.toFixed(2);

/**
 * What the figure shows, in words: a list of strings and `{token}`, for the choice `at`.
 *
 * `at.key` is the key that the reader points to, or null. `sentence` in attention_heads.py gives the
 * same words; a test holds the two together.
 */
export function sentence(data, at) {
  const weights = row(data, at);
  const best = strongest(weights);
  const answer = answerTo(data, at);
  const place = (key) => ["“", { token: data.keys[at.example][key] }, `” (position ${key + 1})`];
  const owner = at.set === 1 ? ` of the ${data.names[1]} control` : "";
  const parts = [
    `In ${data.titles[at.example]}, head ${at.head + 1}${owner}, the query “`,
    { token: data.queries[at.example][at.query] },
  ];
  if (at.key !== null && at.key !== best) {
    return [...parts, `” puts ${number(weights[at.key])} of its weight on `, ...place(at.key),
      `; its largest is ${number(weights[best])} on `, ...place(best), "."];
  }
  parts.push(`” puts ${number(weights[best])} of its weight on `, ...place(best));
  if (answer === best) parts.push(", where the answer is");
  else if (answer !== null) {
    parts.push(` and ${number(weights[answer])} on `, ...place(answer), ", where the answer is");
  }
  if (at.set === 0 && data.sets.length > 1) {
    const spot = answer ?? best;
    parts.push(`; the ${data.names[1]} control puts ${number(row(data, at, 1)[spot])} there`);
  }
  return [...parts, "."];
}

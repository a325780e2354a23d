import { row, strongest } from "./looks.js";
import { patternOf } from "./patterns.js";

const number = (share) => share.toFixed(2);
const headName = (layer, head) => `layer ${layer + 1}, head ${head + 1}`;

/**
 * What the figure shows, as strings and `{token}`. `sentence` in attention_explorer.py gives the same
 * words; a test holds the two together.
 *
 * @param {any} shown has look and patterns; `before` is the look with no head switched
 *   off, or null; `control` is { weights, owner } of the same query, or null
 * @param {{layer: number, head: number, query: number, key: number | null, off: number[][],
 *   temperature: number}} at
 */
export function sentence(shown, at) {
  const { look, control } = shown;
  const weights = row(look, at);
  const best = strongest(weights);
  const spot = at.key ?? best;
  const pattern = patternOf(shown.patterns, at.layer * look.heads + at.head);
  const place = (key) => ["“", { token: look.names[key] }, `” (position ${key + 1})`];
  const parts = [
    `In ${headName(at.layer, at.head)}${pattern ? ` (${pattern.name})` : ""}, the query `, ...place(at.query),
    ` puts ${number(weights[spot])} of its weight on `, ...place(spot),
  ];
  if (spot !== best) parts.push(`; its largest is ${number(weights[best])} on `, ...place(best));
  if (control) parts.push(`; ${control.owner} ${number(control.weights[spot])} there`);
  return [...parts, ".", ...expects(shown, at), cut(look)];
}

function expects({ look, before }, { query, off, temperature }) {
  const next = look.next(query, temperature)?.[0];
  if (!next) return [];
  const at = temperature === 1 ? "" : ` at temperature ${temperature.toFixed(1)}`;
  const its = ["“", { token: next.name }, "” "];
  if (!before) return [` The likeliest next token${at} is `, ...its, `(${number(next.probability)}).`];
  const earlier = before.next(query, temperature)[0];
  const start = ` Without ${off.map(([layer, head]) => headName(layer, head)).join("; ")}, the likeliest next token${at} `;
  if (earlier.id === next.id) {
    return [`${start}stays `, ...its, `(${number(next.probability)} instead of ${number(earlier.probability)}).`];
  }
  return [`${start}is `, ...its, `(${number(next.probability)}) instead of “`, { token: earlier.name },
    `” (${number(earlier.probability)}).`];
}

function cut({ n, cut: left }) {
  return left ? ` The model sees ${n} tokens; ${left} at the end are left out.` : "";
}

/** What the control of a comparison is called in the sentence and on the picture. */
export const controlNames = (compare) => (compare.kind === "untrained"
  ? { owner: "untrained it puts", title: "untrained" }
  : { owner: `${headName(compare.layer, compare.head)} puts`, title: headName(compare.layer, compare.head) });

// The patterns that were measured in each head, and the order in which heads are shown.

/** Each pattern: its name, in short for a small label, and what a sorted overview is called. */
export const PATTERNS = {
  previous: { name: "previous token", brief: "prev" },
  same: { name: "same token", brief: "same" },
  induction: { name: "induction", brief: "ind." },
  first: { name: "first token", brief: "first" },
};

export const ORDERS = [null, ...Object.keys(PATTERNS)];

/** The pattern that a head is called by, as { name, brief }, or null when it has none. */
export const patternOf = (patterns, index) => PATTERNS[patterns[index]?.called] ?? null;

/**
 * Which head stands at which place of the overview: head numbers layer by layer, or by how strongly
 * they show a pattern.
 */
export function arranged(patterns, count, order) {
  const heads = Array.from({ length: count }, (_, i) => i);
  if (!order || patterns.length === 0) return heads;
  return heads.sort((a, b) => patterns[b].scores[order] - patterns[a].scores[order] || a - b);
}

/** Whether a head stays bright: any does in the model's own order, else those that show the pattern. */
export const isBright = (patterns, index, order, from) => !order || patterns[index].scores[order] >= from;

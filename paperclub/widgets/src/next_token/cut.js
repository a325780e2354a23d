/**
 * What is drawn from: the model's logits after temperature, then top-k, then top-p (Holtzman et al. 2020).
 *
 * Logits are divided by the temperature; the `k` largest are kept; of these the fewest whose shares of
 * what is left reach `p`, the one that crosses it included; and what is kept is made to sum to 1.
 *
 * @param {Float32Array | number[]} logits
 * @param {{temperature?: number, k?: number, p?: number}} [by]
 * @returns {{order: number[], given: Float64Array, drawn: Float64Array, kept: number}} the tokens' ids with
 *   the likeliest first, the model's own probabilities and those that are drawn from (both by id), and
 *   how many tokens can be drawn
 */
export function cut(logits, { temperature = 1, k = Infinity, p = 1 } = {}) {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  const given = softmax(logits, 1, logits[order[0]]);
  const warm = softmax(logits, temperature, logits[order[0]]);
  const first = order.slice(0, k);
  const whole = first.reduce((sum, id) => sum + warm[id], 0);
  let kept = 0, held = 0;
  while (kept < first.length && !(kept && p < 1 && held >= p * whole)) {
    held += warm[first[kept]];
    kept += 1;
  }
  const drawn = new Float64Array(logits.length);
  for (const id of first.slice(0, kept)) drawn[id] = warm[id] / held;
  return { order, given, drawn, kept };
}

function softmax(logits, temperature, largest) {
  const parts = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const total = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / total);
}

/** e to the entropy: among how many equally likely tokens a draw would be as uncertain. */
export function variety(drawn) {
  let entropy = 0;
  for (const share of drawn) if (share > 0) entropy -= share * Math.log(share);
  return Math.exp(entropy);
}

/** The id that the number `u` in [0, 1) falls on. */
export function draw(order, drawn, u) {
  let held = 0;
  for (const id of order) {
    held += drawn[id];
    if (u < held) return id;
  }
  return order[0];
}

/** Numbers in [0, 1), always the same ones (mulberry32): a figure that is opened again writes the same. */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

const number = (share) => (share > 0 && share < 0.005 ? "less than 0.01" : share.toFixed(2));

/**
 * What the figure shows, as strings and `{token}`. `sentence` in next_token.py gives the same words.
 *
 * @param {{last: string, name: string, place: number, cuts: ReturnType<typeof cut>}} shown the last token's name,
 *   the name of the token in focus, its place among the likeliest (from 0), and what `cut` gave
 */
export function sentence({ last, name, place, cuts }) {
  const { order, given, drawn, kept } = cuts;
  const id = order[place];
  const chance = drawn[id] ? `is drawn with probability ${number(drawn[id])}` : "is never drawn";
  const rest = kept === 1
    ? "No other token can be drawn."
    : `${kept} of ${order.length} tokens can be drawn, as varied as ${variety(drawn).toFixed(1)} equally likely ones.`;
  return [
    "After “", { token: last }, "”, “", { token: name }, `” (number ${place + 1}) ${chance}; `,
    `the model gave it ${number(given[id])}. ${rest}`,
  ];
}

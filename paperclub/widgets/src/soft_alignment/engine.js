/**
 * A recurrent translator with additive attention, for one text at a time.
 *
 * The packed weights, their order and the formulas are those of reading.py (and so PyTorch's); a test
 * holds the two together.
 */

/** One 16-bit float, given by its bits, as a number. */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const part = bits & 1023;
  if (exponent === 0) return sign * part * 2 ** -24;
  if (exponent === 31) return part ? NaN : sign * Infinity;
  return sign * (1024 + part) * 2 ** (exponent - 25);
}

/** @typedef {{values: Float64Array, rows: number, columns: number}} Matrix */

/** @type {(name: string, embed: number, state: number) => [string, number, number][]} */
const gru = (name, embed, state) => [
  [`${name}.weight_ih`, 3 * state, embed], [`${name}.weight_hh`, 3 * state, state],
  [`${name}.bias_ih`, 3 * state, 1], [`${name}.bias_hh`, 3 * state, 1],
];

/**
 * Names, rows and columns of all weights, in the order in which they are packed.
 *
 * @param {number[]} sizes
 * @returns {[string, number, number][]}
 */
function listed([source, target, embed, state, hidden]) {
  return [
    ["source", source, embed], ["target", target + 1, embed],
    ...gru("forward", embed, state), ...gru("backward", embed, state),
    ["first.weight", state, state], ["first.bias", state, 1],
    ...gru("cell", embed + 2 * state, state),
    ["read_out.weight", target, embed + 3 * state], ["read_out.bias", target, 1],
    ["to_query", hidden, state], ["to_key", hidden, 2 * state], ["to_score", 1, hidden],
  ];
}

/**
 * @param {number[]} sizes
 * @param {Uint8Array} bytes
 * @returns {Record<string, Matrix>} by their names
 */
export function readWeights(sizes, bytes) {
  const list = listed(sizes);
  const expected = list.reduce((sum, [, rows, columns]) => sum + 2 * rows * columns, 0);
  if (bytes.length !== expected) throw new Error(`The weights have ${bytes.length} bytes; ${expected} are expected.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let place = 0;
  return Object.fromEntries(list.map(([name, rows, columns]) => {
    const values = Float64Array.from({ length: rows * columns }, (_, i) => half(view.getUint16(place + 2 * i, true)));
    place += 2 * rows * columns;
    return [name, { values, rows, columns }];
  }));
}

function times({ values, rows, columns }, x) {
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (let column = 0; column < columns; column += 1) sum += values[row * columns + column] * x[column];
    out[row] = sum;
  }
  return out;
}

const add = (a, b) => a.map((value, i) => value + b[i]);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const join = (...parts) => Float64Array.from(parts.flatMap((part) => [...part]));
const rowOf = ({ values, columns }, i) => values.subarray(i * columns, (i + 1) * columns);
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** The shares of all places that are not hidden; zeros when all are. */
function softmax(scores, hidden) {
  const largest = Math.max(...scores.filter((_, i) => !hidden.has(i)));
  const parts = Array.from(scores, (score, i) => (hidden.has(i) ? 0 : Math.exp(score - largest)));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => (total ? part / total : 0));
}

export class Reader {
  /**
   * @param {number[]} sizes
   * @param {Uint8Array} bytes
   */
  constructor(sizes, bytes) {
    const [, targets, , size] = sizes;
    this.targets = targets;
    this.size = size;
    this.weights = readWeights(sizes, bytes);
  }

  #step(name, x, state) {
    const { weights: w, size } = this;
    const ofX = add(times(w[`${name}.weight_ih`], x), w[`${name}.bias_ih`].values);
    const ofState = add(times(w[`${name}.weight_hh`], state), w[`${name}.bias_hh`].values);
    return state.map((old, i) => {
      const reset = sigmoid(ofX[i] + ofState[i]);
      const update = sigmoid(ofX[size + i] + ofState[size + i]);
      const fresh = Math.tanh(ofX[2 * size + i] + reset * ofState[2 * size + i]);
      return (1 - update) * fresh + update * old;
    });
  }

  /** One state for each letter: what the forward and the backward pass hold there. */
  #read(ids) {
    const pass = (name, order) => {
      let state = new Float64Array(this.size);
      return order.map((id) => {
        state = this.#step(name, rowOf(this.weights.source, id), state);
        return state;
      });
    };
    const backward = pass("backward", [...ids].reverse()).reverse();
    return { backward, states: pass("forward", ids).map((state, i) => join(state, backward[i])) };
  }

  /**
   * What the model writes in `steps` letters, each fed with the one before.
   *
   * @param {number[]} ids the numbers of the source's letters, at least one
   * @param {number} steps
   * @param {Set<number>} [muted] places at whose states the attention may not look
   * @returns {{wrote: number[], weights: number[][]}} the written letters' numbers, and one row of shares for each
   */
  look(ids, steps, muted = new Set()) {
    const { weights: w } = this;
    const { backward, states } = this.#read(ids);
    const keys = states.map((state) => times(w.to_key, state));
    let state = add(times(w["first.weight"], backward[0]), w["first.bias"].values).map(Math.tanh);
    let token = this.targets;
    /** @type {{wrote: number[], weights: number[][]}} */
    const said = { wrote: [], weights: [] };
    for (let step = 0; step < steps; step += 1) {
      const query = times(w.to_query, state);
      const scores = keys.map((key) => dot(add(query, key).map(Math.tanh), w.to_score.values));
      const shares = softmax(scores, muted);
      const context = new Float64Array(2 * this.size).map((_, i) =>
        states.reduce((sum, source, place) => sum + shares[place] * source[i], 0));
      const before = rowOf(w.target, token);
      state = this.#step("cell", join(before, context), state);
      const logits = add(times(w["read_out.weight"], join(before, state, context)), w["read_out.bias"].values);
      token = logits.indexOf(Math.max(...logits));
      said.wrote.push(token);
      said.weights.push(shares);
    }
    return said;
  }
}

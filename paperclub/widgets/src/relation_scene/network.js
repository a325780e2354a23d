/** @typedef {{out: number, into: number, weight: Float32Array, bias: Float32Array}} Layer */

/** A layer's weights, rows of `into` numbers, and its biases. Everything is computed in float64. */
function cut(numbers, start, [out, into]) {
  const end = start + out * into;
  return { out, into, weight: numbers.subarray(start, end), bias: numbers.subarray(end, end + out) };
}

/** The two stacks of layers, `{ g, f }`, from one run of float32 numbers: weight and bias in turn. */
export function readNetwork(sizes, bytes) {
  const numbers = new Float32Array(bytes.buffer, 0, bytes.length / 4);
  const network = {};
  let start = 0;
  for (const name of ["g", "f"]) {
    network[name] = sizes[name].map((size) => {
      const layer = cut(numbers, start, size);
      start += size[0] * size[1] + size[0];
      return layer;
    });
  }
  return network;
}

/**
 * @param {Layer} layer
 * @param {Float64Array} x
 * @param {boolean} bent whether a ReLU follows
 */
function linear({ out, into, weight, bias }, x, bent) {
  const y = new Float64Array(out);
  for (let o = 0; o < out; o += 1) {
    let sum = bias[o];
    for (let i = 0; i < into; i += 1) sum += weight[o * into + i] * x[i];
    y[o] = bent ? Math.max(sum, 0) : sum;
  }
  return y;
}

/**
 * f: every layer but the last is followed by a ReLU.
 *
 * @type {(network: Record<"g" | "f", Layer[]>, total: Float64Array) => Float64Array}
 */
export const read = ({ f }, total) =>
  f.reduce((x, layer, i) => linear(layer, x, i < f.length - 1), total);

/**
 * All pairs, judged and summed (Equation 1, with the question joined).
 *
 * @param {Record<"g" | "f", Layer[]>} network
 * @param {number[][]} objects
 * @param {number[]} question
 * @returns {{notes: Float64Array[][], total: Float64Array, logits: Float64Array}} `notes[i][j]` is what g says
 *   of objects i and j, in this order
 */
export function look(network, objects, question) {
  const judge = (one, other) =>
    network.g.reduce((x, layer) => linear(layer, x, true), Float64Array.from([...one, ...other, ...question]));
  const notes = objects.map((one) => objects.map((other) => judge(one, other)));
  const total = new Float64Array(notes[0][0].length);
  for (const note of notes.flat()) note.forEach((value, k) => { total[k] += value; });
  return { notes, total, logits: read(network, total) };
}

/** What f would read if the pair of i and j, in both orders, had left no note. */
export function without(network, { notes, total }, i, j) {
  const left = total.map((value, k) => value - notes[i][j][k] - (i === j ? 0 : notes[j][i][k]));
  return read(network, left);
}

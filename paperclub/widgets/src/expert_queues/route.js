// Who is asked: embedding, one layer of causal attention, and a noisy top-k gate, forward only.
// `routed` in expert_queues.py is the same in Python; a test holds the two together.
import { bytesOf } from "../kit/bytes.js";

export const CAPACITY_FACTOR = 1.25;
const EPSILON = 1e-5;

const floats = (view) => Float64Array.from(new Float32Array(bytesOf(view).buffer));

/** The figure's data: `shape` is {letters, n, d, experts, heads}; `models` holds typed arrays by name. */
export function readData(model) {
  const shape = model.get("shape");
  const { letters, n, d, experts } = shape;
  const sizes = {
    characters: letters * d, places: n * d, norms: 4 * d, attention: 4 * (d + 1) * d, gate: d * experts, noise: d * experts,
  };
  const all = floats(model.get("weights"));
  let start = 0;
  const models = model.get("names").map(() => Object.fromEntries(
    Object.entries(sizes).map(([name, count]) => [name, all.subarray(start, (start += count))])));
  return {
    shape, models, names: model.get("names"), drawn: floats(model.get("drawn")),
    number: new Map([...model.get("letters")].map((letter, i) => [letter, i])),
  };
}

/** y = x W: x (n, inputs), W (inputs, outputs); with `bias`, W has one more row, which is added. */
function times(x, w, n, inputs, outputs, bias = false) {
  const y = new Float64Array(n * outputs);
  for (let t = 0; t < n; t += 1) {
    const to = t * outputs;
    for (let o = 0; bias && o < outputs; o += 1) y[to + o] = w[inputs * outputs + o];
    for (let i = 0; i < inputs; i += 1) {
      const value = x[t * inputs + i];
      for (let o = 0; o < outputs; o += 1) y[to + o] += value * w[i * outputs + o];
    }
  }
  return y;
}

function normed(x, norms, which, n, d) {
  const y = new Float64Array(x.length);
  for (let t = 0; t < n; t += 1) {
    const row = x.subarray(t * d, t * d + d);
    const mean = row.reduce((sum, value) => sum + value, 0) / d;
    const scale = 1 / Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / d + EPSILON);
    for (let i = 0; i < d; i += 1) {
      y[t * d + i] = (row[i] - mean) * scale * norms[which * d + i] + norms[(which + 1) * d + i];
    }
  }
  return y;
}

function mixed(q, k, v, n, d, heads) {
  const width = d / heads;
  const out = new Float64Array(n * d);
  for (let head = 0; head < heads; head += 1) {
    for (let t = 0; t < n; t += 1) {
      const scores = [];
      for (let s = 0; s <= t; s += 1) {
        let score = 0;
        for (let i = head * width; i < (head + 1) * width; i += 1) score += q[t * d + i] * k[s * d + i];
        scores.push(score / Math.sqrt(width));
      }
      const largest = Math.max(...scores);
      const parts = scores.map((score) => Math.exp(score - largest));
      const sum = parts.reduce((a, b) => a + b, 0);
      for (let s = 0; s <= t; s += 1) {
        for (let i = head * width; i < (head + 1) * width; i += 1) out[t * d + i] += parts[s] / sum * v[s * d + i];
      }
    }
  }
  return out;
}

/** What each character hands to the gate: (n, d). */
function asks(data, arrays, letters) {
  const { d, heads } = data.shape;
  const n = letters.length;
  const unknown = data.shape.letters - 1;
  const x = new Float64Array(n * d);
  letters.forEach((letter, t) => {
    const from = (data.number.get(letter) ?? unknown) * d;
    for (let i = 0; i < d; i += 1) x[t * d + i] = arrays.characters[from + i] + arrays.places[t * d + i];
  });
  const inner = normed(x, arrays.norms, 0, n, d);
  const size = (d + 1) * d;
  const map = (which, input) =>
    times(input, arrays.attention.subarray(which * size, (which + 1) * size), n, d, d, true);
  const found = map(3, mixed(map(0, inner), map(1, inner), map(2, inner), n, d, heads));
  for (let i = 0; i < x.length; i += 1) x[i] += found[i];
  return normed(x, arrays.norms, 2, n, d);
}

/** The characters of a text that the model reads. */
export const lettersOf = (data, text) => [...text].slice(0, data.shape.n);

/**
 * Route a text.
 *
 * @param {Record<string, any>} data what `readData` gives
 * @param {{text: string, model: number, k: number, noise: number}} at
 * @returns {{letters: string[], experts: number[][], gates: number[][], loads: number[],
 *   queues: {letter: number, gate: number}[][], capacity: number, overflow: number}} `experts` and
 *   `gates` hold a list for each character; `queues` a list for each expert, in order of arrival
 */
export function route(data, { text, model, k, noise }) {
  const { d, experts: count } = data.shape;
  const letters = lettersOf(data, text);
  const arrays = data.models[model];
  const x = asks(data, arrays, letters);
  const n = letters.length;
  const scores = times(x, arrays.gate, n, d, count);
  const spread = times(x, arrays.noise, n, d, count);
  for (let i = 0; i < scores.length; i += 1) scores[i] += noise * data.drawn[i] * Math.log1p(Math.exp(spread[i]));
  /** @type {{letter: number, gate: number}[][]} */
  const queues = Array.from({ length: count }, () => []);
  /** @type {number[][]} */
  const experts = [];
  /** @type {number[][]} */
  const gates = [];
  letters.forEach((_, t) => {
    const row = Array.from(scores.subarray(t * count, (t + 1) * count));
    const best = row.map((_, i) => i).sort((a, b) => row[b] - row[a] || a - b).slice(0, k);
    const parts = best.map((i) => Math.exp(row[i] - row[best[0]]));
    const sum = parts.reduce((a, b) => a + b, 0);
    experts.push(best);
    gates.push(parts.map((part) => part / sum));
    best.forEach((i, j) => queues[i].push({ letter: t, gate: gates[t][j] }));
  });
  const capacity = Math.ceil(CAPACITY_FACTOR * n * k / count);
  const loads = queues.map((queue) => queue.length);
  const overflow = loads.reduce((sum, load) => sum + Math.max(0, load - capacity), 0);
  return { letters, experts, gates, loads, queues, capacity, overflow };
}

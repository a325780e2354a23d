/** The arithmetic of a transformer on plain arrays; every matrix is row-major. */

/**
 * y = x Wᵀ + b: x (n, inputs), W (outputs, inputs), b (outputs) or null; returns (n, outputs).
 *
 * Two rows of x meet four rows of W at a time: each number that is read is used more than once, which
 * makes it three times as fast as the plain loop. `outputs` must be a multiple of four.
 */
export function linear(x, weight, bias, n, inputs, outputs) {
  if (outputs % 4) throw new RangeError(`${outputs} outputs; a multiple of four is expected.`);
  const y = new Float32Array(n * outputs);
  for (let t = 0; t < n; t += 2) {
    const a = t * inputs;
    const b = t + 1 < n ? a + inputs : a;   // an odd last row meets itself
    for (let o = 0; o < outputs; o += 4) {
      const p = o * inputs, q = p + inputs, r = q + inputs, s = r + inputs;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let i = 0; i < inputs; i += 1) {
        const u = x[a + i], v = x[b + i];
        const w0 = weight[p + i], w1 = weight[q + i], w2 = weight[r + i], w3 = weight[s + i];
        a0 += u * w0; a1 += u * w1; a2 += u * w2; a3 += u * w3;
        b0 += v * w0; b1 += v * w1; b2 += v * w2; b3 += v * w3;
      }
      const k = t * outputs + o;
      y[k] = a0; y[k + 1] = a1; y[k + 2] = a2; y[k + 3] = a3;
      if (t + 1 < n) {
        const l = k + outputs;
        y[l] = b0; y[l + 1] = b1; y[l + 2] = b2; y[l + 3] = b3;
      }
    }
  }
  if (bias) for (let i = 0; i < y.length; i += 1) y[i] += bias[i % outputs];
  return y;
}

/** Each row of x (n, width) brought to mean 0 and variance 1, then times `gain` plus `shift`. */
export function layerNorm(x, gain, shift, n, width) {
  const y = new Float32Array(x.length);
  for (let t = 0; t < n; t += 1) {
    const row = t * width;
    let sum = 0, squares = 0;
    for (let i = 0; i < width; i += 1) sum += x[row + i];
    const mean = sum / width;
    for (let i = 0; i < width; i += 1) squares += (x[row + i] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / width + 1e-5);
    for (let i = 0; i < width; i += 1) y[row + i] = (x[row + i] - mean) * scale * gain[i] + shift[i];
  }
  return y;
}

/** Write the softmax of from[start … start + count) to the same places of `to`. */
export function softmax(from, to, start, count, temperature = 1) {
  let largest = -Infinity, sum = 0;
  for (let i = start; i < start + count; i += 1) largest = Math.max(largest, from[i]);
  for (let i = start; i < start + count; i += 1) sum += to[i] = Math.exp((from[i] - largest) / temperature);
  for (let i = start; i < start + count; i += 1) to[i] /= sum;
}

/** Add y to x, in place. */
export function add(x, y) {
  for (let i = 0; i < x.length; i += 1) x[i] += y[i];
}

/** Sines in the even columns, cosines in the odd ones; `positions` in gpt.py says why 2 and 50. */
export function positions(n, width) {
  return Float32Array.from({ length: n * width }, (_, i) => {
    const column = i % width, position = Math.floor(i / width);
    const angle = 2 * position * 50 ** (-(column - (column % 2)) / width);
    return column % 2 ? Math.cos(angle) : Math.sin(angle);
  });
}

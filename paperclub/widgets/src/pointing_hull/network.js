// The pointing network, run in the page: what paperclub/widgets/pointing.py runs in numpy.

/** Names and shapes of the parameters, in the order in which they are packed. */
function parameters({ width: d, inner, mix, pointing, blocks }) {
  const list = [["encoder.embed.weight", d, 2], ["encoder.embed.bias", d], ["encoder.end", d]];
  const norm = (name) => list.push([`${name}.weight`, d], [`${name}.bias`, d]);
  const linear = (name, rows, columns) => list.push([`${name}.weight`, rows, columns], [`${name}.bias`, rows]);
  for (let block = 0; block < blocks; block += 1) {
    const start = `encoder.blocks.${block}`;
    norm(`${start}.norm1`);
    list.push([`${start}.self_attn.in_proj_weight`, 3 * d, d], [`${start}.self_attn.in_proj_bias`, 3 * d]);
    linear(`${start}.self_attn.out_proj`, d, d);
    norm(`${start}.norm2`);
    linear(`${start}.linear1`, inner, d);
    linear(`${start}.linear2`, d, inner);
  }
  norm("encoder.norm");
  list.push(["query.start", 2, d]);
  linear("query.mix.0", mix, 3 * d);
  linear("query.mix.2", d, mix);
  list.push(["pointer.w1.weight", pointing, d]);
  linear("pointer.w2", pointing, d);
  list.push(["pointer.v.weight", 1, pointing]);
  return list;
}

/** The number that two bytes stand for, as IEEE 754 half precision has it. */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A network's parameters by name, each a Float64Array, from its float16 `bytes` (Uint8Array). */
function unpack(sizes, bytes) {
  const list = parameters(sizes);
  const expected = 2 * list.reduce((sum, [, rows, columns = 1]) => sum + rows * columns, 0);
  if (bytes.length !== expected) {
    throw new Error(`The network's weights have ${bytes.length} bytes; ${expected} are expected.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = {};
  let place = 0;
  for (const [name, rows, columns = 1] of list) {
    named[name] = Float64Array.from({ length: rows * columns }, (_, i) => half(view.getUint16(place + 2 * i, true)));
    place += 2 * rows * columns;
  }
  return named;
}

/** Shares from scores; a score of -Infinity gets 0. */
export function softmax(scores) {
  const top = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - top));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

const dot = (weights, from, x) => x.reduce((sum, value, i) => sum + weights[from + i] * value, 0);

const plus = (a, b) => a.map((value, i) => value + b[i]);

export class Network {
  constructor(sizes, bytes) {
    this.sizes = sizes;
    this.weights = unpack(sizes, bytes);
  }

  /** The encoder's vectors of points [[x, y], …] in [0, 1], and of END, which comes last. */
  read(points) {
    const embedded = points.map((point) => this.#linear("encoder.embed", point.map((value) => 2 * value - 1)));
    let x = [...embedded, Array.from(this.weights["encoder.end"])];
    for (let block = 0; block < this.sizes.blocks; block += 1) {
      const start = `encoder.blocks.${block}`;
      const seen = this.#attend(start, x.map((row) => this.#norm(`${start}.norm1`, row)));
      x = x.map((row, i) => plus(row, seen[i])).map((row) => {
        const inner = this.#linear(`${start}.linear1`, this.#norm(`${start}.norm2`, row));
        return plus(row, this.#linear(`${start}.linear2`, inner.map((value) => Math.max(0, value))));
      });
    }
    return x.map((row) => this.#norm("encoder.norm", row));
  }

  /**
   * The next step's distribution over points and END; what was `chosen` before gets 0. With `whole`,
   * END gets 0, too, until all points were chosen: so it is in a tour.
   */
  shares(read, chosen, whole = false) {
    const { width, pointing } = this.sizes;
    const start = Array.from(this.weights["query.start"]);
    const ends = chosen.length ? [read[chosen.at(-1)], read[chosen[0]]] : [start.slice(0, width), start.slice(width)];
    const mean = read[0].map((_, i) => read.reduce((sum, row) => sum + row[i], 0) / read.length);
    const mixed = this.#linear("query.mix.0", [...ends[0], ...ends[1], ...mean]);
    const query = this.#linear("pointer.w2", this.#linear("query.mix.2", mixed.map((value) => Math.max(0, value))));
    const scores = read.map((row, j) => {
      const early = whole && j === read.length - 1 && chosen.length < j;
      if (early || chosen.includes(j)) return -Infinity;
      const inner = query.map((value, k) => Math.tanh(value + dot(this.weights["pointer.w1.weight"], k * width, row)));
      return dot(this.weights["pointer.v.weight"], 0, inner.slice(0, pointing));
    });
    return softmax(scores);
  }

  /** Point greedily until END: {chosen, shares}, one entry for each pointing; END is n. */
  draw(points, whole = false) {
    const read = this.read(points);
    /** @type {number[]} */
    const chosen = [];
    /** @type {number[][]} */
    const steps = [];
    while (chosen.at(-1) !== points.length) {
      const now = this.shares(read, chosen, whole);
      steps.push(now);
      chosen.push(now.indexOf(Math.max(...now)));
    }
    return { chosen, shares: steps };
  }

  #linear(name, x) {
    const [weight, bias] = [this.weights[`${name}.weight`], this.weights[`${name}.bias`]];
    return Array.from(bias, (value, row) => value + dot(weight, row * x.length, x));
  }

  #norm(name, x) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const spread = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    const [weight, bias] = [this.weights[`${name}.weight`], this.weights[`${name}.bias`]];
    return x.map((value, i) => ((value - mean) / Math.sqrt(spread + 1e-5)) * weight[i] + bias[i]);
  }

  #attend(block, x) {
    const { width, heads } = this.sizes;
    const size = width / heads;
    const [weight, bias] = ["weight", "bias"].map((part) => this.weights[`${block}.self_attn.in_proj_${part}`]);
    const projected = x.map((row) => Array.from(bias, (value, i) => value + dot(weight, i * width, row)));
    const part = (row, which, head) => row.slice(which * width + head * size, which * width + (head + 1) * size);
    const mixed = x.map(() => []);
    for (let head = 0; head < heads; head += 1) {
      const [q, k, v] = [0, 1, 2].map((which) => projected.map((row) => part(row, which, head)));
      q.forEach((query, i) => {
        const shares = softmax(k.map((key) => dot(key, 0, query) / Math.sqrt(size)));
        mixed[i].push(...v[0].map((_, c) => shares.reduce((sum, share, j) => sum + share * v[j][c], 0)));
      });
    }
    return mixed.map((row) => this.#linear(`${block}.self_attn.out_proj`, row));
  }
}

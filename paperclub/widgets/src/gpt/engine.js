/**
 * A small language model that runs inside the page: forward only, plain JavaScript, typed arrays.
 *
 * What stands here is what a figure may rely on. The Python twin is `paperclub.models`; a test holds
 * the two together to 1e-3 on attention and on next-token probabilities.
 *
 *   import { load, untrained, nextTokens } from "./gpt/engine.js";
 *
 *   const model = load(meta, bytes);           // meta: meta.json, parsed; bytes: weights.bin
 *   const control = untrained(meta);           // the same model before its first training step
 *
 * `bytes` is a Uint8Array, a DataView or an ArrayBuffer. Both calls throw an Error whose message is a
 * sentence for the reader when the two do not belong together.
 *
 *   model.config      { layers, heads, width, headWidth, context, vocabulary, start }
 *   model.tokenizer   see tokenizer.js
 *     .encode(text)   → { ids, cut }  ids begin with config.start, are at least 1 and at most
 *                       config.context (64) numbers; cut: how many tokens were left out at the end.
 *                       Any string is allowed: emoji, other scripts, "", control characters.
 *     .decode(ids)    → string; the start mark gives nothing
 *     .names(ids)     → one label per token, for showing: "⟨start⟩" for the start mark, "·" for a space,
 *                       "⏎" for a line end, "⟨f0 9f⟩" for bytes that are no whole character by themselves.
 *                       It is the reader's text: set it as text, never as markup.
 *
 *   const run = model.forward(ids, { ablate: [[layer, head], …] });      // ids: 1 to context numbers
 *
 * Layers, heads and positions count from 0; position 0 is the start mark. With n = ids.length, L layers
 * and H heads of width d, every array below is a Float32Array, row-major:
 *
 *   run.n, run.ids, run.config
 *   run.products      (L, H, n, n)   query · key, before scaling; [query][key]
 *   run.scaled        (L, H, n, n)   products / √d
 *   run.weights       (L, H, n, n)   softmax of a row of scaled over key ≤ query; each row sums to 1
 *   run.logits        (n, vocabulary)  at position i: what comes after token i
 *   run.map(name, layer, head)       the (n, n) part of products, scaled or weights, as a view
 *   run.vectors(layer, head)         { q, k, v }, each (n, d): products[i][j] = Σ q[i] * k[j]
 *
 * A query sees no later token: there weights are 0, and products and scaled are NaN (never computed).
 * An ablated head still shows its attention, but what it writes is replaced by zeros; layers above it
 * change accordingly. A run is the caller's own: a later forward() does not overwrite it.
 *
 *   nextTokens(run, position, { temperature = 1, count = 10 })
 *     → [{ id, name, probability }, …] the likeliest first. temperature > 0.
 *   probabilities(run, position, temperature = 1) → Float32Array (vocabulary) that sums to 1
 */
import { add, layerNorm, linear, positions, softmax } from "./arithmetic.js";
import { makeTokenizer } from "./tokenizer.js";
import { initialWeights, readWeights } from "./weights.js";

/** The trained model that meta.json and weights.bin hold. */
export function load(meta, bytes) {
  return new Model(meta, readWeights(meta.config, bytes));
}

/** The model of the same sizes before its first training step. */
export function untrained(meta) {
  return new Model(meta, initialWeights(meta.config, meta.seed));
}

class Model {
  constructor({ config, merges }, weights) {
    this.config = { ...config, headWidth: config.width / config.heads, start: 256 + merges.length };
    if (config.vocabulary !== this.config.start + 1) {
      throw new Error(`The model knows ${config.vocabulary} tokens, its tokenizer ${this.config.start + 1}.`);
    }
    this.tokenizer = makeTokenizer(merges, config.context);
    this.weights = weights;
    this.positions = positions(config.context, config.width);
  }

  forward(ids, { ablate = [] } = {}) {
    const { layers, width, vocabulary } = this.config;
    this.check(ids, ablate);
    const n = ids.length;
    const run = new Run(this, ids);
    const x = this.embed(ids);
    for (let layer = 0; layer < layers; layer += 1) {
      const off = new Set(ablate.filter(([where]) => where === layer).map(([, head]) => head));
      const apply = this.layerOf(`blocks.${layer}`, n);
      const before = apply.norm("norm_1", x);
      const [q, k, v] = ["to_q", "to_k", "to_v"].map((part) => apply.linear(`attention.${part}`, before, width, width));
      const mixed = run.attend(layer, q, k, v, off);
      add(x, apply.linear("attention.to_out", mixed, width, width));
      const hidden = apply.linear("feed_forward.0", apply.norm("norm_2", x), width, 4 * width);
      for (let i = 0; i < hidden.length; i += 1) hidden[i] = Math.max(0, hidden[i]);
      add(x, apply.linear("feed_forward.2", hidden, 4 * width, width));
    }
    const last = layerNorm(x, this.weights["norm.weight"], this.weights["norm.bias"], n, width);
    run.logits = linear(last, this.weights["embedding.weight"], null, n, width, vocabulary);
    return run;
  }

  check(ids, ablate) {
    const { layers, heads, context, vocabulary } = this.config;
    if (ids.length < 1 || ids.length > context) {
      throw new RangeError(`${ids.length} tokens; the model takes 1 to ${context}.`);
    }
    const strange = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
    if (strange !== undefined) throw new RangeError(`${strange} is no token; there are 0 to ${vocabulary - 1}.`);
    for (const [layer, head] of ablate) {
      if (!(layer >= 0 && layer < layers && head >= 0 && head < heads)) {
        throw new RangeError(`There is no head ${head} in layer ${layer}.`);
      }
    }
  }

  embed(ids) {
    const { width } = this.config;
    const scale = Math.sqrt(width), table = this.weights["embedding.weight"];
    return Float32Array.from({ length: ids.length * width }, (_, i) => {
      const column = i % width, row = ids[Math.floor(i / width)];
      return table[row * width + column] * scale + this.positions[i];
    });
  }

  layerOf(block, n) {
    const of = (name) => this.weights[`${block}.${name}`];
    return {
      norm: (name, x) => layerNorm(x, of(`${name}.weight`), of(`${name}.bias`), n, this.config.width),
      linear: (name, x, inputs, outputs) => linear(x, of(`${name}.weight`), of(`${name}.bias`), n, inputs, outputs),
    };
  }
}

/** What one look at a text gave, number by number. */
class Run {
  constructor({ config, tokenizer }, ids) {
    this.config = config;
    this.names = tokenizer.names;
    this.ids = Array.from(ids);
    this.n = ids.length;
    const size = config.layers * config.heads * this.n ** 2;
    this.products = new Float32Array(size).fill(NaN);
    this.scaled = new Float32Array(size).fill(NaN);
    this.weights = new Float32Array(size);
    this.parts = [];
    this.logits = new Float32Array(0); // known once the layers have run
  }

  start(layer, head) {
    return (layer * this.config.heads + head) * this.n ** 2;
  }

  map(name, layer, head) {
    const start = this.start(layer, head);
    return this[name].subarray(start, start + this.n ** 2);
  }

  vectors(layer, head) {
    const { headWidth: d, width } = this.config;
    const slice = (x) => Float32Array.from({ length: this.n * d }, (_, i) => x[Math.floor(i / d) * width + head * d + (i % d)]);
    const { q, k, v } = this.parts[layer];
    return { q: slice(q), k: slice(k), v: slice(v) };
  }

  /** Attention of one layer: q, k, v (n, width) to the mixed values (n, width); `off` writes zeros. */
  attend(layer, q, k, v, off) {
    this.parts[layer] = { q, k, v };
    const { heads, headWidth: d, width } = this.config;
    const mixed = new Float32Array(this.n * width);
    for (let head = 0; head < heads; head += 1) {
      for (let i = 0; i < this.n; i += 1) {
        const row = this.start(layer, head) + i * this.n;
        const query = i * width + head * d;
        for (let j = 0; j <= i; j += 1) {
          const key = j * width + head * d;
          let product = 0;
          for (let c = 0; c < d; c += 1) product += q[query + c] * k[key + c];
          this.products[row + j] = product;
          this.scaled[row + j] = product / Math.sqrt(d);
        }
        softmax(this.scaled, this.weights, row, i + 1);
        for (let j = 0; !off.has(head) && j <= i; j += 1) {
          const weight = this.weights[row + j], value = j * width + head * d;
          for (let c = 0; c < d; c += 1) mixed[query + c] += weight * v[value + c];
        }
      }
    }
    return mixed;
  }
}

/** How likely each token is to come after the one at `position`; temperature > 0. */
export function probabilities(run, position, temperature = 1) {
  if (!(temperature > 0)) throw new RangeError(`A temperature is larger than 0; this one is ${temperature}.`);
  const { vocabulary } = run.config;
  const row = run.logits.slice(position * vocabulary, (position + 1) * vocabulary);
  softmax(row, row, 0, vocabulary, temperature);
  return row;
}

/** The likeliest tokens to come after the one at `position`, the likeliest first. */
export function nextTokens(run, position, { temperature = 1, count = 10 } = {}) {
  const shares = probabilities(run, position, temperature);
  const order = Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a] || a - b).slice(0, count);
  const names = run.names(order);
  return order.map((id, i) => ({ id, name: names[i], probability: shares[id] }));
}

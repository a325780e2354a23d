// What a figure shows of one text, whoever computed it: saved numbers, or the model in the page.
//
// A look is { text, names, n, layers, heads, cut, run, weights(layer, head), next(position, temperature) }:
// weights are (n, n) in row order, next is the list of likeliest tokens or null, run is what the
// engine gave, or null where only weights are known.
import { bytesOf } from "../kit/bytes.js";
import { nextTokens, probabilities } from "../gpt/engine.js";

const STEPS = 65535;
export const NEXT = 8;

/** A weight as it is sent along: a multiple of 1/65535, so that saved and live numbers read alike. */
export const settled = (weight) => Math.round(weight * STEPS) / STEPS;

/** The looks that came with the figure, one for each of its sentences. */
export function savedLooks(model) {
  const bytes = bytesOf(model.get("attentions"));
  const view = new DataView(bytes.buffer);
  const [layers, heads] = model.get("shape");
  const causal = model.get("causal");
  let place = 0;
  const take = () => view.getUint16((place += 2) - 2, true) / STEPS;
  return model.get("sentences").map(({ text, tokens, next }) => {
    const n = tokens.length;
    const all = new Float32Array(layers * heads * n * n);
    for (let line = 0; line < layers * heads * n; line += 1) {
      // Of a causal model the row of a query ends with the query's own place: the rest is 0.
      const sent = causal ? (line % n) + 1 : n;
      for (let key = 0; key < sent; key += 1) all[line * n + key] = take();
    }
    return {
      text, names: tokens, n, layers, heads, cut: 0, run: null,
      weights: (layer, head) => all.subarray((layer * heads + head) * n * n, (layer * heads + head + 1) * n * n),
      next: (position) => next[position]?.map(([name, probability]) => ({ name, probability })) ?? null,
    };
  });
}

/** What the model in the page makes of a text; `off` are the heads that are switched off. */
export function liveLook(gpt, text, off = []) {
  const { ids, cut } = gpt.tokenizer.encode(text);
  const run = gpt.forward(ids, { ablate: off });
  const { layers, heads } = gpt.config;
  return {
    text, names: gpt.tokenizer.names(ids), n: run.n, layers, heads, cut, run,
    weights: (layer, head) => run.map("weights", layer, head),
    next: (position, temperature = 1) => nextTokens(run, position, { temperature, count: NEXT }),
  };
}

/** The weights of one query, each as it is said in words. */
export function row(look, { layer, head, query }) {
  return Array.from(look.weights(layer, head).subarray(query * look.n, (query + 1) * look.n), settled);
}

/** The key with the largest weight; the first of them when several are equal. */
export const strongest = (weights) => weights.indexOf(Math.max(...weights));

/**
 * The dot product of one query and one key, term by term, the largest first.
 *
 * Returns { terms: [{ index, query, key, product }], sum, scaled, width }, or null for a key that comes
 * after the query: the model never computes that one.
 */
export function productOf(run, { layer, head, query, key }) {
  if (key > query) return null;
  const { q, k } = run.vectors(layer, head);
  const width = run.config.headWidth;
  const terms = Array.from({ length: width }, (_, index) => {
    const [a, b] = [q[query * width + index], k[key * width + index]];
    return { index, query: a, key: b, product: a * b };
  });
  terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.index - b.index);
  const sum = terms.reduce((total, { product }) => total + product, 0);
  return { terms, sum, scaled: sum / Math.sqrt(width), width };
}

/**
 * The likeliest next tokens now and before heads were switched off, as one list.
 *
 * `before` may be null. Returns [{ name, now, before }], the larger of the two first.
 */
export function sideBySide(look, before, { query, temperature }) {
  const now = look.next(query, temperature);
  if (!before) return now.map(({ name, probability }) => ({ name, now: probability, before: null }));
  const names = new Map([...before.next(query, temperature), ...now].map(({ id, name }) => [id, name]));
  const [after, earlier] = [look, before].map(({ run }) => probabilities(run, query, temperature));
  const bars = Array.from(names, ([id, name]) => ({ name, now: after[id], before: earlier[id] }));
  const size = (bar) => Math.max(bar.now, bar.before);
  return bars.sort((a, b) => size(b) - size(a)).slice(0, NEXT);
}

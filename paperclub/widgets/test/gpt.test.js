// The engine against values that torch produced (tests/gpt_fixture.py), on a very small model.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { layerNorm, linear, softmax } from "../src/gpt/arithmetic.js";
import { load, nextTokens, probabilities, untrained } from "../src/gpt/engine.js";

const fixture = JSON.parse(readFileSync(new URL("gpt.fixture.json", import.meta.url), "utf8"));
const bytes = Buffer.from(fixture.weights, "base64");
const model = load(fixture.meta, bytes);

function near(found, wanted, what) {
  assert.equal(found.length, wanted.length, what);
  wanted.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-4, `${what}[${i}]: ${found[i]}, not ${value}`));
}

for (const { text, ids, cut, names, weights, last } of fixture.cases) {
  test(`tokens, attention and next tokens are torch's for ${JSON.stringify(text)}`, () => {
    assert.deepEqual(model.tokenizer.encode(text), { ids, cut });
    assert.deepEqual(model.tokenizer.names(ids), names);
    const run = model.forward(ids);
    near(run.weights, weights, "weights");
    near(probabilities(run, run.n - 1), last, "next tokens");
  });
}

test("the numbers before training are Python's", () => {
  const { weights } = untrained(fixture.meta);
  assert.deepEqual(Object.keys(weights), Object.keys(fixture.untrained));
  for (const [name, wanted] of Object.entries(fixture.untrained)) near(weights[name].slice(-4), wanted, name);
});

test("weights are read from any view, at any offset", () => {
  const longer = new Uint8Array(bytes.length + 3);
  longer.set(bytes, 3);
  const views = [new DataView(longer.buffer, 3), longer.subarray(3), longer.slice(3).buffer];
  for (const view of views) assert.deepEqual(load(fixture.meta, view).weights, model.weights);
});

test("weights of another size, and a tokenizer of another, are refused", () => {
  assert.throws(() => load(fixture.meta, bytes.subarray(1)), /have \d+ bytes; \d+ are expected/);
  assert.throws(() => load({ ...fixture.meta, merges: [[104, 101]] }, bytes), /knows 260 tokens, its tokenizer 258/);
});

test("what cannot be asked is refused in words", () => {
  const start = model.config.start;
  assert.throws(() => model.forward([]), /0 tokens; the model takes 1 to 16/);
  assert.throws(() => model.forward(Array(17).fill(start)), /17 tokens/);
  assert.throws(() => model.forward([start, 260]), /260 is no token/);
  assert.throws(() => model.forward([start, 1.5]), /1.5 is no token/);
  assert.throws(() => model.forward([start], { ablate: [[0, 2]] }), /no head 2 in layer 0/);
  assert.throws(() => probabilities(model.forward([start]), 0, 0), /larger than 0; this one is 0/);
});

test("the vectors give the products, the products the scaled scores, these the weights", () => {
  const run = model.forward(model.tokenizer.encode("the cat").ids);
  const { q, k } = run.vectors(1, 1);
  const [products, scaled, weights] = ["products", "scaled", "weights"].map((name) => run.map(name, 1, 1));
  const { n, config: { headWidth: d } } = run;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let j = 0; j < n; j += 1) {
      const at = i * n + j;
      if (j > i) {
        assert.ok(Number.isNaN(products[at]) && Number.isNaN(scaled[at]) && weights[at] === 0);
        continue;
      }
      let product = 0;
      for (let c = 0; c < d; c += 1) product += q[i * d + c] * k[j * d + c];
      near([products[at], scaled[at]], [product, product / Math.sqrt(d)], "scores");
      sum += Math.exp(scaled[at]);
    }
    for (let j = 0; j <= i; j += 1) near([weights[i * n + j]], [Math.exp(scaled[i * n + j]) / sum], "weights");
  }
});

test("a silenced head changes what lies above it and what comes next, and nothing else", () => {
  const { ids } = model.tokenizer.encode("the cat");
  const whole = model.forward(ids), before = whole.weights.slice();
  const silenced = model.forward(ids, { ablate: [[0, 1]] });
  assert.deepEqual(silenced.map("weights", 0, 1), whole.map("weights", 0, 1));
  assert.notDeepEqual(silenced.map("weights", 1, 0), whole.map("weights", 1, 0));
  assert.notDeepEqual(silenced.logits, whole.logits);
  assert.deepEqual(model.forward(ids, { ablate: [[1, 1]] }).weights, whole.weights);
  assert.deepEqual(whole.weights, before, "an earlier run stays as it was");
});

test("a longer text does not change what was computed before", () => {
  const { ids } = model.tokenizer.encode("the cat and");
  const long = model.forward(ids), short = model.forward(ids.slice(0, 4));
  near(long.logits.slice(0, short.logits.length), Array.from(short.logits), "logits");
});

test("next tokens come with names, the likeliest first, and follow the temperature", () => {
  const run = model.forward(model.tokenizer.encode("the").ids);
  const cold = nextTokens(run, run.n - 1, { temperature: 0.01, count: 3 });
  const warm = nextTokens(run, run.n - 1, { count: 260 });
  assert.equal(cold.length, 3);
  assert.ok(cold[0].probability > 0.9 && cold[0].id === warm[0].id);
  near([warm.reduce((sum, { probability }) => sum + probability, 0)], [1], "sum");
  assert.ok(warm.every(({ probability }, i) => i === 0 || probability <= warm[i - 1].probability));
  assert.deepEqual(warm.map(({ name }) => name), model.tokenizer.names(warm.map(({ id }) => id)));
});

test("a text comes back, whatever is in it", () => {
  for (const text of ["", "<img src=x>", "é😀", "\ufeffmark", "a\r\nb\0"]) {
    assert.equal(model.tokenizer.decode(model.tokenizer.encode(text).ids), text);
  }
});

test("arithmetic: an odd number of rows, a constant row, large scores", () => {
  const x = Float32Array.of(1, 2, 3, 4, 5, 6), weight = Float32Array.of(1, 0, 0, 1, 1, 1, 2, -1);
  assert.deepEqual(linear(x, weight, Float32Array.of(0, 0, 0, 1), 3, 2, 4),
    Float32Array.of(1, 2, 3, 1, 3, 4, 7, 3, 5, 6, 11, 5));
  assert.throws(() => linear(x, weight, null, 3, 2, 3), /multiple of four/);
  const ones = new Float32Array(4).fill(1);
  assert.deepEqual(layerNorm(ones, ones, ones, 1, 4), ones);
  const scores = Float32Array.of(9, 1e4, 1e4);
  softmax(scores, scores, 1, 2);
  assert.deepEqual(scores, Float32Array.of(9, 0.5, 0.5));
});

// The figure's arithmetic and words. What they must equal was computed in Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTo, readData, row, sentence, strongest } from "../src/attention_heads/data.js";
import { cellAt, layout } from "../src/attention_heads/layout.js";

const START = { example: 0, head: 0, query: 1, key: null, set: 0 };

function model(extra = {}) {
  // Bytes that begin at an odd offset of a longer buffer, as a kernel sends them.
  const buffer = new Uint8Array([9, 255, 0, 51, 204, 128, 127, 0, 255]).buffer;
  const values = {
    shape: [1, 2, 2, 2], weights: new DataView(buffer, 1, 8), control_weights: new DataView(new ArrayBuffer(0)),
    name: "trained", control_name: "uniform", tokens: [["a1", "<b>"]], queries: [["a1", "a?"]],
    answers: [0], titles: ["example 1"], ...extra,
  };
  return { get: (name) => values[name] };
}

const text = (parts) => parts.map((part) => part.token ?? part).join("");

test("a row is read from bytes at any offset", () => {
  const data = readData(model());
  assert.deepEqual(row(data, START), [51 / 255, 204 / 255]);
  assert.deepEqual(row(data, { ...START, head: 1, query: 0 }), [128 / 255, 127 / 255]);
});

test("the sentence names head, query, weight, key, position and answer", () => {
  const data = readData(model());
  assert.equal(text(sentence(data, START)),
    "In example 1, head 1, the query “a?” puts 0.80 of its weight on “<b>” (position 2) " +
    "and 0.20 on “a1” (position 1), where the answer is.");
});

test("the sentence follows the key that the reader points to", () => {
  const data = readData(model());
  assert.equal(text(sentence(data, { ...START, key: 0 })),
    "In example 1, head 1, the query “a?” puts 0.20 of its weight on “a1” (position 1); " +
    "its largest is 0.80 on “<b>” (position 2).");
});

test("the sentence puts the control beside the model", () => {
  const half = new DataView(new Uint8Array(8).fill(128).buffer);
  const data = readData(model({ control_weights: half }));
  assert.match(text(sentence(data, START)), /; the uniform control puts 0\.50 there\.$/);
  assert.match(text(sentence(data, { ...START, set: 1 })), /^In example 1, head 1 of the uniform control,/);
});

test("a token is a part of its own, never mixed into the words", () => {
  const tokens = sentence(readData(model()), START).filter((part) => part.token);
  assert.deepEqual(tokens.map((part) => part.token), ["a?", "<b>", "a1"]);
});

test("only the last query has an answer", () => {
  const data = readData(model());
  assert.equal(answerTo(data, START), 0);
  assert.equal(answerTo(data, { ...START, query: 0 }), null);
});

test("of equal weights the first is the strongest, as in numpy", () => {
  assert.equal(strongest([0.2, 0.4, 0.4]), 1);
});

test("the picture keeps to its room, and a point finds its cell", () => {
  for (const [width, height, queries, keys] of [[600, 400, 17, 17], [340, 430, 64, 64], [1700, 800, 9, 3]]) {
    const place = layout({ width, height, size: 16 }, { queries, keys }, { query: 40, key: 20 });
    assert.ok(place.width <= width + 1, `${place.width} wide in ${width}`);
    assert.ok(place.height <= height + 1, `${place.height} high in ${height}`);
    const { map } = place;
    const middle = [map.x + 2.5 * map.cellWidth, map.y + 1.5 * map.cellHeight];
    assert.deepEqual(cellAt(place, ...middle, queries, keys, 0), { query: 1, key: 2 });
    assert.equal(cellAt(place, map.x - 1, map.y + 1, queries, keys, 0), null);
    const onBars = [map.x + 1, place.plot.y + 1];
    assert.deepEqual(cellAt(place, ...onBars, queries, keys, 5), { query: 5, key: 0 });
  }
});

// The soft alignment's arithmetic, layout and words. tests/test_soft_alignment.py holds them to PyTorch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader, half } from "../src/soft_alignment/engine.js";
import { layout, spotAt } from "../src/soft_alignment/layout.js";
import { lettersOf, numbersOf, sentence, shown } from "../src/soft_alignment/words.js";

const SIZES = [3, 2, 1, 1, 1]; // two letters besides padding, two to write, every width 1
const COUNT = 3 + 3 + 2 * 12 + 2 + (9 + 3 + 6) + (8 + 2) + 1 + 2 + 1;

test("16-bit floats are read, small and large, of both signs", () => {
  const cases = [[0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x0001, 2 ** -24], [0x7bff, 65504], [0x8000, -0]];
  for (const [bits, value] of cases) assert.equal(half(bits), value);
  assert.ok(Number.isNaN(half(0x7e00)) && half(0xfc00) === -Infinity);
});

test("a model without weights looks at all letters alike, but for the muted ones", () => {
  const reader = new Reader(SIZES, new Uint8Array(2 * COUNT));
  const { wrote, weights } = reader.look([1, 2, 1, 2], 3);
  assert.deepEqual(wrote, [0, 0, 0]);
  assert.deepEqual(weights, Array(3).fill([0.25, 0.25, 0.25, 0.25]));
  assert.deepEqual(reader.look([1, 2, 1, 2], 1, new Set([0, 3])).weights, [[0, 0.5, 0.5, 0]]);
  assert.deepEqual(reader.look([1], 1, new Set([0])).weights, [[0]]);
});

test("weights of another size are refused", () => {
  assert.throws(() => new Reader(SIZES, new Uint8Array(2 * COUNT - 1)), /bytes; \d+ are expected/);
});

test("letters are counted as people count them, and capitals read as small", () => {
  assert.deepEqual(lettersOf("a😀B"), ["a", "😀", "B"]);
  assert.equal(lettersOf("x".repeat(50)).length, 40);
  assert.deepEqual(numbersOf(["B", "a", "é"], "ab"), [2, 1, 0]);
  assert.equal(shown("\n") + shown("x"), "␣x");
});

test("a point is a letter above the map, a cell in it, or a step beside it", () => {
  const place = layout({ width: 600, height: 400, size: 16 }, { letters: 10, steps: 5 });
  const { map, plot } = place;
  const at = (x, y) => spotAt(place, x, y, 10, 5);
  assert.deepEqual(at(map.x + 2.5 * map.cellWidth, map.y + 1.5 * map.cellHeight), { step: 1, key: 2 });
  assert.deepEqual(at(map.x - 5, map.y + 1), { step: 0 });
  assert.deepEqual(at(map.x + 1, plot.y + plot.height + 4), { key: 0 });
  assert.equal(at(map.x + map.width + 1, plot.y), null);
  assert.ok(map.x + map.width <= 600 && map.y + map.height <= 400);
});

test("the sentence says what is read, written, looked at and muted", () => {
  const look = { letters: ["a", " "], wrote: ["x"], before: ["x"], weights: [[0.75, 0.25]] };
  const text = (at, seen = look) => sentence(seen, at).map((part) => part.token ?? part).join("");
  const at = { step: 0, key: null, muted: [] };
  assert.equal(text(at), "It reads “a␣” and writes “x”. Writing letter 1, “x”, it puts 0.75 of its weight on “a” (position 1).");
  assert.ok(text({ ...at, key: 1 }).endsWith("puts 0.25 of its weight on “␣” (position 2); its largest is 0.75 on “a” (position 1)."));
  assert.ok(text({ ...at, muted: [1] }).startsWith("With “␣” (position 2) muted it still writes “x”."));
  assert.ok(text({ ...at, muted: [0, 1] }, { ...look, before: ["y"] }).startsWith("With 2 letters muted it writes “x”, not “y”."));
});

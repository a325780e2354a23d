// Where queues stand, and what a point of the picture belongs to. Numbers: tests/test_expert_queues.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { layout, letterAt } from "../src/expert_queues/picture.js";
import { sentence, shown } from "../src/expert_queues/words.js";

const routed = {
  letters: ["a", "b", "a"], experts: [[1, 0], [1, 0], [1, 0]], gates: [[0.75, 0.25], [0.5, 0.5], [0.125, 0.875]],
  loads: [3, 3, 0], capacity: 2, overflow: 2,
  queues: [[0, 1, 2], [0, 1, 2], []].map((queue) => queue.map((letter) => ({ letter, gate: 0.5 }))),
};
const space = { width: 400, height: 300, size: 16 };

test("a point in the text or in a queue finds its character, and elsewhere none", () => {
  const place = layout(space, routed);
  const { strip, gutter, top, rowHeight, step } = place;
  assert.equal(letterAt(place, routed, strip.cell * 1.5, strip.line / 2), 1);
  assert.equal(letterAt(place, routed, strip.cell * 3.5, strip.line / 2), null);
  assert.equal(letterAt(place, routed, gutter + step * 2.5, top + rowHeight * 1.5), 2);
  assert.equal(letterAt(place, routed, gutter + step * 0.5, top + rowHeight * 2.5), null);
  assert.equal(letterAt(place, routed, gutter - 5, top + rowHeight * 0.5), null);
});

test("the longest queue and the capacity fit the width, wide or narrow", () => {
  const long = { ...routed, letters: Array(96).fill("a"), loads: [96, 96, 0], capacity: 80 };
  for (const width of [300, 680, 1040]) {
    const place = layout({ ...space, width }, long);
    assert.ok(place.gutter + 96 * place.step <= width);
    assert.ok(place.capacityX <= width);
    assert.ok(place.height <= space.height + place.strip.height);
  }
});

test("white space has signs, and the sentence rounds half up", () => {
  assert.deepEqual([" ", "\n", "\t", "<"].map(shown), ["␣", "↵", "⇥", "<"]);
  const words = sentence("Gate", routed, 2).map((part) => part.token ?? part).join("");
  assert.equal(words, "Gate: 3 characters ask 2 of 3 experts each. The busiest is asked 3 times, 1.5 times the mean; "
    + "1 are never asked. 2 of 6 choices find no room at a capacity of 2. “a” (character 3) goes to 2 (0.13) and 1 (0.88).");
  assert.deepEqual(sentence("Gate", { ...routed, letters: [] }, 0), ["Gate: there is no text, and nobody is asked."]);
});

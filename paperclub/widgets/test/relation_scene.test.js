// The network in the page says what torch says; what the figure says follows from the same numbers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { number, sentence, strongest, targetOf, textOf, thoughtOf } from "../src/relation_scene/data.js";
import { layout, mapper, objectAt } from "../src/relation_scene/layout.js";
import { look, readNetwork, without } from "../src/relation_scene/network.js";

const given = JSON.parse(readFileSync(new URL("relation_scene.fixture.json", import.meta.url), "utf8"));
const bytes = new Uint8Array(new Float32Array(given.weights).buffer);
const data = {
  network: readNetwork(given.sizes, bytes), kinds: ["own", "nearest"], reach: 2,
  names: ["red", "blue", "green", "orange", "yellow", "<b>grey</b>"],
};
const scene = (k) => ({
  places: given.places[k], shapes: given.shapes[k], asked: given.asked[k], kind: given.kind[k],
});

test("logits are torch's to 1e-6", () => {
  given.logits.forEach(([square, circle], k) => {
    const { answer, margin } = thoughtOf(data, scene(k));
    assert.equal(answer, circle > square ? 1 : 0);
    assert.ok(Math.abs(margin - Math.abs(circle - square)) < 1e-6, `scene ${k}`);
  });
});

test("taking a pair out is what f reads of the rest of the sum", () => {
  const objects = [[1, 0], [0, 1], [1, 1]];
  const network = {
    g: [{ out: 2, into: 5, weight: Float32Array.of(1, 0, 2, 0, 0, 0, 1, 0, 0, 1), bias: Float32Array.of(0, 0) }],
    f: [{ out: 2, into: 2, weight: Float32Array.of(1, 0, 0, 1), bias: Float32Array.of(0, 0) }],
  };
  const seen = look(network, objects, [1]);
  // First number of a note: object i's first plus twice object j's; second: i's second, plus 1.
  assert.deepEqual([...seen.notes[0][2]], [3, 1]);
  assert.deepEqual([...seen.logits], [18, 15]);
  assert.deepEqual([...without(network, seen, 0, 2)], [12, 12]);
  assert.deepEqual([...without(network, seen, 1, 1)], [18, 13]);
});

test("every pair is there once, and the strongest comes first, whatever its sign", () => {
  const { pairs, margin } = thoughtOf(data, scene(0));
  assert.equal(pairs.length, 21);
  assert.ok(pairs.every(({ without: rest, moves }) => Math.abs(margin - rest - moves) < 1e-12));
  assert.deepEqual(strongest([{ moves: 1 }, { moves: -3 }, { moves: 2 }], 2), [{ moves: -3 }, { moves: 2 }]);
});

test("the nearest is another object, the first of equally near ones", () => {
  const places = [[0, 0], [1, 0], [-1, 0], [2, 2]];
  assert.equal(targetOf(places, 0, "nearest"), 1);
  assert.equal(targetOf(places, 3, "nearest"), 1);
  assert.equal(targetOf(places, 0, "own"), 0);
});

test("the sentence keeps names apart as text, and writes a true minus", () => {
  const at = { ...scene(0), asked: 5, kind: 0 };
  const parts = sentence(data, at, thoughtOf(data, at));
  assert.ok(parts.some((part) => part.token === "<b>grey</b>"));
  assert.match(textOf(parts), /^Asked for the shape of <b>grey<\/b>, the network says (square|circle)/);
  assert.equal(number(-1.234), "−1.23");
});

test("scene and panel stand side by side or one above the other, within the room", () => {
  for (const [width, narrow] of [[900, false], [360, true]]) {
    const place = layout({ width, height: 520, size: 16 });
    assert.equal(place.narrow, narrow);
    assert.ok(place.scene.side <= 520 && place.width <= width);
    assert.ok(place.panel.x + place.panel.width <= width && place.panel.y + place.panel.height <= place.height);
  }
});

test("a place of the scene is found again from the picture, and an object by a finger", () => {
  const map = mapper({ x: 10, y: 20, side: 400 }, 2);
  for (const place of [[-2, -2], [0.5, 1.25], [2, 2]]) {
    map.toScene(...map.toPicture(place)).forEach((value, k) => assert.ok(Math.abs(value - place[k]) < 1e-9));
  }
  const [left, top] = map.toPicture([1, 1]);
  assert.equal(objectAt([[0, 0], [1, 1]], map, left + 8, top - 8), 1);
  assert.equal(objectAt([[0, 0], [1, 1]], map, left + 60, top), null);
});

// The figure PointingHull: geometry, the reader's board, and words. That the network says what torch
// says is asked by tests/test_pointing_hull.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, NEAREST, canAdd, deal, freePlace, moved, nearest, spot } from "../src/pointing_hull/board.js";
import { area, convexHull, crossesItself, length, shortestTour } from "../src/pointing_hull/geometry.js";
import { layout, toBoard, toCanvas } from "../src/pointing_hull/layout.js";
import { Network, half, softmax } from "../src/pointing_hull/network.js";
import { sentence } from "../src/pointing_hull/words.js";

const SQUARE = [[1, 1], [0, 0], [0.5, 0.4], [1, 0], [0, 1], [0.5, 0]];

test("the hull starts at the leftmost, lowest point, turns left, and leaves out points on an edge", () => {
  assert.deepEqual(convexHull(SQUARE), [1, 3, 0, 4]);
  assert.equal(area(SQUARE, [1, 3, 0, 4]), 1);
});

test("an outline that crosses itself is told from one that does not", () => {
  assert.equal(crossesItself(SQUARE, [1, 3, 0, 4]), false);
  assert.equal(crossesItself(SQUARE, [1, 0, 3, 4]), true);
});

test("the shortest tour goes round a square, counter-clockwise from the leftmost, lowest point", () => {
  const square = [SQUARE[0], SQUARE[1], SQUARE[3], SQUARE[4]];
  assert.deepEqual(shortestTour(square), [1, 2, 0, 3]);
  assert.equal(length(square, [1, 2, 0, 3]), 4);
  assert.deepEqual(shortestTour(square.slice(0, 3)), [1, 2, 0]);
});

test("two bytes are read as half precision", () => {
  const cases = [[0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x0001, 2 ** -24], [0x7bff, 65504], [0x0000, 0]];
  for (const [bits, value] of cases) assert.equal(half(bits), value);
});

test("a score of minus infinity gets nothing, and the rest sums to one", () => {
  const shares = softmax([1000, -Infinity, 999]);
  assert.equal(shares[1], 0);
  assert.ok(Math.abs(shares[0] + shares[2] - 1) < 1e-12);
});

test("points that a hand could not tell apart are neither added nor moved there", () => {
  const points = [[0.5, 0.5], [0.2, 0.2], [0.8, 0.1]];
  assert.equal(canAdd(points, [0.51, 0.5]), false);
  assert.equal(canAdd(points, [0.5, 0.6]), true);
  assert.equal(moved(points, 1, [0.5, 0.51]), points);
  assert.deepEqual(moved(points, 1, [0.3, 0.3])[1], [0.3, 0.3]);
  assert.equal(nearest(points, [0.21, 0.2], 0.05), 1);
  assert.equal(nearest(points, [0.4, 0.2], 0.05), null);
});

test("dealt points stand apart, on the board, with three decimals; a free place is free", () => {
  const points = deal(MOST - 1);
  for (const [i, point] of points.entries()) {
    assert.deepEqual(point, spot(...point));
    assert.ok(points.every((other, j) => j === i || Math.hypot(point[0] - other[0], point[1] - other[1]) > NEAREST));
  }
  assert.ok(canAdd(points, freePlace(points)));
});

test("the board is square, keeps to its room, and knows where a place on it is", () => {
  for (const space of [{ width: 350, height: 430, size: 15 }, { width: 1000, height: 420, size: 16 }]) {
    const place = layout(space);
    const { board, panel } = place;
    assert.ok(place.height <= space.height && board.x >= 0);
    assert.ok(Math.max(board.x + board.side, panel.x + panel.width) <= space.width);
    const [x, y] = toBoard(place, ...toCanvas(place, [0.25, 0.75]));
    assert.ok(Math.abs(x - 0.25) < 1e-9 && Math.abs(y - 0.75) < 1e-9);
  }
});

test("END waits for the last point in a tour, and only there", () => {
  const sizes = { width: 1, inner: 1, mix: 1, pointing: 1, blocks: 0, heads: 1 };
  const network = new Network(sizes, new Uint8Array(2 * 18)); // every weight 0: all shares are equal
  const vectors = [[0], [0], [0]];
  assert.deepEqual(network.shares(vectors, [], true), [0.5, 0.5, 0]);
  assert.deepEqual(network.shares(vectors, [1, 0], true), [0, 0, 1]);
  assert.equal(network.shares(vectors, [1])[2], 0.5);
});

test("the words say the outcome, how near a wrong outline is, and what is beyond training", () => {
  const said = (chosen, trained = [5, 10]) =>
    sentence({ points: SQUARE, trained }, { chosen, shares: [] }, chosen.length, null);
  assert.equal(said([1, 3, 0, 4, 6]), "6 points, 4 corners pointed out: exactly the hull.");
  assert.ok(said([1, 3, 0, 6]).endsWith("not the hull, which has 4; the outline covers 0.500 of its area."));
  assert.ok(said([1, 0, 3, 4, 6]).includes("crosses itself"));
  assert.ok(said([1, 3, 0, 4, 6], [7, 10]).endsWith(" The network was trained on 7 to 10 points."));
});

// Axes and strips of tokens: where things stand, drawn on a canvas that only takes notes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Axes, apart } from "../src/kit/axes.js";
import { Pen } from "../src/kit/pen.js";
import { drawTokens, tokenAt, tokenBoxes } from "../src/kit/tokens.js";

/** A context whose letters are 10 wide, and that keeps what is written and drawn. */
function paper() {
  const written = [];
  const points = [];
  const context = {
    measureText: (text) => ({ width: [...text].length * 10 }),
    fillText: (text, x, y) => written.push({ text, x, y }),
    lineTo: (x, y) => points.push([x, y]),
  };
  for (const name of ["save", "restore", "beginPath", "moveTo", "stroke", "fill", "arc", "fillRect", "setLineDash"]) {
    context[name] = () => {};
  }
  return { written, points, pen: new Pen(context, { dark: false, stroke: 2 }, { size: 16, label: 14 }) };
}

const BOX = { x: 0, y: 0, width: 400, height: 300 };
const SPANS = { x: { from: 0, to: 10, name: "length" }, y: { from: 0, to: 1, ticks: [0, 0.5, 1], name: "share" } };

test("the plot leaves room for numbers, names and the lines' labels", () => {
  const { pen, written } = paper();
  const axes = new Axes(pen, BOX, { ...SPANS, labels: ["attention"] });
  axes.draw();
  const { inner } = axes;
  assert.ok(inner.x >= 30 && inner.x + inner.width + 90 <= 400);
  assert.deepEqual([axes.x(0), axes.x(10)], [inner.x, inner.x + inner.width]);
  assert.deepEqual([axes.y(1), axes.y(0)], [inner.y, inner.y + inner.height]);
  for (const text of ["0.0", "0.5", "1.0", "length", "share", "10"]) {
    assert.ok(written.some((one) => one.text === text), text);
  }
  assert.ok(written.every(({ y }) => y > 0 && y < 300));
});

test("a line runs through its points and is named at its end", () => {
  const { pen, points, written } = paper();
  const axes = new Axes(pen, BOX, { ...SPANS, labels: ["model"] });
  axes.line([[0, 0], [10, 1]], { colour: "#000", label: "model" });
  axes.drawEnds();
  assert.deepEqual(points, [[axes.x(0), axes.y(0)], [axes.x(10), axes.y(1)]]);
  assert.equal(written.at(-1).text, "model");
  assert.ok(written.at(-1).x > axes.x(10));
});

test("a logarithmic axis gives equal room to equal ratios", () => {
  const { pen } = paper();
  const axes = new Axes(pen, BOX, { ...SPANS, x: { from: 1, to: 100, log: true, ticks: [1, 10, 100], name: "pairs" } });
  assert.ok(Math.abs(axes.x(10) - (axes.x(1) + axes.x(100)) / 2) < 1e-9);
});

test("labels that would touch are moved apart, keep their order, and stay in the plot", () => {
  assert.deepEqual(apart([50, 52, 51], 10, 0, 100), [50, 70, 60]);
  assert.deepEqual(apart([99, 98], 10, 0, 100), [100, 90]);
  assert.deepEqual(apart([20, 60], 10, 0, 100), [20, 60]);
});

test("the nearest place is found inside the plot, and none outside", () => {
  const { pen } = paper();
  const axes = new Axes(pen, BOX, SPANS);
  assert.equal(axes.nearest([0, 5, 10], axes.x(6), axes.y(0.5)), 1);
  assert.equal(axes.nearest([0, 5, 10], axes.x(6), 299), null);
});

test("tokens break into lines, keep their text as text, and are found by a point", () => {
  const { pen, written } = paper();
  const names = ["<img>", "bb", "cccccccccc", "d"];
  const boxes = tokenBoxes(pen, { x: 5, y: 5, width: 150 }, names);
  assert.ok(boxes.every(({ x, width }) => x >= 5 && x + width <= 155));
  assert.ok(boxes[2].y > boxes[1].y && boxes[0].y === boxes[1].y);
  drawTokens(pen, boxes, (i) => ({ bold: i === 1 }));
  assert.deepEqual(written.map(({ text }) => text), names);
  assert.equal(tokenAt(boxes, boxes[2].x + 3, boxes[2].y + 3), 2);
  assert.equal(tokenAt(boxes, 1, 1), null);
});

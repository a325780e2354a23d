// Presenting: how a talk is cut into screens, walked through, and held against its plan.
import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, standing, stopOf } from "../src/present/clock.js";
import { groupsOf, moved, screensOf } from "../src/present/screens.js";

/** Blocks of given heights in one column; "F" marks a figure. */
function column(cells) {
  let top = 0;
  const places = new Map();
  const made = cells.map(({ kind, heights, id = "one" }) => ({
    kind, id, title: id,
    groups: heights.map((height) => {
      const size = height === "F" ? 80 : height;
      const group = [{ height }];
      places.set(group, { top, bottom: top + size, alone: height === "F" });
      top += size;
      return group;
    }),
  }));
  return (planned = () => false) => screensOf(made, (group) => places.get(group), 100, planned);
}

const heights = (screens) => screens.map(({ steps }) => steps.map((step) => step.map(({ height }) => height)));

test("a slide begins a screen and a fragment is a step on it", () => {
  const screens = column([
    { kind: "slide", heights: [20, 10] }, { kind: "fragment", heights: [30] }, { kind: "slide", heights: [50] },
  ])();
  assert.deepEqual(heights(screens), [[[20, 10], [30]], [[50]]]);
});

test("what does not fit begins another screen, and no block is lost", () => {
  const screens = column([{ kind: "slide", heights: [60, 60, 30] }, { kind: "fragment", heights: [20, 20] }])();
  assert.deepEqual(heights(screens), [[[60]], [[60, 30]], [[20, 20]]]);
});

test("a figure has a screen to itself", () => {
  const screens = column([{ kind: "slide", heights: [10, "F", 10] }])();
  assert.deepEqual(heights(screens), [[[10]], [["F"]], [[10]]]);
});

test("between sections, after one that has minutes of its own, comes a pause", () => {
  const screens = column([
    { kind: "slide", heights: [10], id: "a" }, { kind: "slide", heights: [10], id: "a" },
    { kind: "slide", heights: [10], id: "b" }, { kind: "fragment", heights: [10], id: "c" },
  ])((id) => id !== "b");
  assert.deepEqual(screens.map(({ id, pause }) => [id, pause]),
    [["a", false], ["a", false], ["a", true], ["b", false]]);
});

test("a heading goes with what follows it", () => {
  const isHeading = (block) => block.startsWith("h");
  assert.deepEqual(groupsOf({ blocks: ["h2", "p", "h3", "h4", "p", "h5"] }, isHeading),
    [["h2", "p"], ["h3", "h4", "p"], ["h5"]]);
});

test("steps lead through all screens and back, and stop at the ends", () => {
  const screens = column([{ kind: "slide", heights: [10] }, { kind: "fragment", heights: [10] }, { kind: "slide", heights: [10] }])();
  const there = [];
  let at = { screen: 0, step: 0 };
  for (let i = 0; i < 4; i += 1) {
    there.push([at.screen, at.step]);
    at = moved(at, 1, screens);
  }
  assert.deepEqual(there, [[0, 0], [0, 1], [1, 0], [1, 0]]);
  assert.deepEqual(moved({ screen: 1, step: 0 }, -1, screens), { screen: 0, step: 1 });
  assert.deepEqual(moved({ screen: 0, step: 0 }, -1, screens), { screen: 0, step: 0 });
});

test("the clock says what is left for a stop, and what is over", () => {
  const plan = [{ from: 0, to: 9, what: "demo", id: "" }, { from: 9, to: 16, what: "open", id: "cold" }];
  assert.equal(stopOf(plan, ["top"]), null);
  assert.equal(stopOf(plan, ["top", "cold", "elsewhere"]), 1);
  assert.deepEqual(standing(plan, 1, 15 * 60), { text: "1:00 left for this stop", over: false });
  assert.deepEqual(standing(plan, 1, 17 * 60 + 5), { text: "1:05 over", over: true });
  assert.equal(standing(plan, null, 61).text, "1:01");
  assert.equal(minutes(-65), "−1:05");
});

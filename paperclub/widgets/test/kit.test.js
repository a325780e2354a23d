import assert from "node:assert/strict";
import { test } from "node:test";
import { fitText, wrapText } from "../src/kit/canvas.js";
import { bytesOf } from "../src/kit/bytes.js";
import { amount, amountPixels, roles, signed } from "../src/kit/colour.js";
import { createModel } from "../src/host/model.js";

const channel = (value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => channel(parseInt(hex.slice(i, i + 2), 16)));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test("letters keep a contrast of 4.5 and marks of 3 against the page, light and dark", () => {
  for (const dark of [false, true]) {
    const colours = roles(dark);
    for (const name of ["ink", "muted", "queryText", "keyText", "valueText", "controlText"]) {
      assert.ok(contrast(colours[name], colours.paper) >= 4.5, `${name}, dark: ${dark}`);
    }
    for (const name of ["query", "key", "value", "control"]) {
      assert.ok(contrast(colours[name], colours.paper) >= 3, `${name}, dark: ${dark}`);
    }
  }
});

test("amounts are cividis, from dark blue to yellow", () => {
  assert.equal(amount(0), "rgb(0, 32, 81)");
  assert.equal(amount(1), "rgb(253, 234, 69)");
  assert.equal(amount(7), amount(1));
  assert.equal(amountPixels().length, 1024);
});

test("signed amounts are white at zero, blue below, vermilion above", () => {
  assert.equal(signed(0), "rgb(255, 255, 255)");
  assert.equal(signed(-1), "rgb(0, 114, 178)");
  assert.equal(signed(1), "rgb(213, 94, 0)");
});

test("text is cut by whole characters", () => {
  const measure = (text) => [...text].length;
  assert.equal(fitText("short", 5, measure), "short");
  assert.equal(fitText("🙂🙂🙂🙂", 3, measure), "🙂🙂…");
  assert.deepEqual(wrapText("one two three", 7, measure), ["one two", "three"]);
});

test("no bytes are no bytes", () => {
  assert.equal(bytesOf(undefined).length, 0);
});

test("a model without a kernel gives bytes, tells of changes, and forgets listeners", () => {
  const model = createModel({
    state: { head: 0, deep: { list: [null] } },
    buffers: [{ path: ["weights"], data: btoa("\u0001\u00ff") }, { path: ["deep", "list", 0], data: btoa("a") }],
  });
  assert.deepEqual([...bytesOf(model.get("weights"))], [1, 255]);
  assert.equal(model.get("deep").list[0].getUint8(0), 97);
  const heard = [];
  const listener = (_, value) => heard.push(value);
  model.on("change:head change:query", listener);
  model.set("head", 2);
  model.set("head", 2);
  model.off("change:head change:query", listener);
  model.set("head", 3);
  assert.deepEqual(heard, [2]);
});

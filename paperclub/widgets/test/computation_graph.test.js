// The computation graph's reading, numbers, words and places.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inputsOf, known, walk } from "../src/computation_graph/graph.js";
import { arrange, layout } from "../src/computation_graph/layout.js";
import { Unreadable, parse } from "../src/computation_graph/parse.js";
import { number, sentence } from "../src/computation_graph/words.js";

const text = (parts) => parts.map((part) => part.token ?? part).join("");
const NEURON = "(sigmoid(w*x + b) - y)^2";

function graph(expression, given = {}) {
  const nodes = parse(expression);
  return { nodes, way: walk(nodes, inputsOf(nodes, given)) };
}

test("a node comes after what it is made from, and the result last", () => {
  const nodes = parse(NEURON);
  nodes.forEach(({ parents }, i) => parents.forEach((parent) => assert.ok(parent < i)));
  assert.equal(nodes.at(-1).text, "(sigmoid(w · x + b) − y)^2");
});

test("shares of a node that is used twice add up", () => {
  const { nodes, way } = graph("a*b + a", { a: 3, b: 4 });
  assert.equal(way.gradients[nodes.findIndex(({ text: name }) => name === "a")], 5);
  const square = graph("x*x", { x: 3 });
  assert.equal(square.way.gradients[0], 6);
});

test("a name from the language itself is a name and nothing more", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    const nodes = parse(`${name} * x`);
    assert.equal(nodes[0].text, name);
    assert.equal(inputsOf(nodes, {})[name], 2);
    assert.throws(() => parse(`${name}(x)`), Unreadable);
  }
});

test("what the reader typed is marked as theirs in a message", () => {
  assert.throws(() => parse("x*alert(1)"), (error) => {
    assert.deepEqual(error.parts[1], { token: "alert" });
    return error instanceof Unreadable;
  });
});

test("only what has been reached is known", () => {
  const { nodes, way } = graph(NEURON);
  const start = known(nodes, way, 0);
  assert.equal(start.values.filter((value) => value !== null).length, 4);
  const end = known(nodes, way, way.steps.length - 1);
  assert.ok(end.values.every((value) => value !== null));
  assert.ok(end.gradients.every((gradient) => gradient !== null));
});

test("numbers have three digits, a true minus, and no noise", () => {
  assert.deepEqual([0, -0.125, 2.125, 9.996, 1234567, 1e-5, -1e-14, NaN, Infinity].map(number),
    ["0", "−0.125", "2.13", "10", "1.23e6", "1e−5", "0", "no number", "∞"]);
});

test("every step has a sentence, and the last says what a nudge does", () => {
  const { nodes, way } = graph(NEURON);
  const said = way.steps.map((_, step) => text(sentence(nodes, way, step)));
  assert.equal(new Set(said).size, said.length);
  assert.match(said.at(-1), /Done: 0\.01 more of w changes the result by about/);
});

test("no box lies over another, wide or narrow", () => {
  for (const expression of [NEURON, "h = tanh(w*x); h*h + 3*h - relu(b*x)/2", "a+b+c+d+e+f+g+h", "x*x*x*x"]) {
    const nodes = parse(expression);
    for (const space of [{ width: 760, height: 430, size: 16 }, { width: 358, height: 430, size: 16 }]) {
      const { boxes, width, height } = layout(nodes, space);
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
        const apart = a.x + a.width <= b.x + 1 || b.x + b.width <= a.x + 1
          || a.y + a.height <= b.y + 1 || b.y + b.height <= a.y + 1;
        assert.ok(apart, `${expression}: ${JSON.stringify([a, b])}`);
      }));
      boxes.forEach((box) => {
        assert.ok(box.x >= 0 && box.x + box.width <= width + 1, expression);
        assert.ok(box.y >= 0 && box.y + box.height <= height + 1, expression);
      });
    }
  }
});

test("an operation stands behind everything it is made from", () => {
  const nodes = parse(NEURON);
  const { along } = arrange(nodes);
  nodes.forEach(({ parents }, i) => parents.forEach((parent) => assert.ok(along[parent] < along[i])));
});

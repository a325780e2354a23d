// The words and arithmetic of RecallCurve and RecallGame. What they must equal was computed in Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fifths, means, ofFifths, readData, sentence } from "../src/recall_curve/data.js";
import { span } from "../src/recall_curve/picture.js";
import * as game from "../src/recall_game/data.js";

const text = (parts) => parts.map((part) => part.token ?? part).join("");

function model(extra = {}) {
  // Two measurements one after the other, at an odd offset of a longer buffer, as a kernel sends them.
  const first = [-1, -3, -4, -3, -2, -0.5, -2, -3, -2.5, -1.5];
  const second = [-1, -1, -1, -1, -9];
  const bytes = new Uint8Array(1 + 4 * 15);
  bytes.set(new Uint8Array(new Float32Array([...first, ...second]).buffer), 1);
  const values = {
    names: ["<b>facts", "talk"], shapes: [[2, 5], [1, 5]], scores: new DataView(bytes.buffer, 1, 60),
    attention: { "<b>facts": [[0.6, 0.1, 0.1, 0.1, 0.1], [0, 1, 0, 0, 0], [0.5, 0, 0.25, 0.25, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]] },
    control: { "<b>facts": [[1, -0.5], [5, 0.5]] }, ...extra,
  };
  return { get: (name) => values[name] };
}

test("measurements are read one after the other from bytes at any offset", () => {
  const [facts, talk] = readData(model());
  assert.deepEqual([...talk.scores], [-1, -1, -1, -1, -9]);
  assert.deepEqual(means(facts, 1), [-1, -3, -4, -3, -2]);
  assert.deepEqual(means(facts, 2), [-0.75, -2.5, -3.5, -2.75, -1.75]);
  assert.equal(talk.attention, null);
});

test("fifths are at the ends and in the middle", () => {
  assert.deepEqual(fifths(20), { size: 4, starts: [0, 8, 16] });
  assert.deepEqual(fifths(30), { size: 6, starts: [0, 12, 24] });
  assert.deepEqual(ofFifths([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), [1.5, 5.5, 9.5]);
});

test("the sentence compares the ends with the middle and says where the model looks", () => {
  const [facts, talk] = readData(model());
  assert.equal(text(sentence(facts, { trials: 2, place: 2 })),
    "After 2 trials of <b>facts, the first fifth lies 2.75 nats above the middle, the last 1.75 nats above it. " +
    "At place 3 the answer has −3.50 nats; of its look at the facts, 0.25 falls on the asked one and 0.50 on fact 1.");
  assert.equal(text(sentence(talk, { trials: 1, place: 4 })),
    "After 1 trial of talk, the first fifth lies 0.00 nats above the middle, the last 8.00 nats below it. " +
    "At place 5 the answer has −9.00 nats.");
});

test("a name is a part of its own, never mixed into the words", () => {
  const [facts] = readData(model());
  assert.deepEqual(sentence(facts, { trials: 1, place: 0 }).filter((part) => part.token), [{ token: "<b>facts" }]);
});

test("the axis holds every trial and the control, so that it stays while trials come in", () => {
  assert.deepEqual(span(readData(model())[0]), [-4, 1]);
  assert.deepEqual(span(readData(model())[1]), [-9, 0]);
});

const PLAYED = {
  words: ["a", "b", "c", "d", "<i>"], tallies: [3, 1, 0, 1, 2], people: 4, model: [0.5, 0.25, 0.125, 0.25, 0.5], name: "model",
};

test("the room's shares stand beside the model's", () => {
  assert.equal(text(game.sentence(PLAYED)),
    "A room of 4 people recalled 0.75 of the first fifth, 0.00 of the middle, 0.50 of the last; " +
    "the model: 0.50 of the first fifth, 0.13 of the middle, 0.50 of the last.");
});

test("before anybody was counted only the model speaks", () => {
  const before = { ...PLAYED, tallies: [0, 0, 0, 0, 0] };
  assert.match(text(game.sentence(before)), /^Nobody has been counted yet; the model: 0\.50 of the first/);
  assert.equal(text(game.sentence({ ...before, model: [] })), "Nobody has been counted yet.");
});

test("the record is one line of plain text with every tally", () => {
  assert.equal(game.record(PLAYED, "Said."),
    "- Recall game. Said. People: 4. Recalled by: a 3, b 1, c 0, d 1, <i> 2.");
});

test("other words or fewer people leave no tally that cannot be", () => {
  assert.deepEqual(game.fitted([3, 1, 0, 1, 2], ["a", "b", "c"], 2), [2, 1, 0]);
  assert.deepEqual(game.fitted([1], ["a", "b"], 9), [1, 0]);
});

test("typed words are split at blanks and commas, at least five and at most thirty", () => {
  assert.deepEqual(game.wordsOf("one, two three\nfour; five"), ["one", "two", "three", "four", "five"]);
  assert.equal(game.wordsOf("one two three four"), null);
  assert.equal(game.wordsOf("w ".repeat(40)).length, 30);
});

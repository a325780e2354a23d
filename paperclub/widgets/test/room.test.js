// The arithmetic and the words of a room's figures. Whole sentences are compared with Python's in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { recordLine } from "../src/kit/record.js";
import { brier } from "../src/hand_count/words.js";
import * as votes from "../src/merge_vote/votes.js";
import * as pairs from "../src/pair_judge/data.js";
import * as points from "../src/queries_keys/data.js";

const text = (parts) => parts.map((part) => part.token ?? part).join("");

test("a line for the record has no break in it", () => {
  assert.equal(recordLine("A game", "one\ntwo\t three "), "- A game. one two three");
});

test("weights are shares of the points, and the answer is the values in that mixture", () => {
  const state = { values: [8, 4, 0], points: [[3, 1, 0], [0, 0, 0]] };
  assert.deepEqual(points.lookUp(state, 0), { total: 4, weights: [0.75, 0.25, 0], answer: 7, even: 4 });
  assert.equal(points.lookUp(state, 1).weights, null);
});

test("cards are read as they are typed, a value behind each key", () => {
  assert.deepEqual(points.keysOf("soup 8, ice cream 12; <b> \n salad"),
    { cards: ["soup", "ice cream", "<b>", "salad"], values: [8, 10, 5, 5] });
  assert.equal(points.keysOf("soup 8"), null);
  assert.equal(points.keysOf("a,b,c,d,e,f,g,h,i"), null);
  assert.equal(points.queriesOf(" , "), null);
});

test("points stay with the names of their query and key", () => {
  const before = { cards: ["a", "b"], queries: ["q", "r"], points: [[1, 2], [3, 4]] };
  assert.deepEqual(points.carried(before, { cards: ["b", "c"], queries: ["r", "s"] }), [[4, 0], [0, 0]]);
});

test("n people make n (n - 1) / 2 couples, and each has its place", () => {
  for (const n of [3, 6, 8]) {
    const places = [];
    for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) places.push(pairs.placeOf(i, j, n));
    assert.deepEqual(places, Array.from({ length: pairs.couples(n) }, (_, place) => place));
  }
});

test("who is asked about counts for nothing, everybody else for half of a couple's note", () => {
  // Ana–Bo 9, Ana–Cleo 0, Bo–Cleo 4; Bo holds a circle.
  assert.deepEqual(pairs.sums({ sheets: [0, 1, 0], notes: [[9, 0, 4]] }, 0), [2, 11]);
  assert.equal(pairs.winner([2, 2]), null);
});

test("people are read with what they hold, or not at all", () => {
  assert.deepEqual(pairs.peopleOf("Ana square, Bo Smith c\n<i> circle"),
    { people: ["Ana", "Bo Smith", "<i>"], sheets: [0, 1, 1] });
  assert.equal(pairs.peopleOf("Ana square, Bo"), null);
  assert.equal(pairs.peopleOf("Ana square, Bo circle, Cleo star"), null);
});

test("the pairs to vote for are the most frequent ones, in the order of the text", () => {
  const joined = ({ pair }) => votes.namesOf([], pair).join("");
  assert.deepEqual(votes.candidates("the hen then ten hens", []).map(joined), ["th", "he", "·h", "en", "·t", "ns"]);
  assert.deepEqual(votes.byCounting("the hen then ten hens", 3), [[101, 110], [104, 256], [32, 116]]);
  assert.deepEqual(votes.byCounting("aa", 3), [[97, 97]], "then no pair is left");
});

test("a join is judged by the counts of its own round", () => {
  const state = { text: "the hen then ten hens", joins: [[104, 101], [110, 115]], votes: [[4, 9], [0, 0]], word: "" };
  assert.match(text(votes.sentence(state)), /in 1 of 2\.$/);
  assert.match(votes.line(state), /^- Be the tokenizer\. Text: “the hen then ten hens”\. Joined: h \+ e \(4 of 9 hands\), n \+ s\. After/);
});

test("a forecast is scored by the squared distance to what came out", () => {
  assert.equal(brier([0, 4], 1), 0);
  assert.equal(brier([4, 0], 1), 2);
  assert.equal(brier([2, 2], 1), 0.5);
});

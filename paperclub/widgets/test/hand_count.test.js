import assert from "node:assert/strict";
import { test } from "node:test";
import { forRecord, sentence } from "../src/hand_count/words.js";

const state = (hands, shown = false, answer = 1) => ({ hands, shown, answer });

test("hands are summed, and who leads is named, ties too", () => {
  assert.equal(sentence(state([0, 0])), "No hand is counted yet.");
  assert.equal(sentence(state([1, 0])), "1 hand: (a) 1, (b) 0. Most expect (a).");
  assert.equal(sentence(state([2, 2, 1])), "5 hands: (a) 2, (b) 2, (c) 1. Most expect (a) and (b).");
});

test("what came out is said only when it is shown and known", () => {
  assert.ok(!sentence(state([1, 3])).includes("came out"));
  assert.equal(sentence(state([1, 3], true)), "4 hands: (a) 1, (b) 3. Most expect (b). It came out as (b): 3 of 4 expected it. "
    + "Brier score 0.13; hands spread evenly have 0.50, and 0 is best.");
  assert.equal(sentence(state([0, 0], true)), "No hand is counted yet. It came out as (b).");
  assert.ok(!sentence(state([1, 3], true, -1)).includes("came out"));
});

test("the record's line holds the question", () => {
  assert.equal(forRecord("Which?", state([1, 0])), "- Forecast. Which? 1 hand: (a) 1, (b) 0. Most expect (a).");
});

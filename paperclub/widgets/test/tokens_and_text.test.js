// The logic of BytePairs and NextToken. Numbers to compare with are worked out by hand; whole sentences
// are compared with Python's in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Vocabulary, neighbour, rates, sentence } from "../src/byte_pairs/pairs.js";
import { cut, draw, numbers, sentence as nextSentence, variety } from "../src/next_token/cut.js";

const HOSTILE = "<img src=x onerror=alert(1)>";
const MERGES = [[116, 104], [256, 101], [97, 97]]; // "th", "the", "aa"
const often = Array(256).fill(0);
for (const [letter, count] of [["t", 8], ["h", 8], ["e", 4], ["a", 8]]) often[letter.charCodeAt(0)] = count;
const vocabulary = new Vocabulary(MERGES, often, [6, 4, 2]);
const words = (parts) => parts.map((part) => part.token ?? part).join("");

test("a text falls into tokens merge by merge, and no merge crosses a space", () => {
  const { tokens, joined, bytes } = vocabulary.read("the aaa");
  assert.equal(bytes, 7);
  assert.deepEqual(tokens[1], [256, 101, 32, 97, 97, 97]);
  assert.deepEqual(tokens[2], [257, 32, 97, 97, 97]);
  assert.deepEqual(tokens[3], [257, 32, 258, 97]);
  assert.deepEqual(joined, [0, 1, 1, 1]);
});

test("a token costs its share of the training text, with half a count more for each", () => {
  const reading = vocabulary.read("the a");
  const [the] = reading.bits[2];
  assert.ok(Math.abs(the + Math.log2(4.5 / (18 + 129))) < 1e-12);
  const { token, byte } = rates(reading, 2);
  assert.ok(Math.abs(token * 3 - byte * 5) < 1e-12);
});

test("the sentence names the merge, and a reader's text stays text", () => {
  assert.match(words(sentence(vocabulary, vocabulary.read("the aaaa"), 3)), /^Merge 3 joins “a” and “a”, 2 times here\. 8 bytes are 4 tokens/);
  assert.match(words(sentence(vocabulary, vocabulary.read("x"), 0)), /^With no merge, 1 byte is 1 token: .* bits a token and a byte\.$/);
  assert.deepEqual(sentence(vocabulary, vocabulary.read(""), 2), ["There is no text yet: type one."]);
  assert.equal(vocabulary.read(HOSTILE).tokens[0].length, HOSTILE.length);
});

test("up and down go to the next merge that joins something in the text", () => {
  const reading = vocabulary.read("aa");
  assert.equal(neighbour(reading, 0, 1), 3);
  assert.equal(neighbour(reading, 3, 1), 3);
  assert.equal(neighbour(reading, 3, -1), 0);
});

const LOGITS = Float32Array.from([0.2, 0.5, 0.3], Math.log);
const close = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6, `${found}`));

test("temperature, top-k and top-p act in this order", () => {
  close(Array.from(cut(LOGITS).drawn), [0.2, 0.5, 0.3]);
  close(Array.from(cut(LOGITS, { temperature: 0.5 }).drawn), [0.04 / 0.38, 0.25 / 0.38, 0.09 / 0.38]);
  close(Array.from(cut(LOGITS, { k: 2 }).drawn), [0, 0.625, 0.375]);
  close(Array.from(cut(LOGITS, { k: 2, p: 0.6 }).drawn), [0, 1, 0]);
  assert.deepEqual(cut(LOGITS, { p: 0.01 }).kept, 1);
});

test("the token that crosses p stays", () => {
  assert.equal(cut(LOGITS, { p: 0.6 }).kept, 2);
  close(Array.from(cut(LOGITS, { p: 0.6 }).drawn), [0, 0.625, 0.375]);
  assert.equal(cut(LOGITS, { p: 1 }).kept, 3);
});

test("variety is the number of equally likely tokens", () => {
  assert.ok(Math.abs(variety([0.25, 0.25, 0.25, 0.25, 0]) - 4) < 1e-12);
  assert.equal(variety([0, 1]), 1);
});

test("a draw falls on each token as often as it should, and never on one that was cut off", () => {
  const { order, drawn } = cut(LOGITS, { k: 2 });
  const random = numbers(1), found = [0, 0, 0];
  for (let i = 0; i < 4000; i += 1) found[draw(order, drawn, random())] += 1;
  assert.equal(found[0], 0);
  assert.ok(Math.abs(found[1] / 4000 - 0.625) < 0.03, `${found}`);
  assert.equal(draw(order, drawn, 0.9999999999), 2);
});

test("the sentence says what is drawn, what the model gave, and how open a draw is", () => {
  const cuts = cut(LOGITS, { k: 2 });
  const said = (place, name) => words(nextSentence({ last: "·a", name, place, cuts }));
  assert.equal(said(0, HOSTILE), `After “·a”, “${HOSTILE}” (number 1) is drawn with probability 0.63; `
    .replace("0.63", cuts.drawn[1].toFixed(2)) + "the model gave it 0.50. 2 of 3 tokens can be drawn, as varied as 1.9 equally likely ones.");
  assert.match(said(2, "x"), /is never drawn; the model gave it 0\.20\./);
  assert.match(words(nextSentence({ last: "", name: "", place: 0, cuts: cut(LOGITS, { k: 1 }) })), /No other token can be drawn\.$/);
});

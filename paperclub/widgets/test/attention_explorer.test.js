// The explorer's logic: what it reads, orders, writes out and says. Numbers to compare with are worked
// out by hand; whole sentences are compared with PyTorch's in a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromAddress, toAddress } from "../src/attention_explorer/address.js";
import { layout, listLayout, mapLayout, thumbAt } from "../src/attention_explorer/layout.js";
import { productOf, row, savedLooks, settled, sideBySide, strongest } from "../src/attention_explorer/looks.js";
import { arranged, isBright, patternOf } from "../src/attention_explorer/patterns.js";
import { digits } from "../src/kit/pen.js";
import { controlNames, sentence } from "../src/attention_explorer/words.js";

const HOSTILE = "<img src=x onerror=alert(1)>";

/** One layer of two heads over two tokens, and then one token alone, from an odd offset. */
function model(numbers = [65535, 0, 16384, 49151, 65535, 0, 32768, 32767, 65535, 65535], causal = false) {
  const buffer = new ArrayBuffer(numbers.length * 2 + 1);
  numbers.forEach((number, i) => new DataView(buffer).setUint16(1 + 2 * i, number, true));
  const values = {
    attentions: new DataView(buffer, 1), shape: [1, 2], causal,
    sentences: [
      { text: "a b", tokens: ["a", HOSTILE], next: [[["x", 0.5]], [["y", 0.25], ["z", 0.125]]] },
      { text: "", tokens: ["⟨start⟩"], next: [] },
    ],
  };
  return { get: (name) => values[name] };
}

const PATTERNS = [
  { called: "first", scores: { previous: 0.1, first: 0.9 } },
  { called: "mixed", scores: { previous: 0.3, first: 0.2 } },
  { called: "previous", scores: { previous: 0.8, first: 0.2 } },
];

test("saved weights are read from bytes at any offset, head by head", () => {
  const [look, alone] = savedLooks(model());
  assert.deepEqual(row(look, { layer: 0, head: 0, query: 1 }).map((w) => w.toFixed(4)), ["0.2500", "0.7500"]);
  assert.deepEqual(row(look, { layer: 0, head: 1, query: 1 }).map((w) => w.toFixed(4)), ["0.5000", "0.5000"]);
  assert.deepEqual(row(alone, { layer: 0, head: 1, query: 0 }), [1]);
  assert.deepEqual(look.next(1), [{ name: "y", probability: 0.25 }, { name: "z", probability: 0.125 }]);
  assert.equal(alone.next(0), null);
});

test("of a causal model only the keys up to a query are sent, and the rest is nothing", () => {
  const [look, alone] = savedLooks(model([65535, 16384, 49151, 65535, 32768, 32767, 65535, 65535], true));
  for (const head of [0, 1]) {
    assert.deepEqual(row(look, { layer: 0, head, query: 0 }), [1, 0]);
    assert.deepEqual(row(alone, { layer: 0, head, query: 0 }), [1]);
  }
  assert.deepEqual(row(look, { layer: 0, head: 0, query: 1 }).map((w) => w.toFixed(4)), ["0.2500", "0.7500"]);
  assert.deepEqual(row(look, { layer: 0, head: 1, query: 1 }).map((w) => w.toFixed(4)), ["0.5000", "0.5000"]);
});

test("a weight is settled on a multiple of 1/65535", () => {
  assert.equal(settled(1), 1);
  assert.equal(settled(0.25) * 65535, 16384);
  assert.equal(strongest([0.2, 0.4, 0.4]), 1);
});

const RUN = {
  config: { headWidth: 4 },
  vectors: () => ({
    q: Float32Array.of(0, 0, 0, 0, 1, -2, 0.5, 0), k: Float32Array.of(3, 2, 2, 9, 1, 1, 1, 1),
  }),
};

test("the dot product is written out with its largest terms first", () => {
  const { terms, sum, scaled, width } = productOf(RUN, { layer: 0, head: 0, query: 1, key: 0 });
  assert.deepEqual(terms.map(({ index }) => index), [1, 0, 2, 3]);
  assert.deepEqual(terms[0], { index: 1, query: -2, key: 2, product: -4 });
  assert.deepEqual([sum, scaled, width], [0, 0, 4]);
});

test("there is no product with a key that comes later", () => {
  assert.equal(productOf(RUN, { layer: 0, head: 0, query: 0, key: 1 }), null);
});

test("next tokens before and after are one list, the larger of the two first", () => {
  const look = (logits, next) => ({
    run: { config: { vocabulary: 3 }, logits: Float32Array.from(logits, Math.log) }, next: () => next,
  });
  const now = look([0.7, 0.2, 0.1], [{ id: 0, name: "a" }]);
  const before = look([0.2, 0.2, 0.6], [{ id: 2, name: "c" }]);
  const bars = sideBySide(now, before, { query: 0, temperature: 1 });
  assert.deepEqual(bars.map(({ name }) => name), ["a", "c"]);
  assert.deepEqual([bars[1].now.toFixed(3), bars[1].before.toFixed(3)], ["0.100", "0.600"]);
});

test("heads stand as in the model, or by the pattern that they show most", () => {
  assert.deepEqual(arranged(PATTERNS, 3, null), [0, 1, 2]);
  assert.deepEqual(arranged(PATTERNS, 3, "previous"), [2, 1, 0]);
  assert.deepEqual(arranged(PATTERNS, 3, "first"), [0, 1, 2]);
  assert.deepEqual(arranged([], 2, "first"), [0, 1]);
  assert.equal(patternOf(PATTERNS, 2).name, "previous token");
  assert.equal(patternOf(PATTERNS, 1), null);
  assert.deepEqual([0, 1, 2].map((head) => isBright(PATTERNS, head, "previous", 0.35)), [false, false, true]);
  assert.equal(isBright(PATTERNS, 0, null, 0.35), true);
});

const AT = { layer: 0, head: 0, query: 1, key: null, off: [], temperature: 1 };
const text = (parts) => parts.map((part) => part.token ?? part).join("");

function said(change = {}, at = {}) {
  const [look] = savedLooks(model());
  return text(sentence({ look, before: null, control: null, patterns: PATTERNS, ...change }, { ...AT, ...at }));
}

test("the sentence names head, pattern, query, weight, key and the next token", () => {
  assert.equal(said(), `In layer 1, head 1 (first token), the query “${HOSTILE}” (position 2) puts 0.75 of its ` +
    `weight on “${HOSTILE}” (position 2). The likeliest next token is “y” (0.25).`);
});

test("the reader's text is a part of its own, never joined with ours", () => {
  const [look] = savedLooks(model());
  const parts = sentence({ look, before: null, control: null, patterns: [] }, AT);
  assert.equal(parts.filter((part) => typeof part === "string" && part.includes("<")).length, 0);
});

test("the sentence follows a key, a control, a temperature and what was cut", () => {
  assert.match(said({}, { key: 0 }), /puts 0\.25 of its weight on “a” \(position 1\); its largest is 0\.75 on “</);
  const control = { ...controlNames({ kind: "untrained" }), weights: [0.4, 0.6] };
  assert.match(said({ control }), /; untrained it puts 0\.60 there\. /);
  assert.match(said({}, { temperature: 0.5 }), /The likeliest next token at temperature 0\.5 is/);
  const [look] = savedLooks(model());
  assert.match(said({ look: { ...look, cut: 7 } }), / The model sees 2 tokens; 7 at the end are left out\.$/);
});

test("the sentence says what switching heads off has changed", () => {
  const [look] = savedLooks(model());
  const before = { ...look, next: () => [{ id: 5, name: "q", probability: 0.75 }] };
  const off = [[0, 1], [2, 0]];
  assert.match(said({ before, look: { ...look, next: () => [{ id: 4, name: "y", probability: 0.25 }] } }, { off }),
    /Without layer 1, head 2; layer 3, head 1, the likeliest next token is “y” \(0\.25\) instead of “q” \(0\.75\)\.$/);
  assert.match(said({ before, look: { ...look, next: () => [{ id: 5, name: "q", probability: 0.5 }] } }, { off }),
    /the likeliest next token stays “q” \(0\.50 instead of 0\.75\)\.$/);
});

test("an address brings back what was written into it", () => {
  for (const words of ["To be, or not", "", `${HOSTILE}&head=9#x`, "😀 ü\n%"]) {
    const at = { text: words, layer: 2, head: 7, query: 11 };
    assert.deepEqual(fromAddress(toAddress(at), [3, 8]), at);
  }
});

test("an address that is not ours, or asks for what there is not, is left alone", () => {
  const wrong = ["", "#where-does-it-look", "#sentence=a&layer=4", "#sentence=a&head=0", "#sentence=a&token=65",
    "#sentence=a&layer=x", "#sentence=a&token=1.5"];
  for (const hash of wrong) assert.equal(fromAddress(hash, [3, 8]), null, hash);
  assert.deepEqual(fromAddress("#sentence=a", [3, 8]), { text: "a", layer: 0, head: 0, query: 0 });
});

const NUMBERS = { layers: 3, heads: 8, next: true, patterns: true };

test("nothing of the picture stands outside of it, wide or narrow, few heads or many", () => {
  for (const [width, height, narrow] of [[688, 400, false], [1200, 700, false], [358, 500, true]]) {
    for (const [layers, heads] of [[3, 8], [12, 12], [1, 1], [48, 32]]) {
      const place = layout({ width, height, size: 16, narrow }, { ...NUMBERS, layers, heads });
      const boxes = [place.main, place.next, place.overview];
      for (const box of boxes) {
        const what = `${width} ${layers} × ${heads} ${JSON.stringify(box)}`;
        assert.ok(box.x >= 0 && box.x + box.width <= width + 1, what);
        assert.ok(box.y + box.height <= place.height + 1, what);
        assert.ok(box.width > 0, what);
      }
    }
  }
});

test("a phone's small heads can be touched", () => {
  const { overview } = layout({ width: 358, height: 500, size: 15, narrow: true }, NUMBERS);
  assert.ok(overview.pitch >= 40 && overview.step >= 44);
  const [first, below] = [thumbAt(overview, 0), thumbAt(overview, 8)];
  assert.deepEqual([below.x - first.x, below.y - first.y], [0, overview.step]);
});

test("maps and lists of 64 tokens stay in their box", () => {
  const box = { x: 300, y: 0, width: 340, height: 400 };
  for (const maps of [1, 2]) {
    const place = mapLayout(box, { n: 64, maps, widest: 200, size: 16, label: 13 });
    const last = place.places.at(-1);
    assert.ok(last.x + place.width <= box.x + box.width && last.y + place.height <= box.y + box.height);
  }
  const list = listLayout(box, { n: 64, size: 16, label: 13 });
  assert.ok(list.y(63) <= box.y + box.height);
  assert.deepEqual([list.at(list.y(0)), list.at(list.y(63))], [0, 63]);
});

test("numbers have three digits at most and a true minus", () => {
  assert.deepEqual([1.234, -1.234, 12.34, 123.4, -0.001].map(digits), ["1.23", "−1.23", "12.3", "123", "0.00"]);
});

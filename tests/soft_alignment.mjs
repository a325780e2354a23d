// Answers what tests/test_soft_alignment.py asks: JSON on standard input, JSON on standard output.
import { readFileSync } from "node:fs";
import { Reader } from "../paperclub/widgets/src/soft_alignment/engine.js";
import { lettersOf, numbersOf, sentence } from "../paperclub/widgets/src/soft_alignment/words.js";

const { sizes, weights, source, target, steps, asked } = JSON.parse(readFileSync(0, "utf8"));
const reader = new Reader(sizes, new Uint8Array(Buffer.from(weights, "base64")));
const spell = (wrote) => wrote.map((i) => [...target][i]);

function answer({ text, step, key, muted }) {
  const letters = lettersOf(text);
  const ids = numbersOf(letters, source);
  const look = (places) => reader.look(ids, steps, new Set(places));
  const now = letters.length ? look(muted) : { wrote: [], weights: [] };
  const before = letters.length ? look([]) : now;
  const said = sentence(
    { letters, wrote: spell(now.wrote), before: spell(before.wrote), weights: now.weights },
    { step, key, muted });
  return { ...now, said: said.map((part) => part.token ?? part).join("") };
}

process.stdout.write(JSON.stringify(asked.map(answer)));

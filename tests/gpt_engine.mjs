// Answers what tests/test_gpt_engine.py asks the engine: JSON on standard input, JSON on standard output.
import { readFileSync } from "node:fs";
import { load, nextTokens, probabilities, untrained } from "../paperclub/widgets/src/gpt/engine.js";

const folder = new URL("../paperclub/models/tiny-gpt/", import.meta.url);
const meta = JSON.parse(readFileSync(new URL("meta.json", folder), "utf8"));
const models = { trained: load(meta, readFileSync(new URL("weights.bin", folder))), untrained: untrained(meta) };

// Six decimals are a thousandth of what the tests allow, and keep the answer short; NaN becomes null.
const short = (values) => Array.from(values, (value) => (Number.isNaN(value) ? null : Math.round(value * 1e6) / 1e6));

function answer({ text, model: which = "trained", ablate = [], temperature = 1, give = ["attention"] }) {
  const model = models[which];
  const { ids, cut } = model.tokenizer.encode(text);
  const said = { ids, cut };
  if (give.includes("names")) {
    Object.assign(said, { names: model.tokenizer.names(ids), decoded: model.tokenizer.decode(ids) });
  }
  if (!give.includes("attention")) return said;
  const run = model.forward(ids, { ablate });
  said.weights = short(run.weights);
  said.probabilities = ids.flatMap((_, position) => short(probabilities(run, position, temperature)));
  said.next = nextTokens(run, run.n - 1, { temperature, count: 3 });
  if (give.includes("scores")) {
    const { q, k } = run.vectors(model.config.layers - 1, model.config.heads - 1);
    Object.assign(said, { products: short(run.products), scaled: short(run.scaled), q: short(q), k: short(k) });
  }
  return said;
}

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(answer)));

// Reads [{expression, inputs}] from standard input; writes for each every sentence of the figure, or
// what it says is wrong.
import { readFileSync } from "node:fs";
import { inputsOf, walk } from "../paperclub/widgets/src/computation_graph/graph.js";
import { Unreadable, parse } from "../paperclub/widgets/src/computation_graph/parse.js";
import { sentence } from "../paperclub/widgets/src/computation_graph/words.js";

const text = (parts) => parts.map((part) => part.token ?? part).join("");

function said({ expression, inputs }) {
  try {
    const nodes = parse(expression);
    const way = walk(nodes, inputsOf(nodes, inputs));
    return way.steps.map((_, step) => text(sentence(nodes, way, step)));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return text(error.parts);
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(said)));

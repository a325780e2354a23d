// Answers what tests/test_expert_queues.py asks the figure's code: JSON on standard input and output.
import { readFileSync } from "node:fs";
import { readData, route } from "../paperclub/widgets/src/expert_queues/route.js";
import { sentence } from "../paperclub/widgets/src/expert_queues/words.js";

const { traits, cases } = JSON.parse(readFileSync(0, "utf8"));
for (const name of ["weights", "drawn"]) traits[name] = new Uint8Array(Buffer.from(traits[name], "base64"));
const data = readData({ get: (name) => traits[name] });
const answers = cases.map((at) => {
  const routed = route(data, at);
  const last = Math.max(0, Math.min(at.at, routed.letters.length - 1));
  const words = sentence(data.names[at.model], routed, last).map((part) => part.token ?? part).join("");
  const { gates, experts, loads, capacity, overflow } = routed;
  return { words, gates, experts, loads, capacity, overflow };
});
process.stdout.write(JSON.stringify(answers));

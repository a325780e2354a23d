// Answers what tests/test_pointing_hull.py asks the figure's JavaScript: JSON in, JSON out.
import { readFileSync } from "node:fs";
import { shortestTour } from "../paperclub/widgets/src/pointing_hull/geometry.js";
import { Network } from "../paperclub/widgets/src/pointing_hull/network.js";
import { MOST_EXACT, sentence } from "../paperclub/widgets/src/pointing_hull/words.js";

const { task, sizes, weights, trained, boards } = JSON.parse(readFileSync(0, "utf8"));
const network = new Network(sizes, new Uint8Array(Buffer.from(weights, "base64")));

process.stdout.write(JSON.stringify(boards.map((points) => {
  const drawn = network.draw(points, task === "tour");
  const asked = [null, ...points.keys()];
  const board = { task, points, trained };
  const said = drawn.chosen.map((_, i) => asked.map((point) => sentence(board, drawn, i + 1, point)));
  return { ...drawn, said, shortest: points.length <= MOST_EXACT ? shortestTour(points) : null };
})));

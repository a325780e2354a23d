import { bytesOf } from "../kit/bytes.js";
import { digits } from "../kit/pen.js";

/** The measurements of one figure: `sets[i]` is {name, trials, places, scores, attention, control}. */
export function readData(model) {
  const values = new Float32Array(bytesOf(model.get("scores")).buffer);
  let start = 0;
  return model.get("names").map((name, i) => {
    const [trials, places] = model.get("shapes")[i];
    const scores = values.subarray(start, start + trials * places);
    start += trials * places;
    return {
      name, trials, places, scores,
      attention: model.get("attention")[name] ?? null, control: model.get("control")[name] ?? null,
    };
  });
}

/** The mean of the first `trials` trials, for each place. */
export function means({ places, scores }, trials) {
  return Array.from({ length: places }, (_, place) => {
    let sum = 0;
    for (let trial = 0; trial < trials; trial += 1) sum += scores[trial * places + place];
    return sum / trials;
  });
}

/** Where the first fifth of the places begins, the middle one, and the last; and how long each is. */
export function fifths(places) {
  const size = Math.floor(places / 5);
  return { size, starts: [0, Math.floor((places - size) / 2), places - size] };
}

export function ofFifths(values) {
  const { size, starts } = fifths(values.length);
  return starts.map((at) => values.slice(at, at + size).reduce((sum, value) => sum + value, 0) / size);
}

const against = (difference) => `${digits(Math.abs(difference))} nats ${difference < 0 ? "below" : "above"}`;

/**
 * What the figure shows, in words: a list of strings and `{token}`.
 *
 * `sentence` in recall_curve.py gives the same words; a test holds the two together.
 */
export function sentence(set, { trials, place }) {
  const values = means(set, trials);
  const [first, centre, last] = ofFifths(values);
  const parts = [
    `After ${trials} trial${trials > 1 ? "s" : ""} of `, { token: set.name },
    `, the first fifth lies ${against(first - centre)} the middle, the last ${against(last - centre)} it. ` +
    `At place ${place + 1} the answer has ${digits(values[place])} nats`,
  ];
  if (set.attention) {
    const shares = set.attention[place];
    const most = shares.indexOf(Math.max(...shares));
    parts.push(`; of its look at the facts, ${shares[place].toFixed(2)} falls on the asked one`);
    if (most !== place) parts.push(` and ${shares[most].toFixed(2)} on fact ${most + 1}`);
  }
  return [...parts, "."];
}

import { bytesOf } from "../kit/bytes.js";
import { look, readNetwork, without } from "./network.js";

export const ANSWERS = ["square", "circle"];

/** What never changes: the network, and what things are called. */
export function readData(model) {
  return {
    network: readNetwork(model.get("sizes"), bytesOf(model.get("weights"))),
    names: model.get("names"), tints: model.get("tints"), kinds: model.get("kinds"),
    titles: model.get("titles"), starts: model.get("starts"), reach: model.get("reach"),
  };
}

const oneHot = (n, at) => Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));

export const objectsOf = (places, shapes) =>
  places.map(([x, y], k) => [x, y, ...oneHot(places.length, k), shapes[k] ? 1 : -1]);

const away = ([x, y], [u, v]) => (x - u) ** 2 + (y - v) ** 2;

/** The object whose shape is the right answer. */
export function targetOf(places, asked, kind) {
  if (kind === "own") return asked;
  const distances = places.map((place, k) => (k === asked ? Infinity : away(place, places[asked])));
  return distances.indexOf(Math.min(...distances));
}

/**
 * What the network makes of a scene and a question.
 *
 * @param {Record<string, any>} data what `readData` gives
 * @param {{places: number[][], shapes: number[], kind: number, asked: number}} at
 * @returns {{answer: number, confidence: number, margin: number, target: number, right: boolean,
 *   pairs: {i: number, j: number, without: number, moves: number}[]}} `pairs` has all i <= j; `moves` is by
 *   how much the margin of the answer falls when the pair is taken out
 */
export function thoughtOf(data, { places, shapes, kind, asked }) {
  const question = [...oneHot(places.length, asked), ...oneHot(data.kinds.length, kind)];
  const seen = look(data.network, objectsOf(places, shapes), question);
  const answer = seen.logits[1] > seen.logits[0] ? 1 : 0;
  const marginOf = (logits) => logits[answer] - logits[1 - answer];
  const margin = marginOf(seen.logits);
  const target = targetOf(places, asked, data.kinds[kind]);
  const pairs = [];
  for (let i = 0; i < places.length; i += 1) {
    for (let j = i; j < places.length; j += 1) {
      const rest = marginOf(without(data.network, seen, i, j));
      pairs.push({ i, j, without: rest, moves: margin - rest });
    }
  }
  return {
    answer, margin, confidence: 1 / (1 + Math.exp(-margin)), target, right: shapes[target] === answer, pairs,
  };
}

/** The pairs that move the answer most, largest first; equal ones in their order. */
export const strongest = (pairs, most) =>
  [...pairs].sort((a, b) => Math.abs(b.moves) - Math.abs(a.moves)).slice(0, most);

export const number = (value) => value.toFixed(2).replace("-", "−");

/** What is asked, as parts for the sentence or the picture. */
export const questionOf = (data, { kind, asked }) => [
  `the shape of ${data.kinds[kind] === "own" ? "" : "the object nearest to "}`, { token: data.names[asked] },
];

export function pairNames(data, { i, j }) {
  const [one, other] = [{ token: data.names[i] }, { token: data.names[j] }];
  return i === j ? [one, " with itself"] : [one, " and ", other];
}

/**
 * What the figure shows, in words: strings and `{token}`. `sentence` in relation_scene.py gives the
 * same; a test holds the two together.
 */
export function sentence(data, at, thought) {
  const [pair] = strongest(thought.pairs, 1);
  return [
    "Asked for ", ...questionOf(data, at), `, the network says ${ANSWERS[thought.answer]} with confidence `,
    `${thought.confidence.toFixed(2)}. That is ${thought.right ? "right" : "wrong"}: it is `,
    { token: data.names[thought.target] }, `, a ${ANSWERS[at.shapes[thought.target]]}. The pair `,
    ...pairNames(data, pair), ` moves it most: without it the margin of ${number(thought.margin)} would be `,
    `${number(pair.without)}.`,
  ];
}

export const textOf = (parts) => parts.map((part) => part.token ?? part).join("");

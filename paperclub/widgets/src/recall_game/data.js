import { recordLine } from "../kit/record.js";

/** The mean share of the first fifth of the places, of the middle one, and of the last, in words. */
export function thirds(shares) {
  const size = Math.max(1, Math.floor(shares.length / 5));
  const starts = [0, Math.floor((shares.length - size) / 2), shares.length - size];
  const [first, centre, last] = starts.map((at) =>
    (shares.slice(at, at + size).reduce((sum, share) => sum + share, 0) / size).toFixed(2));
  return `${first} of the first fifth, ${centre} of the middle, ${last} of the last`;
}

export const sharesOf = ({ tallies, people }) => tallies.map((count) => count / people);

/**
 * What the figure shows, in words: a list of strings and `{token}`.
 *
 * `game` is {tallies, people, model, name}. `sentence` in recall_game.py gives the same words; a test
 * holds the two together.
 */
export function sentence(game) {
  const model = game.model.length ? ["; the ", { token: game.name }, `: ${thirds(game.model)}`] : [];
  if (!game.tallies.some((count) => count > 0)) return ["Nobody has been counted yet", ...model, "."];
  const crowd = game.people === 1 ? "person" : `${game.people} people`;
  return [`A room of ${crowd} recalled ${thirds(sharesOf(game))}`, ...model, "."];
}

/** Words typed or pasted, one after the other, as a list of 5 to 30; null if there are fewer. */
export function wordsOf(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean).slice(0, 30);
  return words.length < 5 ? null : words;
}

/** The line for the session's record: what was said, and how many recalled each word, in their order. */
export function record(game, said) {
  const each = game.words.map((word, i) => `${word} ${game.tallies[i]}`).join(", ");
  return recordLine("Recall game", `${said} People: ${game.people}. Recalled by: ${each}.`);
}

/** Tallies after a change of words or people: as many as there are words, none above the people. */
export function fitted(tallies, words, people) {
  return words.map((_, i) => Math.min(tallies[i] ?? 0, people));
}

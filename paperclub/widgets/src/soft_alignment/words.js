// What the model reads and writes as letters, and what the figure says. soft_alignment.py says the
// same; a test holds the two together.

export const MOST_LETTERS = 40;

/** The letters of a text, as many as the figure reads. */
export const lettersOf = (text) => [...text].slice(0, MOST_LETTERS);

const small = (letter) => (/^[A-Z]$/.test(letter) ? letter.toLowerCase() : letter);

/** The numbers of letters, from 1; 0 for what stands not in the alphabet. */
export function numbersOf(letters, alphabet) {
  const known = [...alphabet];
  return letters.map((letter) => known.indexOf(small(letter)) + 1);
}

/** A letter as it is shown: every blank can be seen. */
export const shown = (letter) => (/^[ \t\n\r]$/.test(letter) ? "␣" : letter);

const all = (letters) => letters.map(shown).join("");

/** The place with the largest weight; the first of them when several are equal. */
export const strongest = (row) => row.indexOf(Math.max(...row));

const place = (letters, key) => ["“", { token: shown(letters[key]) }, `” (position ${key + 1})`];
const quoted = (letters) => ["“", { token: all(letters) }, "”"];

function withMuted({ letters, wrote, before }, muted) {
  const what = muted.length > 1 ? [`${muted.length} letters`] : place(letters, muted[0]);
  const same = wrote.join("") === before.join("");
  const end = same ? [" muted it still writes ", ...quoted(wrote), "."]
    : [" muted it writes ", ...quoted(wrote), ", not ", ...quoted(before), "."];
  return ["With ", ...what, ...end];
}

function where({ letters, wrote, weights }, step, key) {
  const row = weights[step];
  const start = [`Writing letter ${step + 1}, `, ...quoted([wrote[step]]), ", it "];
  if (row.every((weight) => weight === 0)) return [...start, "can look nowhere."];
  const best = strongest(row);
  if (key !== null && key !== best) {
    return [...start, `puts ${row[key].toFixed(2)} of its weight on `, ...place(letters, key),
      `; its largest is ${row[best].toFixed(2)} on `, ...place(letters, best), "."];
  }
  return [...start, `puts ${row[best].toFixed(2)} of its weight on `, ...place(letters, best), "."];
}

/**
 * What the figure shows, in words: strings and `{token}`.
 *
 * @param {{letters: string[], wrote: string[], before: string[], weights: number[][]}} look what is read, what
 *   is written with and without mutes (as letters), and one row of weights a step
 * @param {{step: number, key: number | null, muted: number[]}} at the choice; `muted` are places
 */
export function sentence(look, { step, key, muted }) {
  if (!look.letters.length) return ["There is nothing to read: type something."];
  const start = muted.length ? withMuted(look, muted)
    : ["It reads ", ...quoted(look.letters), " and writes ", ...quoted(look.wrote), "."];
  return [...start, " ", ...where(look, step, key)];
}

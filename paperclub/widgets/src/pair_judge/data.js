import { recordLine, wordsOf } from "../kit/record.js";

export const LEAST = 3, MOST = 8, MOST_NOTE = 10, MOST_LETTERS = 16;
export const SHAPES = ["square", "circle"];
export const JUDGES = ["a new judge each", "one judge"];
const SAYS = ["A new judge for each couple", "One judge for all couples"];

/** How many couples n people make. */
export const couples = (n) => (n * (n - 1)) / 2;

/** The place of the couple (i, j), i < j, in a list of all couples of n people. */
export const placeOf = (i, j, n) => i * n - (i * (i + 1)) / 2 + j - i - 1;

/**
 * The notes of one round, added up by shape, [square, circle]. A couple's note counts for what its
 * people hold, half each; who is asked about (the first) counts for nothing, so a note about them and
 * somebody else is that one's alone.
 */
export function sums({ sheets, notes }, round) {
  const n = sheets.length;
  const total = [0, 0];
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const note = notes[round][placeOf(i, j, n)];
      for (const one of i === 0 ? [j] : [i, j]) total[sheets[one]] += i === 0 ? note : note / 2;
    }
  }
  return total;
}

/** Which shape two sums speak for; null for a tie, or for nothing. */
export const winner = ([square, circle]) => (square === circle ? null : Number(circle > square));

/** Each way to answer, as { says, total }: the two rounds, and the hands of the whole room. */
export function answers(state) {
  const judged = SAYS.map((says, round) => ({ says, total: sums(state, round) }));
  return [...judged, { says: "The whole room, by show of hands", total: state.hands }];
}

/** What the figure says; `sentence` in pair_judge.py gives the same words. */
export function sentence(state) {
  const { people, sheets, nearest, room } = state;
  const n = people.length;
  const parts = [
    `${n} people make ${couples(n)} couples; a room of ${room} makes ${couples(room)}, ` +
    `or ${room * room} ordered pairs with each beside itself.`,
  ];
  const held = answers(state).filter(({ total }) => total[0] || total[1]);
  for (const { says, total } of held) {
    const won = winner(total);
    parts.push(` ${says}: square ${total[0]}, circle ${total[1]}, so ${won === null ? "neither" : SHAPES[won]}.`);
  }
  if (!nearest) return parts;
  const right = held.filter(({ total }) => winner(total) === sheets[nearest]).length;
  const came = held.length ? `; ${right} of ${held.length} right.` : ".";
  return [...parts, " Nearest to ", { token: people[0] }, " is ", { token: people[nearest] }, `, a ${SHAPES[sheets[nearest]]}${came}`];
}

export function line(state) {
  const held = state.people.map((name, i) => `${name} ${SHAPES[state.sheets[i]]}`).join(", ");
  return recordLine("Pairs and one judge", `Sheets: ${held}. ${wordsOf(sentence(state))}`);
}

/** People as they are typed, "Ana square, Bo circle", as { people, sheets }; null if it does not fit. */
export function peopleOf(text) {
  const typed = text.split(/[,;\n]/).map((entry) => entry.trim()).filter(Boolean).map((entry) => {
    const [, name, shape] = entry.match(/^(.*?)\s+(s|c)(?:q|quare|irc|ircle)?$/i) ?? [];
    return name ? { name: name.slice(0, MOST_LETTERS), sheet: Number(shape.toLowerCase() === "c") } : null;
  });
  if (typed.length < LEAST || typed.length > MOST || typed.includes(null)) return null;
  return { people: typed.map(({ name }) => name), sheets: typed.map(({ sheet }) => sheet) };
}

export const peopleText = ({ people, sheets }) => people.map((name, i) => `${name} ${SHAPES[sheets[i]]}`).join(", ");

/** No note yet, for n people: one list a round. */
export const blank = (n) => JUDGES.map(() => Array(couples(n)).fill(0));

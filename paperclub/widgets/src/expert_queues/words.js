const SHOWN = { " ": "␣", "\n": "↵", "\t": "⇥" };

/** A character as it is shown: white space has signs of its own. */
export const shown = (letter) => SHOWN[letter] ?? letter;

/** Rounded half up, as in Python. */
const rounded = (value, places) => (Math.floor(value * 10 ** places + 0.5) / 10 ** places).toFixed(places);

/** What the figure shows, in words: strings and `{token}`. `sentence` in expert_queues.py says the same. */
export function sentence(name, routed, at) {
  const { letters, loads, experts, gates, capacity, overflow } = routed;
  if (!letters.length) return [`${name}: there is no text, and nobody is asked.`];
  const [n, k] = [letters.length, experts[0].length];
  const busiest = Math.max(...loads);
  const ratio = rounded(busiest * loads.length / (n * k), 1);
  const chosen = experts[at].map((expert, j) => `${expert + 1} (${rounded(gates[at][j], 2)})`).join(" and ");
  return [
    `${name}: ${n} characters ask ${k} of ${loads.length} experts each. `
    + `The busiest is asked ${busiest} times, ${ratio} times the mean; `
    + `${loads.filter((load) => load === 0).length} are never asked. `
    + `${overflow} of ${n * k} choices find no room at a capacity of ${capacity}. “`,
    { token: shown(letters[at]) }, `” (character ${at + 1}) goes to ${chosen}.`,
  ];
}

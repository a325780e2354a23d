import { recordLine } from "../kit/record.js";

/**
 * What a room forecast, and what came out.
 *
 * @typedef {object} Count
 * @property {number[]} hands for each choice
 * @property {number} answer the choice that came out; less than 0 where it is not known
 * @property {boolean} shown whether the room sees what came out
 */

/**
 * The letter of a choice.
 *
 * @param {number} place
 */
export const letter = (place) => "abcdef"[place];

/**
 * What the figure says; `sentence` in hand_count.py gives the same words.
 *
 * @param {Count} count
 */
export function sentence({ hands, answer, shown }) {
  const total = hands.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...hands);
  const leading = hands.flatMap((count, i) => (count === most ? [letter(i)] : []));
  const each = hands.map((count, i) => `(${letter(i)}) ${count}`).join(", ");
  const counted = total
    ? `${total} ${total === 1 ? "hand" : "hands"}: ${each}. Most expect (${leading.join(") and (")}).`
    : "No hand is counted yet.";
  if (!shown || answer < 0) return counted;
  if (!total) return `${counted} It came out as (${letter(answer)}).`;
  return `${counted} It came out as (${letter(answer)}): ${hands[answer]} of ${total} expected it. `
    + `Brier score ${brier(hands, answer).toFixed(2)}; hands spread evenly have ${(1 - 1 / hands.length).toFixed(2)}, and 0 is best.`;
}

/**
 * The room's shares of hands as a forecast, scored by Brier (1950): the squared distance to what came
 * out, from 0 (all hands were right) to 2.
 *
 * @param {number[]} hands
 * @param {number} answer
 */
export function brier(hands, answer) {
  const total = hands.reduce((sum, count) => sum + count, 0);
  return hands.reduce((sum, count, i) => sum + (count / total - Number(i === answer)) ** 2, 0);
}

/**
 * The line for the session's record: what was asked, and what was said.
 *
 * @param {string} question
 * @param {Count} state
 */
export const forRecord = (question, state) => recordLine("Forecast", `${question} ${sentence(state)}`);

// The line that goes from a room's figure into the session's record.
import { textField, wordButton } from "./controls.js";
import { make } from "./dom.js";

const COPY = "Copy the line";

/**
 * A button that unfolds a panel: `parts` of the figure's own, the line for the record, a button that
 * copies it, and one that begins the game anew.
 *
 * The frame measures its room down to its last part, so the panel stands before the sentence.
 *
 * @param {{name?: string, parts?: HTMLElement[], startOver: () => void, unfolded?: () => void}} options
 * @returns {{button: HTMLElement, panel: HTMLElement, set: (line: string) => void}}
 */
export function recordPanel({ name = "for the record", parts = [], startOver, unfolded = () => {} }) {
  const button = wordButton({ text: name, expanded: false, pressed: unfold });
  const field = textField({ label: "line for the record", value: "", most: 4000, changed: () => {} });
  field.input.readOnly = true;
  const copy = wordButton({ text: COPY, pressed: copied });
  const again = wordButton({ text: "Start over", pressed: startOver });
  const panel = make("div", { className: "pc-more", hidden: true }, ...parts, field.element, copy.element, again.element);

  function unfold() {
    panel.hidden = !panel.hidden;
    button.element.setAttribute("aria-expanded", String(!panel.hidden));
    field.grow();
    unfolded();
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(field.input.value);
      copy.set({ textContent: "Copied" });
    } catch {
      field.input.select(); // no clipboard on this page: it is marked, for Ctrl+C
      copy.set({ textContent: "Marked: press Ctrl+C" });
    }
  }

  /** @param {string} line */
  function set(line) {
    field.set(line);
    copy.set({ textContent: COPY });
  }

  return { button: button.element, panel, set };
}

/**
 * A line for the record: what was played, and what came of it, without a break.
 *
 * @param {string} game
 * @param {string} said
 */
export const recordLine = (game, said) => `- ${game}. ${said}`.replaceAll(/\s+/g, " ").trim();

/**
 * The words of a sentence's parts.
 *
 * @param {Part[]} parts
 */
export const wordsOf = (parts) => parts.map((part) => (typeof part === "string" ? part : part.token)).join("");

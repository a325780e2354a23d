import { make } from "./dom.js";

/**
 * A small label beside the pointer, inside `stage`. Screen readers have the sentence instead.
 *
 * @param {HTMLElement} stage
 */
export function tooltip(stage) {
  const element = make("div", { className: "pc-tooltip", hidden: true, "aria-hidden": "true" });
  stage.append(element);
  return {
    hide() { element.hidden = true; },
    /**
     * Show `text` with its lower edge above the point (x, y) of the stage, kept inside it.
     *
     * @param {string} text
     * @param {number} x
     * @param {number} y
     */
    show(text, x, y) {
      element.textContent = text;
      element.hidden = false;
      const half = element.offsetWidth / 2;
      const left = Math.min(Math.max(x, half), stage.clientWidth - half);
      element.style.left = `${left}px`;
      element.style.top = `${y}px`;
    },
  };
}

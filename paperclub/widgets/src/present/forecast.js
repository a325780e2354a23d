// A show of hands for any prediction of a chapter: what stands in its box becomes the choices.
import { HandCount } from "../hand_count.js";
import { createModel } from "../host/model.js";
import { make } from "../kit/dom.js";
import { textOf } from "./parts.js";

const MOST_CHOICES = 6;
const LEAD = "Count hands for each choice. Go on, and come back with H to say what came out.";
/** @type {WeakMap<Element, HTMLDialogElement>} a box, and the dialog in which its hands were counted */
const counted = new WeakMap();

/**
 * Open the count of a Predict box; what was counted before stands there still.
 *
 * @param {Element} box
 */
export function forecast(box) {
  const dialog = counted.get(box) ?? dialogFor(box);
  counted.set(box, dialog);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("canvas")?.focus();
}

/** @param {Element} box */
function dialogFor(box) {
  const close = make("button", { type: "button", className: "slides-close" }, "Back to the talk");
  const place = make("div");
  const dialog = make("dialog", { className: "slides-hands", "aria-label": "A show of hands" }, place, close);
  close.addEventListener("click", () => dialog.close());
  const { question, choices } = asked(box);
  const hands = choices.map(() => 0);
  const model = createModel({ state: { lead: LEAD, note: "", question, choices, answer: -1, hands } });
  new HandCount({ model, el: place });
  return dialog;
}

/**
 * The question and the choices of a Predict box; without a list, hands can only be for it or against it.
 *
 * @param {Element} box
 */
export function asked(box) {
  const items = [...box.querySelectorAll("li")].slice(0, MOST_CHOICES);
  const choices = items.map((item) => textOf(item).replace(/^\([a-f]\)\s*/, "").replace(/[;.]$/, ""));
  const question = textOf(box, choices.length > 1 ? "ul, ol" : "script").replace(/^Predict\.\s*/, "");
  return { question, choices: choices.length > 1 ? choices : ["for", "against"] };
}

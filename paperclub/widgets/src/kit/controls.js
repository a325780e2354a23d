// The controls under a picture. Each returns its element and `set`, which shows a value without
// calling `changed`; `changed` is called only by the reader's hand.
import { make, uniqueName } from "./dom.js";

/**
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} options.value
 * @param {number} [options.step]
 * @param {(value: number) => string} [options.text] how a value is written beside the slider
 * @param {(value: number) => void} options.changed
 */
export function slider({ label, min, max, value, step = 1, text = String, changed }) {
  const name = uniqueName("slider");
  const output = make("output", { className: "pc-value" });
  output.setAttribute("for", name);
  const input = make("input", { type: "range", id: name, min, max, step });
  /** @param {number} next */
  function set(next) {
    input.value = String(next);
    output.textContent = text(next);
    input.setAttribute("aria-valuetext", text(next));
  }
  input.addEventListener("input", () => {
    set(Number(input.value));
    changed(Number(input.value));
  });
  set(value);
  const heading = make("label", { htmlFor: name }, label);
  const element = make("div", { className: "pc-control pc-slider" }, heading, input, output);
  return { element, label: heading, input, output, set };
}

/**
 * One of several, by name. The names speak for themselves: the label is for screen readers.
 *
 * @param {{label: string, options: string[], value: number, changed: (value: number) => void}} options
 */
export function select({ label, options, value, changed }) {
  const name = uniqueName("select");
  const input = make("select", { id: name });
  options.forEach((option, i) => input.append(make("option", { value: i }, option)));
  /** @param {number} next */
  const set = (next) => { input.value = String(next); };
  input.addEventListener("change", () => changed(Number(input.value)));
  set(value);
  const element = make(
    "div", { className: "pc-control" },
    make("label", { htmlFor: name, className: "pc-unseen" }, label), input,
  );
  return { element, set };
}

/**
 * One of few, all in view: radio buttons, each with a text or an element of its own as its face.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {(string | HTMLElement)[]} options.faces
 * @param {number} options.value
 * @param {(value: number) => void} options.changed
 * @param {string} [options.className]
 */
export function choice({ label, faces, value, changed, className = "" }) {
  const name = uniqueName("choice");
  const inputs = faces.map((_, i) => make("input", { type: "radio", name, value: i }));
  /** @param {number} next */
  const set = (next) => { inputs.forEach((input, i) => { input.checked = i === next; }); };
  inputs.forEach((input, i) => input.addEventListener("change", () => changed(i)));
  set(value);
  const options = faces.map((face, i) =>
    make("label", { className: "pc-option" }, inputs[i], make("span", { className: "pc-face" }, face)));
  const element = make(
    "fieldset", { className: `pc-control pc-choice ${className}` },
    make("legend", {}, label), make("div", { className: "pc-options" }, ...options),
  );
  return { element, set, inputs, options };
}

/**
 * A button with words on it. `set({ textContent, disabled })` changes what it says.
 *
 * @param {{text: string, pressed: () => void, expanded?: boolean}} options `expanded`: whether what it unfolds
 *   is in view
 */
export function wordButton({ text, pressed, expanded }) {
  const element = make("button", { type: "button", className: "pc-word-button" }, text);
  if (expanded !== undefined) element.setAttribute("aria-expanded", String(expanded));
  element.addEventListener("click", pressed);
  /** @param {{textContent?: string, disabled?: boolean}} next */
  const set = (next) => { Object.assign(element, next); };
  return { element, set };
}

/**
 * Text that the reader types. It grows with its lines, up to a few.
 *
 * @param {{label: string, value: string, most: number, changed: (text: string) => void}} options `most`: of letters
 */
export function textField({ label, value, most, changed }) {
  const name = uniqueName("text");
  const input = make("textarea", {
    id: name, rows: 1, maxLength: most, spellcheck: false, autocomplete: "off", autocapitalize: "off",
  });
  function grow() {
    input.style.height = "";
    input.style.height = `${Math.min(input.scrollHeight + 2, 130)}px`;
  }
  /** @param {string} next */
  function set(next) {
    if (input.value !== next) input.value = next;
    grow();
  }
  input.addEventListener("input", () => {
    grow();
    changed(input.value);
  });
  input.value = value;
  const element = make("div", { className: "pc-control pc-field" }, make("label", { htmlFor: name }, label), input);
  return { element, input, set, grow };
}

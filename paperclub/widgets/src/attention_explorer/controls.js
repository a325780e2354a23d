import { choice, select, slider, textField, wordButton } from "../kit/controls.js";
import { make, uniqueName } from "../kit/dom.js";
import { ORDERS, PATTERNS, patternOf } from "./patterns.js";
import { VIEWS } from "./picture.js";

const MOST_LETTERS = 1000;

/**
 * What a head is seen beside.
 *
 * @typedef {{kind: string, layer?: number, head?: number}} Compared
 */

/** Everything of the figure that is pressed, dragged or typed into, but the picture itself. */
export class Controls {
  /** @type {HTMLLabelElement[]} */
  options;
  /** @type {WordButton} */
  moreButton;
  /** @type {HTMLElement} */
  more;
  /** @type {{text: string, compare: Compared | null}[]} */
  compared;
  /** @type {{text?: Select, order?: Select, compare?: Select, temperature?: Slider, off?: WordButton, on?: WordButton}} */
  made;

  constructor(figure) {
    this.figure = figure;
    this.texts = figure.mind.saved.map((look) => look.text);
    this.field = textField({
      label: "sentence", value: figure.chosen.text, most: MOST_LETTERS, changed: (text) => figure.type(text),
    });
    this.view = choice({
      label: "view", faces: VIEWS, value: 0, className: "pc-words", changed: (view) => figure.choose({ view }),
    });
    this.overview = this.#overview();
    this.#more();
    if (figure.mind.fixed) this.#explain(figure.mind.fixed);
  }

  #overview() {
    const { figure } = this;
    const { layers, heads, patterns } = figure;
    const count = layers * heads;
    const made = choice({
      label: "head", value: 0, className: "pc-over", faces: Array(count).fill(""),
      changed: (index) => figure.choose({ layer: Math.floor(index / heads), head: index % heads }),
    });
    this.options = made.options;
    this.options.forEach((option, index) => {
      const [layer, head] = [Math.floor(index / heads), index % heads];
      const pattern = patternOf(patterns, index);
      const name = `layer ${layer + 1}, head ${head + 1}${pattern ? `, ${pattern.name}` : ""}`;
      made.inputs[index].setAttribute("aria-label", name);
      option.title = tooltipOf(name, patterns[index]);
      option.addEventListener("click", (event) => {
        if (!event.shiftKey) return;
        event.preventDefault();
        figure.toggle(layer, head);
      });
      option.addEventListener("keydown", (event) => this.#press(event, layer, head));
    });
    return made;
  }

  /** Up and down change the layer; x switches the head off. Left and right are the browser's own. */
  #press(event, layer, head) {
    const { figure } = this;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "x") figure.toggle(layer, head);
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || figure.chosen.order) return;
    event.preventDefault();
    const next = Math.min(figure.layers - 1, Math.max(0, layer + by));
    figure.choose({ layer: next, head });
    this.overview.inputs[next * figure.heads + head].focus();
  }

  #more() {
    const { figure, texts } = this;
    this.moreButton = wordButton({ text: "more", expanded: false, pressed: () => this.#unfold() });
    const made = {};
    if (texts.length > 1) {
      made.text = select({
        label: "an example sentence", options: ["example sentences", ...texts.map(shortened)], value: 0,
        changed: (i) => i && figure.choose({ text: texts[i - 1], query: Infinity, key: null }),
      });
    }
    if (figure.patterns.length) {
      made.order = select({
        label: "order of the heads", value: 0,
        options: ORDERS.map((order) => (order ? `heads by: ${PATTERNS[order].name}` : "heads as in the model")),
        changed: (order) => figure.choose({ order }),
      });
    }
    this.compared = this.#comparisons();
    made.compare = select({
      label: "compare with", options: this.compared.map(({ text }) => text), value: 0,
      changed: (i) => figure.choose({ compare: this.compared[i].compare }),
    });
    if (!figure.mind.fixed) {
      made.temperature = slider({
        label: "temperature", min: 0.1, max: 2, step: 0.1, value: 1, text: (value) => value.toFixed(1),
        changed: (temperature) => figure.choose({ temperature }),
      });
      made.off = wordButton({ text: "", pressed: () => figure.toggle(figure.chosen.layer, figure.chosen.head) });
      made.on = wordButton({ text: "switch all on", pressed: () => figure.choose({ off: [] }) });
    }
    this.made = made;
    this.more = make("div", { className: "pc-more", hidden: true }, ...Object.values(made).map(({ element }) => element));
    this.#able(Boolean(figure.mind.gpt));
  }

  /** Say beside the field why nothing can be typed. */
  #explain(why) {
    const name = uniqueName("why");
    this.field.input.setAttribute("aria-describedby", name);
    this.field.element.append(make("p", { className: "pc-note", id: name }, why));
  }

  #comparisons() {
    const { layers, heads, mind } = this.figure;
    /** @type {{text: string, compare: Compared | null}[]} */
    const list = [{ text: "compare with nothing", compare: null }];
    if (!mind.fixed) list.push({ text: "compare with untrained", compare: { kind: "untrained" } });
    for (let layer = 0; layer < layers; layer += 1) {
      for (let head = 0; head < heads; head += 1) {
        list.push({ text: `compare with layer ${layer + 1}, head ${head + 1}`, compare: { kind: "head", layer, head } });
      }
    }
    return list;
  }

  #unfold() {
    this.more.hidden = !this.more.hidden;
    this.moreButton.element.setAttribute("aria-expanded", String(!this.more.hidden));
    this.figure.frame.redraw();
  }

  #able(able) {
    this.field.input.disabled = !able;
    for (const part of this.more.querySelectorAll("input")) part.disabled = !able;
    for (const part of this.more.querySelectorAll("button")) part.disabled = !able;
  }

  /** The model is there: everything can be used. */
  enable() { this.#able(Boolean(this.figure.mind.gpt)); }

  /** Put the radio button of a head where it is drawn, as large as leaves no gap to touch between. */
  placeHead(index, x, y, { pitch, step }) {
    Object.assign(this.options[index].style, { left: `${x}px`, top: `${y}px`, width: `${pitch}px`, height: `${step}px` });
  }

  /** Show what is chosen. */
  set(chosen) {
    const { heads } = this.figure;
    this.field.set(chosen.text);
    this.view.set(chosen.view);
    this.overview.set(chosen.layer * heads + chosen.head);
    this.made.text?.set(this.texts.indexOf(chosen.text) + 1);
    this.made.order?.set(chosen.order);
    this.made.compare?.set(this.compared.findIndex(({ compare }) => compare === chosen.compare));
    this.made.temperature?.set(chosen.temperature);
    const isOff = chosen.off.some(([layer, head]) => layer === chosen.layer && head === chosen.head);
    this.made.off?.set({ textContent: isOff ? "switch this head on" : "switch this head off" });
    if (this.made.on) this.made.on.element.hidden = chosen.off.length < 2;
  }
}

const shortened = (text) => (text.length > 40 ? `${text.slice(0, 38)}…` : text);

function tooltipOf(name, measured) {
  if (!measured) return name;
  const scores = Object.entries(measured.scores).map(([pattern, score]) => `${PATTERNS[pattern].name} ${score.toFixed(2)}`);
  return `${name}\n${scores.join("\n")}\nShift and click switch it off.`;
}

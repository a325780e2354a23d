// The figure HandCount: a room's forecast by show of hands, and what came out.
import { FigureFrame } from "./kit/figure.js";
import { wordButton } from "./kit/controls.js";
import { fitText, sizeCanvas, wrapText } from "./kit/canvas.js";
import { make } from "./kit/dom.js";
import { keptFor } from "./kit/kept.js";
import { Pen } from "./kit/pen.js";
import { tween } from "./kit/motion.js";
import { recordPanel } from "./kit/record.js";
import { forRecord, letter, sentence } from "./hand_count/words.js";

/** @typedef {import("./hand_count/words.js").Count} Count */

const MOST = 99;
/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1 };
/** @type {Record<string, number>} */
const COUNTS = { ArrowRight: 1, "+": 1, ArrowLeft: -1, "-": -1 };
const CAME_OUT = " ✓ came out";

export class HandCount {
  /** @type {{width: number, height: number, label: number, row: number, names: number, top: number} | null} where everything stands; known once there is a width */
  place = null;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {{less: WordButton, more: WordButton, reveal: WordButton}} */
  buttons;
  /** @type {RecordPanel} */
  record;
  /** @type {() => void} */
  destroy;

  /** @param {Place} place */
  constructor({ model, el }) {
    this.model = model;
    /** @type {string} */
    this.question = model.get("question");
    /** @type {string[]} */
    this.choices = model.get("choices");
    /** @type {Count} */
    const begun = { hands: [...model.get("hands")], answer: model.get("answer"), shown: false };
    this.kept = keptFor(`Hand count ${this.question}`, begun);
    this.state = { ...structuredClone(begun), ...this.kept.read() };
    this.chosen = 0;
    this.frame = new FigureFrame(el, {
      name: "Hand count", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.bars = tween((values) => this.#paint(values));
    this.#build(begun);
    this.#show();
    this.frame.redraw();
  }

  /** @param {Count} begun */
  #build(begun) {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": `${this.question} Up and down choose, right and left count hands.`,
    });
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.frame.stage.append(this.canvas);
    this.buttons = {
      less: wordButton({ text: "one less", pressed: () => this.count(-1) }),
      more: wordButton({ text: "one more", pressed: () => this.count(1) }),
      reveal: wordButton({ text: "", pressed: () => this.reveal() }),
    };
    this.#nameReveal();
    this.record = recordPanel({ startOver: () => this.#startOver(begun), unfolded: this.frame.redraw });
    this.frame.controls.append(...Object.values(this.buttons).map((one) => one.element), this.record.button);
    this.frame.sentence.before(this.record.panel);
    this.destroy = () => {
      this.bars.stop();
      this.frame.destroy();
    };
  }

  /** @param {number} by */
  count(by) {
    const { hands } = this.state;
    hands[this.chosen] = Math.min(MOST, Math.max(0, hands[this.chosen] + by));
    this.#tell();
  }

  /** Show what came out; where nobody knew it beforehand, it is the choice at hand. */
  reveal() {
    this.state.shown = !this.state.shown;
    if (this.model.get("answer") < 0) this.state.answer = this.state.shown ? this.chosen : -1;
    this.#nameReveal();
    this.#tell();
  }

  #nameReveal() {
    const unknown = this.model.get("answer") < 0;
    const text = this.state.shown ? "hide it again" : unknown ? "this came out" : "what came out";
    this.buttons.reveal.set({ textContent: text });
  }

  /** @param {Count} begun */
  #startOver(begun) {
    this.state = structuredClone(begun);
    this.#nameReveal();
    this.#tell();
  }

  /** Tell Python of the hands (if there is one), keep them, and show them. */
  #tell() {
    this.model.set("hands", [...this.state.hands]);
    this.model.save_changes();
    this.kept.write(this.state);
    this.#show();
  }

  #show() {
    this.frame.say([sentence(this.state)]);
    this.record.set(forRecord(this.question, this.state));
    if (this.place) this.bars.to([...this.state.hands]);
  }

  redraw() {
    const { size } = this.frame.look();
    const width = this.frame.width();
    const narrow = width < 30 * size;
    const label = narrow ? Math.min(size, 15) : size;
    const row = Math.max(44, Math.min(label * 3.2, (this.frame.height() - label * 3.2) / this.choices.length));
    const names = width * (narrow ? 0.5 : 0.45);
    const top = label * 3.2;
    this.place = { width, height: Math.ceil(top + row * this.choices.length), label, row, names, top };
    this.bars.jump([...this.state.hands]);
  }

  /** @param {number[]} values the bars, which may be on their way */
  #paint(values) {
    if (!this.place) return;
    const { width, height, label, row, names, top } = this.place;
    const context = sizeCanvas(this.canvas, width, height);
    const { dark, stroke } = this.frame.look();
    const pen = new Pen(context, { dark, stroke }, { size: label, label });
    context.clearRect(0, 0, width, height);
    pen.face({ bold: true });
    wrapText(this.question, width, pen.measure).slice(0, 2).forEach((line, i) =>
      pen.write(line, 0, label * (0.8 + 1.2 * i), { bold: true, width }));
    const most = Math.max(5, ...this.state.hands);
    const unit = (width - names - pen.widest([`${MOST}${CAME_OUT}`], { bold: true }) - label * 1.2) / most;
    this.choices.forEach((text, i) =>
      this.#paintRow(pen, i, text, { width, y: top + i * row, row, names, unit, value: values[i] }));
  }

  /**
   * @param {Pen} pen
   * @param {number} i the choice
   * @param {string} text
   * @param {Record<"width" | "y" | "row" | "names" | "unit" | "value", number>} at
   */
  #paintRow(pen, i, text, { width, y, row, names, unit, value }) {
    const { colours, label } = pen;
    const { shown, answer, hands } = this.state;
    const came = shown && i === answer;
    pen.face({ bold: i === this.chosen });
    const name = fitText(`(${letter(i)}) ${text}`, names - label, pen.measure);
    pen.write(name, label * 0.5, y + row / 2, { bold: i === this.chosen });
    pen.bar(names, y + row * 0.2, value * unit, row * 0.6, came ? colours.value : colours.key);
    pen.write(`${hands[i]}${came ? CAME_OUT : ""}`, names + value * unit + label * 0.5, y + row / 2, {
      bold: true, colour: came ? colours.valueText : colours.ink,
    });
    if (i === this.chosen) pen.ring(pen.stroke, y + pen.stroke + 2, width - 2 * pen.stroke, row - 2 * pen.stroke - 4);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (!this.place) return;
    const box = this.canvas.getBoundingClientRect();
    const i = Math.floor((event.clientY - box.top - this.place.top) / this.place.row);
    if (i < 0 || i >= this.choices.length) return;
    const again = i === this.chosen;
    this.chosen = i;
    if (again) this.count(1);
    else this.#show();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    const by = COUNTS[event.key];
    const count = this.choices.length;
    if (step) this.chosen = (this.chosen + step + count) % count;
    else if (by) this.count(by);
    else if (event.key === "Enter") this.reveal();
    else return;
    event.preventDefault();
    this.#show();
  }
}

export default {
  /** @param {Place} place */
  render(place) {
    const figure = new HandCount(place);
    return () => figure.destroy();
  },
};

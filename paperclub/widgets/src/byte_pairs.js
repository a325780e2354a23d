// The figure BytePairs: a text of the reader's falls into tokens, merge by merge.
import { FigureFrame } from "./kit/figure.js";
import { slider, textField } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { Pen } from "./kit/pen.js";
import { sizeCanvas } from "./kit/canvas.js";
import { tokenAt } from "./kit/tokens.js";
import { tooltip } from "./kit/tooltip.js";
import { Vocabulary, neighbour, sentence } from "./byte_pairs/pairs.js";
import { drawRates, drawStrip, stripRoom } from "./byte_pairs/picture.js";

// What Python knows of the reader's choice, too.
const SHARED = ["text", "count"];
const PAGE = 32;

class BytePairs {
  #telling = false;
  /** @type {{boxes: Box[], axes: import("./kit/axes.js").Axes} | null} as they were drawn last */
  #drawn = null;
  /** @type {{width: number, height: number, label: number, chart: Box} | null} where everything stands; known once there is a width */
  place = null;
  /** @type {Pen & {narrow: boolean}} there as soon as `place` is */
  pen;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {TextField} */
  field;
  /** @type {Slider} */
  slider;
  /** @type {Tooltip} */
  tip;
  /** @type {ReturnType<Vocabulary["read"]>} */
  reading;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.vocabulary = new Vocabulary(model.get("merges"), model.get("byte_counts"), model.get("merge_counts"));
    this.most = model.get("merges").length;
    this.chosen = this.#shared();
    this.frame = new FigureFrame(el, {
      name: "Byte pairs", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.#build();
    this.#listen();
    this.#read();
    this.#show();
    this.frame.redraw();
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "The text as tokens. Left and right: one merge less or more. Up and down: the next merge that joins something here.",
    });
    this.field = textField({
      label: "text", value: this.chosen.text, most: this.model.get("most_letters"),
      changed: (text) => this.choose({ text }),
    });
    this.slider = slider({
      label: "merges", min: 0, max: this.most, value: this.chosen.count, changed: (count) => this.choose({ count }),
    });
    this.frame.stage.before(this.field.element);
    this.frame.stage.append(this.canvas);
    this.frame.controls.append(this.slider.element);
    this.tip = tooltip(this.frame.stage);
  }

  #listen() {
    this.canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.canvas.addEventListener("pointerleave", () => this.tip.hide());
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (!this.#telling) this.choose(this.#shared());
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.frame.destroy();
    };
  }

  /** Take over a choice, tell Python (if there is one), and show it. */
  choose(change) {
    const isNew = change.text !== undefined && change.text !== this.chosen.text;
    this.chosen = { ...this.chosen, ...change };
    this.chosen.count = Math.max(0, Math.min(this.chosen.count, this.most));
    if (isNew) this.#read();
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    this.tip.hide();
    this.#show();
    if (isNew) this.redraw();
    else this.#paint();
  }

  #read() { this.reading = this.vocabulary.read(this.chosen.text); }

  #show() {
    this.field.set(this.chosen.text);
    this.slider.set(this.chosen.count);
    this.frame.say(sentence(this.vocabulary, this.reading, this.chosen.count));
  }

  redraw() {
    this.field.grow();
    const look = this.frame.look();
    const [width, height] = [this.frame.width(), this.frame.height(340)];
    if (!(width > 0)) return;
    const narrow = width < 30 * look.size;
    const label = Math.round(Math.min(look.size, narrow ? 15 : Infinity) * 0.85);
    const context = sizeCanvas(this.canvas, width, height);
    this.pen = Object.assign(new Pen(context, look, { size: look.size, label }), { narrow });
    const strip = stripRoom(this.pen, width, height, this.vocabulary.names(this.reading.tokens[0]));
    const top = strip.height + label * 0.9;
    this.place = { width, height, label: strip.label, chart: { x: 0, y: top, width, height: height - top } };
    this.#paint();
  }

  #paint() {
    if (!this.place) return;
    const { pen, place, reading } = this;
    const k = this.chosen.count;
    pen.context.clearRect(0, 0, place.width, place.height);
    if (!reading.bytes) {
      this.#drawn = null;
      return;
    }
    const tokens = reading.tokens[k];
    const boxes = drawStrip(pen, place, this.vocabulary.names(tokens), (i) => k > 0 && tokens[i] === 255 + k);
    this.#drawn = { boxes, axes: drawRates(pen, place.chart, reading, k) };
  }

  /** @returns {[number, number]} */
  #spot(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** What the token under the mouse costs, beside it. */
  #point(event) {
    const at = event.pointerType === "mouse" && this.#drawn ? tokenAt(this.#drawn.boxes, ...this.#spot(event)) : null;
    if (at === null || !this.#drawn) {
      this.tip.hide();
      return;
    }
    const { x, y, width } = this.#drawn.boxes[at];
    const k = this.chosen.count;
    const [name] = this.vocabulary.names([this.reading.tokens[k][at]]);
    this.tip.show(`${name}  ${this.reading.bits[k][at].toFixed(1)} bits`,
      this.canvas.offsetLeft + x + width / 2, this.canvas.offsetTop + y);
  }

  #click(event) {
    const numbers = Array.from({ length: this.most + 1 }, (_, i) => i);
    const count = this.#drawn?.axes.nearest(numbers, ...this.#spot(event)) ?? null;
    if (count !== null) this.choose({ count });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const count = this.#countBy(event.key, this.chosen.count);
    if (count === null) return;
    event.preventDefault();
    this.choose({ count });
  }

  #countBy(key, k) {
    switch (key) {
      case "ArrowLeft": return k - 1;
      case "ArrowRight": return k + 1;
      case "ArrowUp": return neighbour(this.reading, k, 1);
      case "ArrowDown": return neighbour(this.reading, k, -1);
      case "PageUp": return k + PAGE;
      case "PageDown": return k - PAGE;
      case "Home": return 0;
      case "End": return this.most;
      default: return null;
    }
  }
}

export default {
  render(place) {
    const figure = new BytePairs(place);
    return () => figure.destroy();
  },
};

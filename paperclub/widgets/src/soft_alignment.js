// The figure SoftAlignment: what a small translator writes for the reader's text, and where it looks.
import { FigureFrame } from "./kit/figure.js";
import { bytesOf } from "./kit/bytes.js";
import { make } from "./kit/dom.js";
import { select, slider, textField } from "./kit/controls.js";
import { tooltip } from "./kit/tooltip.js";
import { tween } from "./kit/motion.js";
import { Reader } from "./soft_alignment/engine.js";
import { layout, spotAt } from "./soft_alignment/layout.js";
import { draw, pictureOf } from "./soft_alignment/picture.js";
import { MOST_LETTERS, lettersOf, numbersOf, sentence, shown } from "./soft_alignment/words.js";

// What Python knows of the reader's choice, too.
const SHARED = ["text", "step", "muted"];
const STEPS = { ArrowUp: ["step", -1], ArrowDown: ["step", 1], ArrowLeft: ["key", -1], ArrowRight: ["key", 1] };

class SoftAlignment {
  /** @type {{step?: number, key?: number} | null} what the mouse points to, for as long as it does */
  #hover = null;
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  #place = null;
  #telling = false;
  #due = 0;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {TextField} */
  field;
  /** @type {Slider} */
  step;
  /** @type {Select} */
  example;
  /** @type {Tooltip} */
  tip;
  /** @type {{letters: string[], wrote: string[], before: string[], weights: number[][]}} */
  look;
  /** @type {HTMLCanvasElement | null} */
  picture;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.reader = new Reader(model.get("sizes"), bytesOf(model.get("weights")));
    /** @type {any} what the reader chose, by name */
    this.chosen = { key: null, ...this.#shared() };
    this.frame = new FigureFrame(el, {
      name: "Soft alignment", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.bars = tween((values) => this.#paint(values));
    this.#compute();
    this.#build();
    this.#listen();
    this.#show();
    this.frame.redraw();
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  /** What is shown now: what the reader chose, or points to. */
  #at() { return { ...this.chosen, ...this.#hover }; }

  #build() {
    const { chosen, model } = this;
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "Soft alignment. Up and down choose a written letter, left and right a letter that is read; "
        + "Enter mutes it, Escape mutes nothing.",
    });
    this.field = textField({
      label: "it reads", value: chosen.text, most: MOST_LETTERS, changed: (text) => this.#type(text),
    });
    const texts = model.get("texts");
    this.step = slider({
      label: "writes letter", min: 0, max: this.#steps(lettersOf(chosen.text)) - 1, value: chosen.step,
      text: (i) => `${i + 1}: ${shown(this.look.wrote[i] ?? "")}`,
      changed: (step) => this.choose({ step }),
    });
    this.example = select({
      label: "an example", options: ["examples", ...texts], value: 0,
      changed: (i) => { if (i > 0) this.choose({ text: texts[i - 1] }); },
    });
    this.frame.stage.before(this.field.element);
    this.frame.stage.append(this.canvas);
    this.frame.controls.append(this.step.element, this.example.element);
    this.tip = tooltip(this.frame.stage);
  }

  #listen() {
    this.canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("pointerleave", () => this.#leave());
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (!this.#telling) this.choose(this.#shared());
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      clearTimeout(this.#due);
      this.model.off(changes, follow);
      this.bars.stop();
      this.frame.destroy();
    };
  }

  /** What the reader types is computed after the letter is on the screen, once for all that came by then. */
  #type(text) {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.choose({ text }));
  }

  #steps(letters) { return this.model.get("steps") || letters.length || 1; }

  /** Ask the model what it makes of the text, with and without the mutes. */
  #compute() {
    const letters = lettersOf(this.chosen.text);
    const steps = this.#steps(letters);
    const target = [...this.model.get("target")];
    const read = (muted) => (letters.length
      ? this.reader.look(numbersOf(letters, this.model.get("source")), steps, new Set(muted))
      : { wrote: [], weights: [] });
    const spell = (wrote) => wrote.map((i) => target[i]);
    this.chosen.step = Math.min(this.chosen.step, steps - 1);
    const { wrote, weights } = read(this.chosen.muted);
    const before = this.chosen.muted.length ? spell(read([]).wrote) : spell(wrote);
    this.look = { letters, wrote: spell(wrote), before, weights };
    this.picture = letters.length ? pictureOf(weights) : null;
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    const old = this.chosen;
    const isNew = change.text !== undefined && change.text !== old.text;
    this.chosen = { ...old, ...(isNew ? { key: null, muted: [] } : {}), ...change };
    this.#hover = null;
    this.tip.hide();
    if (isNew || change.muted) this.#compute();
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    if (isNew) this.frame.redraw();
    this.#show(!isNew);
  }

  #toggle(key) {
    const rest = this.chosen.muted.filter((place) => place !== key);
    const added = rest.length === this.chosen.muted.length ? [...rest, key].sort((a, b) => a - b) : rest;
    this.choose({ muted: added });
  }

  #show(moving = false) {
    const { chosen, look } = this;
    this.field.set(chosen.text);
    this.step.input.max = String(Math.max(look.wrote.length, 1) - 1);
    this.step.set(chosen.step);
    this.example.set(this.model.get("texts").indexOf(chosen.text) + 1);
    const at = this.#at();
    this.frame.say(sentence(look, at));
    if (!this.#place) return;
    const values = look.weights[at.step] ?? [];
    if (moving) this.bars.to(values);
    else this.bars.jump(values);
  }

  /** Lay everything out anew for the room that there is. */
  redraw() {
    const { size } = this.frame.look();
    const width = this.frame.width();
    this.#place = layout({ width, height: this.frame.height(), size: Math.min(size, width / 22) },
      { letters: this.look.letters.length, steps: this.look.wrote.length });
    this.field.grow();
    this.#show();
  }

  #paint(values) {
    if (!this.#place) return;
    draw(this.canvas, this.#place, {
      frame: this.frame.look(), look: this.look, at: this.#at(), values, picture: this.picture,
    });
  }

  #under(event) {
    if (!this.#place) return null;
    const box = this.canvas.getBoundingClientRect();
    return spotAt(this.#place, event.clientX - box.left, event.clientY - box.top,
      this.look.letters.length, this.look.wrote.length);
  }

  #point(event) {
    if (event.pointerType !== "mouse") return;
    this.#hover = this.#under(event);
    this.#show();
    this.#label(this.#hover);
  }

  #click(event) {
    const spot = this.#under(event);
    if (!spot) return;
    if (spot.step === undefined) this.#toggle(spot.key);
    else this.choose({ key: null, ...spot });
  }

  #leave() {
    if (!this.#hover) return;
    this.#hover = null;
    this.tip.hide();
    this.#show();
  }

  /** The number of the cell under the mouse, or what a click on a letter would do. */
  #label(spot) {
    if (spot?.key === undefined || !this.#place) {
      this.tip.hide();
      return;
    }
    const { map, plot } = this.#place;
    const letter = shown(this.look.letters[spot.key]);
    const isMuted = this.chosen.muted.includes(spot.key);
    const inMap = spot.step !== undefined;
    const text = inMap
      ? `${shown(this.look.wrote[spot.step])} → ${letter}  ${this.look.weights[spot.step][spot.key].toFixed(2)}`
      : `click: ${isMuted ? "hear" : "mute"} ${letter}`;
    const top = inMap ? map.y + spot.step * map.cellHeight : plot.y + plot.height;
    this.tip.show(text, this.canvas.offsetLeft + map.x + (spot.key + 0.5) * map.cellWidth, this.canvas.offsetTop + top);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.look.letters.length) return;
    const { key } = this.chosen;
    if ((event.key === "Enter" || event.key === " ") && key !== null) this.#toggle(key);
    else if (event.key === "Escape") this.choose({ key: null, muted: [] });
    else if (event.key === "Home") this.choose({ step: 0 });
    else if (event.key === "End") this.choose({ step: this.look.wrote.length - 1 });
    else if (STEPS[event.key]) this.#move(...STEPS[event.key]);
    else return;
    event.preventDefault();
  }

  #move(name, by) {
    const count = name === "step" ? this.look.wrote.length : this.look.letters.length;
    const from = this.chosen[name] ?? (by > 0 ? -1 : count);
    this.choose({ [name]: Math.min(count - 1, Math.max(0, from + by)) });
  }
}

export default {
  render(place) {
    const figure = new SoftAlignment(place);
    return () => figure.destroy();
  },
};

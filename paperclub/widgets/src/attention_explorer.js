// The figure AttentionExplorer: one sentence through every head of a language model.
import { FigureFrame } from "./kit/figure.js";
import { make } from "./kit/dom.js";
import { sizeCanvas } from "./kit/canvas.js";
import { tooltip } from "./kit/tooltip.js";
import { Address } from "./attention_explorer/address.js";
import { Atlas } from "./attention_explorer/atlas.js";
import { Controls } from "./attention_explorer/controls.js";
import { Mind } from "./attention_explorer/mind.js";
import { productOf, row, strongest } from "./attention_explorer/looks.js";
import { layout, thumbAt } from "./attention_explorer/layout.js";
import { ORDERS, arranged } from "./attention_explorer/patterns.js";
import { Pen } from "./kit/pen.js";
import { VIEWS, cellIn, drawPicture } from "./attention_explorer/picture.js";
import { controlNames, sentence } from "./attention_explorer/words.js";

// What Python knows of the reader's choice, too.
const SHARED = ["text", "layer", "head", "query"];
const STEPS = { ArrowUp: ["query", -1], ArrowDown: ["query", 1], ArrowLeft: ["key", -1], ArrowRight: ["key", 1] };

class AttentionExplorer {
  /** @type {{query: number, key: number | null} | null} what the mouse points to, for as long as it does */
  #hover = null;
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  #place = null;
  #telling = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} when what was typed is computed, if anything waits */
  #due;
  #typed = "";
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {Controls} */
  controls;
  /** @type {Tooltip} */
  tip;
  /** @type {Pen} */
  pen;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.mind = new Mind(model);
    const [layers, heads] = model.get("shape");
    this.layers = layers;
    this.heads = heads;
    this.patterns = model.get("patterns");
    /** @type {any} what the reader chose, by name */
    this.chosen = { key: null, view: 0, order: 0, compare: null, off: [], temperature: 1, ...this.#shared() };
    this.frame = new FigureFrame(el, {
      name: "Attention explorer", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.atlas = new Atlas();
    this.controlAtlas = new Atlas();
    this.#build();
    this.#listen();
    this.address = new Address(this.frame.root, model.get("shape"), (at) => this.choose({ key: null, ...at }));
    this.#compute();
    this.#bound();
    this.#show();
    this.frame.redraw();
    this.mind.arrived(() => this.#awake());
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  /** What is shown now: what the reader chose, or points to. */
  #at() { return { ...this.chosen, ...this.#hover }; }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "One head. Up and down choose a query, left and right a key, x switches the head off and on.",
    });
    this.controls = new Controls(this);
    this.frame.root.classList.add("pc-explorer");
    this.frame.stage.before(this.controls.field.element);
    this.frame.stage.append(this.controls.overview.element, this.canvas);
    this.frame.controls.append(this.controls.view.element, this.controls.moreButton.element);
    this.frame.row.after(this.controls.more);
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
      this.mind.forget();
      this.address.forget();
      this.frame.destroy();
    };
  }

  /** The model has arrived: from now on every text can be computed. */
  #awake() {
    this.controls.enable();
    this.#compute();
    this.#bound();
    this.#show();
    this.address.read();
    this.frame.redraw();
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    this.#settle();
    const before = this.chosen;
    this.chosen = { ...before, ...change };
    this.#hover = null;
    this.tip.hide();
    const isNew = ["text", "off", "compare"].some((name) => before[name] !== this.chosen[name]);
    if (isNew) this.#compute();
    this.#bound();
    this.#tell();
    this.#show();
    this.#paint();
  }

  /** What the reader types is computed after the letter is on the screen, once for all that came by then. */
  type(text) {
    clearTimeout(this.#due);
    this.#typed = text;
    this.#due = setTimeout(() => this.#settle());
  }

  /** Compute what was typed: what is chosen after it is chosen in it. */
  #settle() {
    if (this.#due === undefined) return;
    clearTimeout(this.#due);
    this.#due = undefined;
    this.choose({ text: this.#typed, query: Infinity, key: null });
  }

  /** Switch a head off, or on again. */
  toggle(layer, head) {
    if (!this.mind.gpt) return;
    const rest = this.chosen.off.filter(([l, h]) => l !== layer || h !== head);
    const off = rest.length === this.chosen.off.length ? [...rest, [layer, head]].sort(([a, b], [c, d]) => a - c || b - d) : rest;
    this.choose({ off });
  }

  #tell() {
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    this.address.write(this.chosen);
  }

  /** Ask the model for what the choice needs, and paint the heads' maps. */
  #compute() {
    const { chosen, mind } = this;
    this.look = mind.look(chosen.text, chosen.off);
    chosen.text = this.look.text;
    this.before = chosen.off.length ? mind.look(chosen.text, []) : null;
    this.other = chosen.compare?.kind === "untrained" ? mind.untrained(chosen.text) : this.look;
    this.atlas.paint(this.look, mind.causal);
    if (this.other !== this.look) this.controlAtlas.paint(this.other, mind.causal);
  }

  /** Keep the choice among the tokens and heads that there are: "the last token" is asked for as Infinity. */
  #bound() {
    const { chosen } = this;
    const within = (value, count) => Math.max(0, Math.min(value, count - 1));
    chosen.query = within(chosen.query, this.look.n);
    chosen.layer = within(chosen.layer, this.layers);
    chosen.head = within(chosen.head, this.heads);
    if (chosen.key !== null) chosen.key = within(chosen.key, this.look.n);
  }

  /** The head beside which the chosen one is seen, as { weights, owner, title, layer, head }, or null. */
  #control(at) {
    const { compare } = this.chosen;
    if (!compare) return null;
    const { layer, head } = compare.kind === "head" ? compare : at;
    return { ...controlNames(compare), layer, head, weights: row(this.other, { layer, head, query: at.query }) };
  }

  #show() {
    const at = this.#at();
    this.controls.set(this.chosen);
    this.frame.say([
      ...sentence({ look: this.look, before: this.before, control: this.#control(at), patterns: this.patterns }, at),
      ...this.mind.remark(),
    ]);
  }

  /** All that the parts of the picture draw from. */
  #seen() {
    const at = this.#at();
    const { look, mind } = this;
    const weights = row(look, at);
    const best = strongest(weights);
    const map = (name) => look.run?.map(name, at.layer, at.head) ?? null;
    return {
      at, look, weights, best, control: this.#control(at), before: this.before,
      products: map("products"), scaled: map("scaled"), width: look.run?.config.headWidth,
      product: look.run && productOf(look.run, { ...at, key: at.key ?? best }), waiting: mind.waiting,
      causal: mind.causal, atlas: this.atlas, controlAtlas: this.other === look ? this.atlas : this.controlAtlas,
      patterns: this.patterns, namedFrom: this.model.get("named_from"), order: ORDERS[this.chosen.order],
      places: this.#places(), off: this.chosen.off, compare: this.chosen.compare, view: VIEWS[this.chosen.view],
      temperature: this.chosen.temperature,
    };
  }

  #places() { return arranged(this.patterns, this.layers * this.heads, ORDERS[this.chosen.order]); }

  /** Lay everything out anew for the room that there is. */
  redraw() {
    this.controls.field.grow();
    const { size } = this.frame.look();
    const width = this.frame.width();
    const narrow = width < 30 * size;
    this.#place = layout(
      { width, height: this.frame.height(320), size: narrow ? Math.min(size, 15) : size, narrow },
      { layers: this.layers, heads: this.heads, next: this.look.next(0) !== null, patterns: this.patterns.length > 0 },
    );
    this.#paint();
  }

  #paint() {
    if (!this.#place) return;
    const { width, height } = this.#place;
    const context = sizeCanvas(this.canvas, width, height);
    context.clearRect(0, 0, width, height);
    this.pen = new Pen(context, this.frame.look(), this.#place);
    drawPicture(this.pen, this.#place, this.#seen());
    this.#placeHeads(this.#place.overview);
  }

  /** The radio buttons lie where the small heads are drawn. */
  #placeHeads(overview) {
    this.#places().forEach((index, place) => {
      const { x, y } = thumbAt(overview, place);
      this.controls.placeHead(index, x, y, overview);
    });
  }

  #cellUnder(event) {
    if (!this.#place) return null;
    const box = this.canvas.getBoundingClientRect();
    return cellIn(this.pen, this.#place, this.#seen(), event.clientX - box.left, event.clientY - box.top);
  }

  #point(event) {
    if (event.pointerType !== "mouse") return;
    const cell = this.#cellUnder(event);
    if (cell?.query === this.#hover?.query && cell?.key === this.#hover?.key) return;
    this.#hover = cell;
    this.#show();
    this.#paint();
    this.#label(cell, event);
  }

  #click(event) {
    const cell = this.#cellUnder(event);
    if (cell) this.choose(cell);
  }

  #leave() {
    this.tip.hide();
    if (!this.#hover) return;
    this.#hover = null;
    this.#show();
    this.#paint();
  }

  /** The number of what lies under the mouse, beside it. */
  #label(cell, event) {
    if (!cell || cell.key === null) {
      this.tip.hide();
      return;
    }
    const { names } = this.look;
    const weight = row(this.look, this.#at())[cell.key].toFixed(2);
    const box = this.frame.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top - 6];
    this.tip.show(`${names[cell.query]} → ${names[cell.key]}  ${weight}`, x, y);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    this.#settle();
    if (event.key === "x") {
      this.toggle(this.chosen.layer, this.chosen.head);
      return;
    }
    const change = this.#changeBy(event.key);
    if (!change) return;
    event.preventDefault();
    this.choose(change);
  }

  #changeBy(key) {
    if (key === "Home") return { query: 0, key: null };
    if (key === "End") return { query: this.look.n - 1, key: null };
    if (key === "Escape") return { key: null };
    if (!STEPS[key]) return null;
    const [name, by] = STEPS[key];
    const from = this.chosen[name] ?? (by > 0 ? -1 : this.look.n);
    const next = Math.min(this.look.n - 1, Math.max(0, from + by));
    return name === "query" ? { query: next, key: null } : { key: next };
  }
}

export default {
  render(place) {
    const figure = new AttentionExplorer(place);
    return () => figure.destroy();
  },
};

// The figure AttentionHeads: heads × queries × keys of a model, all heads small and one large.
import { FigureFrame } from "./kit/figure.js";
import { choice, select, slider } from "./kit/controls.js";
import { drawHeatMap, heatMap } from "./kit/heatmap.js";
import { make } from "./kit/dom.js";
import { sizeCanvas } from "./kit/canvas.js";
import { tooltip } from "./kit/tooltip.js";
import { tween } from "./kit/motion.js";
import { answerTo, readData, row, rowStart, sentence } from "./attention_heads/data.js";
import { arrange, draw as drawPicture } from "./attention_heads/picture.js";
import { cellAt } from "./attention_heads/layout.js";

// What Python knows of the reader's choice, too.
const SHARED = ["example", "head", "query"];
const STEPS = {
  ArrowUp: ["query", -1], ArrowDown: ["query", 1], ArrowLeft: ["key", -1], ArrowRight: ["key", 1],
};

class AttentionHeads {
  /** @type {{query: number, key: number} | null} the cell that the mouse points to, for as long as it does */
  #hover = null;
  /** @type {ReturnType<typeof arrange> | null} where everything stands; known once there is a width */
  #place = null;
  #telling = false;
  #pictures = new Map();
  #painted = "";
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {HTMLCanvasElement[]} */
  thumbs;
  /** @type {{query: Slider, example?: Select, set?: Choice, head?: Choice}} */
  controls;
  /** @type {Tooltip} */
  tip;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.data = readData(model);
    const [, heads, queries, keys] = this.data.shape;
    this.heads = heads;
    this.queries = queries;
    this.keys = keys;
    /** @type {any} what the reader chose, by name */
    this.chosen = { key: null, set: 0, ...this.#shared() };
    this.frame = new FigureFrame(el, {
      name: "Attention heads", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.bars = tween((values) => this.#paint(values));
    this.#build();
    this.#listen();
    this.frame.say(sentence(this.data, this.#at()));
    this.frame.redraw();
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  /** What is shown now: what the reader chose, or points to. */
  #at() { return { ...this.chosen, ...this.#hover }; }

  #names() {
    const { example } = this.chosen;
    return { queries: this.data.queries[example], keys: this.data.keys[example] };
  }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "Attention weights. Up and down choose a query, left and right a key.",
    });
    this.thumbs = Array.from({ length: this.heads }, () => make("canvas", { "aria-hidden": "true" }));
    this.controls = this.#makeControls();
    if (this.heads > 1) {
      this.controls.head = this.#makeOverview();
      this.frame.stage.append(this.controls.head.element);
    }
    this.frame.stage.append(this.canvas);
    this.tip = tooltip(this.frame.stage);
  }

  #makeOverview() {
    return choice({
      label: "head", value: this.chosen.head, className: "pc-pictures",
      faces: this.thumbs.map((thumb, i) => make("span", {}, thumb, String(i + 1))),
      changed: (head) => this.choose({ head }),
    });
  }

  #makeControls() {
    const { chosen, data } = this;
    const made = {
      query: slider({
        label: "query", min: 0, max: this.queries - 1, value: chosen.query,
        text: (i) => `${i + 1}: ${this.#names().queries[i]}`,
        changed: (query) => this.choose({ query, key: null }),
      }),
    };
    if (data.titles.length > 1) {
      made.example = select({
        label: "example", options: data.titles, value: chosen.example,
        changed: (example) => this.choose({ example, key: null }),
      });
    }
    if (data.sets.length > 1) {
      made.set = choice({
        label: "weights", faces: data.names, value: chosen.set, className: "pc-words",
        changed: (set) => this.choose({ set }),
      });
    }
    this.frame.controls.append(...Object.values(made).map((control) => control.element));
    return made;
  }

  #listen() {
    this.canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("pointerleave", () => this.#leave());
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (this.#telling) return;
      Object.assign(this.chosen, this.#shared());
      this.#show(true);
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.bars.stop();
      this.frame.destroy();
    };
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    Object.assign(this.chosen, change);
    this.#hover = null;
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    this.#show(true);
  }

  #show(moving) {
    for (const [name, control] of Object.entries(this.controls)) control.set(this.chosen[name]);
    this.frame.say(sentence(this.data, this.#at()));
    if (!this.#place) return;
    const weights = row(this.data, this.#at(), 0);
    if (moving) this.bars.to(weights);
    else this.bars.jump(weights);
  }

  /** Lay everything out anew for the room that there is. */
  redraw() {
    const { size } = this.frame.look();
    const narrow = this.frame.width() < 30 * size || this.heads > 8;
    this.frame.stage.classList.toggle("pc-narrow", narrow);
    this.#painted = "";
    this.#paintThumbs();
    const [beside, above] = this.#overviewRoom(narrow, size);
    this.#place = arrange(this.canvas, {
      width: this.frame.width() - beside, height: this.frame.height() - above,
      size: narrow ? Math.min(size, 15) : size,
    }, this.#names());
    this.#show(false);
  }

  /** The width or height that the small heads take: beside the map up to four in a column, else above. */
  #overviewRoom(narrow, size) {
    const overview = this.controls.head?.element;
    if (!overview) return [0, 0];
    overview.style.width = "";
    if (narrow) return [0, overview.offsetHeight + 8];
    const columns = this.heads > 4 ? 2 : 1;
    const width = columns * (this.#thumbSide() + 18);
    overview.style.width = `${width}px`;
    return [width + size * 1.25, 0];
  }

  /** Large type leaves the column of small heads less of the screen's height. */
  #thumbSide() { return Math.max(48, Math.round(this.frame.look().size * (this.frame.isLarge ? 2.7 : 3.4))); }

  #pictureOf(head) {
    const { set, example } = this.chosen;
    const name = `${set} ${example} ${head}`;
    if (!this.#pictures.has(name)) {
      const start = rowStart(this.data, { example, head, query: 0 });
      this.#pictures.set(name, heatMap(this.data.sets[set], start, this.queries, this.keys));
    }
    return this.#pictures.get(name);
  }

  #paint(values) {
    if (!this.#place) return;
    const { data } = this;
    const at = this.#at();
    drawPicture(this.canvas, this.#place, {
      at, values, look: this.frame.look(), picture: this.#pictureOf(at.head), names: this.#names(),
      weights: row(data, at, 0), control: data.sets.length > 1 ? row(data, at, 1) : null,
      controlName: data.names[1], answer: answerTo(data, at),
    });
    this.#paintThumbs();
  }

  /** The small heads change only with the example, the weights and the size of type. */
  #paintThumbs() {
    const side = this.#thumbSide();
    const name = `${this.chosen.set} ${this.chosen.example} ${side}`;
    if (name === this.#painted) return;
    this.#painted = name;
    this.thumbs.forEach((thumb, head) =>
      drawHeatMap(sizeCanvas(thumb, side, side), this.#pictureOf(head), 0, 0, side, side));
  }

  #cellUnder(event) {
    if (!this.#place) return null;
    const box = this.canvas.getBoundingClientRect();
    const point = [event.clientX - box.left, event.clientY - box.top];
    return cellAt(this.#place, ...point, this.queries, this.keys, this.#at().query);
  }

  #point(event) {
    if (event.pointerType !== "mouse") return;
    this.#hover = this.#cellUnder(event);
    this.#show(false);
    this.#label(this.#hover);
  }

  #click(event) {
    const cell = this.#cellUnder(event);
    if (cell) this.choose(cell);
  }

  #leave() {
    if (!this.#hover) return;
    this.#hover = null;
    this.tip.hide();
    this.#show(false);
  }

  /** The number of the cell under the mouse, beside it. */
  #label(cell) {
    if (!cell || !this.#place) {
      this.tip.hide();
      return;
    }
    const { queries, keys } = this.#names();
    const weight = row(this.data, this.#at())[cell.key].toFixed(2);
    const { map } = this.#place;
    this.tip.show(`${queries[cell.query]} → ${keys[cell.key]}  ${weight}`,
      this.canvas.offsetLeft + map.x + (cell.key + 0.5) * map.cellWidth,
      this.canvas.offsetTop + map.y + cell.query * map.cellHeight);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const change = this.#changeBy(event.key);
    if (!change) return;
    event.preventDefault();
    this.choose(change);
  }

  #changeBy(key) {
    if (key === "Home") return { query: 0, key: null };
    if (key === "End") return { query: this.queries - 1, key: null };
    if (key === "Escape") return { key: null };
    if (!STEPS[key]) return null;
    const [name, by] = STEPS[key];
    const count = name === "query" ? this.queries : this.keys;
    const from = this.chosen[name] ?? (by > 0 ? -1 : count);
    const next = Math.min(count - 1, Math.max(0, from + by));
    return name === "query" ? { query: next, key: null } : { key: next };
  }
}

export default {
  render(place) {
    const figure = new AttentionHeads(place);
    return () => figure.destroy();
  },
};

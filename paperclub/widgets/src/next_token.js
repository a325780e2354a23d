// The figure NextToken: what a language model expects after the reader's words, and what is drawn from it.
import { FigureFrame } from "./kit/figure.js";
import { slider, textField, wordButton } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { Pen } from "./kit/pen.js";
import { contextOf, sizeCanvas } from "./kit/canvas.js";
import { cut, draw, numbers, sentence } from "./next_token/cut.js";
import { ROWS, arrange, drawRows } from "./next_token/picture.js";
import { Source } from "./next_token/source.js";

// What Python knows of the reader's choice, too.
const SHARED = ["prompt", "temperature", "top_k", "top_p"];
// The slider's stops; 0 keeps every token.
const STOPS = [1, 2, 3, 5, 10, 20, 40, 100, 300, 0];
const hundredths = (value) => Math.round(value * 100) / 100;

class NextToken {
  #telling = false;
  #due = 0;
  /** @type {ReturnType<typeof arrange> | null} where everything stands; known once there is a width */
  place = null;
  /** @type {Pen} there as soon as `place` is */
  pen;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {TextField} */
  field;
  /** @type {{temperature: Slider, top_k: Slider, top_p: Slider}} */
  controls;
  /** @type {WordButton} */
  writer;
  /** @type {ReturnType<Source["next"]>} */
  next;
  /** @type {ReturnType<typeof cut>} */
  cuts;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.source = new Source(model);
    /** @type {any} what the reader chose, by name */
    this.chosen = { row: 0, ...this.#shared() };
    this.random = numbers(1);
    this.frame = new FigureFrame(el, {
      name: "Next token", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.#build();
    this.#listen();
    this.#ask();
    this.#show();
    this.frame.redraw();
    this.source.arrived(() => this.#awake());
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "The likeliest next tokens. Up and down choose one, left and right change the temperature, Enter writes a token.",
    });
    const { chosen } = this;
    this.field = textField({
      label: "prompt", value: chosen.prompt, most: this.model.get("most_letters"), changed: (prompt) => this.type(prompt),
    });
    this.controls = {
      temperature: slider({
        label: "temperature", min: 0.1, max: 2, step: 0.1, value: chosen.temperature, text: (t) => t.toFixed(1),
        changed: (temperature) => this.choose({ temperature: hundredths(temperature) }),
      }),
      top_k: slider({
        label: "top-k", min: 0, max: STOPS.length - 1, value: stopOf(chosen.top_k),
        text: (i) => (STOPS[i] ? String(STOPS[i]) : "all"), changed: (i) => this.choose({ top_k: STOPS[i] }),
      }),
      top_p: slider({
        label: "top-p", min: 0.05, max: 1, step: 0.05, value: chosen.top_p, text: (p) => p.toFixed(2),
        changed: (p) => this.choose({ top_p: hundredths(p) }),
      }),
    };
    for (const { label, output } of Object.values(this.controls)) {
      // Three sliders beside each other: none has room to spare.
      label.style.whiteSpace = "nowrap";
      Object.assign(output.style, { width: "2.4em", flex: "none" });
    }
    this.writer = wordButton({ text: "write a token", pressed: () => this.write() });
    this.field.element.append(this.writer.element);
    this.frame.stage.before(this.field.element);
    this.frame.stage.append(this.canvas);
    this.frame.controls.append(...Object.values(this.controls).map((control) => control.element));
    for (const part of [this.field.input, this.writer.element]) part.disabled = true;
  }

  #listen() {
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (!this.#telling) this.choose(this.#shared());
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      clearTimeout(this.#due);
      this.model.off(changes, follow);
      this.source.forget();
      this.frame.destroy();
    };
  }

  #awake() {
    for (const part of [this.field.input, this.writer.element]) part.disabled = !this.source.gpt;
    this.#ask();
    this.#show();
    this.frame.redraw();
  }

  /** Take over a choice, tell Python (if there is one), and show it. */
  choose(change) {
    const isNew = change.prompt !== undefined && change.prompt !== this.chosen.prompt;
    this.chosen = { ...this.chosen, ...(isNew ? { row: 0 } : {}), ...change };
    if (isNew) this.#ask();
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    this.#show();
    this.#paint();
  }

  /** What the reader types is computed after the letter is on the screen. */
  type(prompt) {
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.choose({ prompt }));
  }

  /** Draw a token and write it behind the prompt; of a long prompt the beginning is let go. */
  write() {
    if (!this.source.gpt) return;
    const id = draw(this.cuts.order, this.cuts.drawn, this.random());
    const text = [...(this.chosen.prompt + this.source.spell(id))];
    this.choose({ prompt: text.slice(-this.model.get("most_letters")).join("") });
  }

  #ask() {
    this.next = this.source.next(this.chosen.prompt);
    this.chosen.prompt = this.next.text;
  }

  #show() {
    const { temperature, top_k, top_p, row } = this.chosen;
    this.field.set(this.chosen.prompt);
    this.controls.temperature.set(temperature);
    this.controls.top_k.set(stopOf(top_k));
    this.controls.top_p.set(top_p);
    this.cuts = cut(this.next.logits, { temperature, k: top_k || Infinity, p: top_p });
    const [name] = this.source.names([this.cuts.order[row]]);
    const remark = this.source.error ? [` ${this.source.error}`] : [];
    this.frame.say([...sentence({ last: this.next.last, name, place: row, cuts: this.cuts }), ...remark]);
  }

  redraw() {
    this.field.grow();
    const look = this.frame.look();
    const [width, height] = [this.frame.width(), this.frame.height(320)];
    if (!(width > 0)) return;
    const size = width < 30 * look.size ? Math.min(look.size, 15) : look.size;
    this.pen = new Pen(contextOf(this.canvas), look, { size, label: Math.round(size * 0.9) });
    this.place = arrange(this.pen, width, height);
    sizeCanvas(this.canvas, width, this.place.height);
    this.#paint();
  }

  #paint() {
    if (!this.place) return;
    const { order, given, drawn } = this.cuts;
    const shown = order.slice(0, ROWS);
    this.pen.context.clearRect(0, 0, this.place.width, this.place.height);
    drawRows(this.pen, this.place, {
      names: this.source.names(shown), given: shown.map((id) => given[id]), drawn: shown.map((id) => drawn[id]),
      focus: this.chosen.row,
    });
  }

  #click(event) {
    if (!this.place) return;
    const y = event.clientY - this.canvas.getBoundingClientRect().top;
    const row = Math.floor((y - this.place.head) / this.place.row);
    if (row >= 0 && row < ROWS) this.choose({ row });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, temperature } = this.chosen;
    const change = {
      // Above the first row stands the last one.
      ArrowUp: { row: (row + ROWS - 1) % ROWS }, ArrowDown: { row: (row + 1) % ROWS },
      ArrowLeft: { temperature: Math.max(0.1, hundredths(temperature - 0.1)) },
      ArrowRight: { temperature: Math.min(2, hundredths(temperature + 0.1)) },
    }[event.key];
    if (!change && event.key !== "Enter") return;
    event.preventDefault();
    if (change) this.choose(change);
    else this.write();
  }
}

/** The slider's stop for `k`, or the next one above it. */
function stopOf(k) {
  const at = STOPS.findIndex((stop) => k && (stop >= k));
  return at < 0 ? STOPS.length - 1 : at;
}

export default {
  render(place) {
    const figure = new NextToken(place);
    return () => figure.destroy();
  },
};

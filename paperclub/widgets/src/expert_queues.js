// The figure ExpertQueues: a reader's text flows through a noisy top-k gate to the queues of experts.
import { FigureFrame } from "./kit/figure.js";
import { select, slider, textField } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { readData, route } from "./expert_queues/route.js";
import { draw, layout, letterAt } from "./expert_queues/picture.js";
import { sentence } from "./expert_queues/words.js";

// What Python knows of the reader's choice, too.
const SHARED = ["text", "model", "k", "noise", "at"];
const MOST_K = 4;
const MOST_NOISE = 2;

class ExpertQueues {
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  #place = null;
  #telling = false;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {{text: TextField, model?: Select, k: Slider, noise: Slider}} */
  controls;
  /** @type {ReturnType<typeof route>} */
  routed;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.data = readData(model);
    this.chosen = this.#shared();
    this.frame = new FigureFrame(el, {
      name: "Expert queues", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.#build();
    this.#listen();
    this.#show();
    this.frame.redraw();
  }

  /** @returns {any} what Python holds, by the traits' names */
  #shared() { return Object.fromEntries(SHARED.map((name) => [name, this.model.get(name)])); }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "The text and the experts' queues. Left and right choose a character, up and down how many experts it asks.",
    });
    this.controls = this.#makeControls();
    this.frame.stage.before(this.controls.text.element);
    this.frame.stage.append(this.canvas);
    const { text, ...others } = this.controls;
    this.frame.controls.append(...Object.values(others).map((control) => control.element));
  }

  #makeControls() {
    const { chosen, data } = this;
    return {
      text: textField({
        label: "text", value: chosen.text, most: data.shape.n,
        changed: (text) => this.choose({ text }),
      }),
      ...(data.names.length > 1 && {
        model: select({
          label: "gate", options: data.names, value: chosen.model, changed: (model) => this.choose({ model }),
        }),
      }),
      k: slider({
        label: "experts asked", min: 1, max: this.#mostAsked(), value: chosen.k, changed: (k) => this.choose({ k }),
      }),
      noise: slider({
        label: "noise", min: 0, max: MOST_NOISE, step: 0.25, value: chosen.noise,
        text: (level) => `${level.toFixed(2)} ×`, changed: (noise) => this.choose({ noise }),
      }),
    };
  }

  #mostAsked() { return Math.min(MOST_K, this.data.shape.experts); }

  #listen() {
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (this.#telling) return;
      this.chosen = this.#shared();
      this.#show();
      this.redraw();
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.frame.destroy();
    };
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    this.chosen = { ...this.chosen, ...change };
    this.#show();
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.chosen[name]);
    this.#telling = false;
    this.model.save_changes();
    this.redraw();
  }

  #show() {
    const { chosen, data } = this;
    this.routed = route(data, chosen);
    chosen.at = Math.max(0, Math.min(chosen.at, this.routed.letters.length - 1));
    const { text, ...others } = this.controls;
    text.set(chosen.text);
    for (const [name, control] of Object.entries(others)) control.set(chosen[name]);
    this.frame.say(sentence(data.names[chosen.model], this.routed, chosen.at));
  }

  redraw() {
    const look = this.frame.look();
    this.controls.text.grow();
    const space = { width: this.frame.width(), height: this.frame.height(), size: look.size };
    if (space.width <= 0) return;
    this.#place = layout(space, this.routed);
    draw(this.canvas, this.#place, { routed: this.routed, at: this.chosen.at, look });
  }

  #click(event) {
    if (!this.#place) return;
    const box = this.canvas.getBoundingClientRect();
    const at = letterAt(this.#place, this.routed, event.clientX - box.left, event.clientY - box.top);
    if (at !== null) this.choose({ at });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { at, k } = this.chosen;
    const change = {
      ArrowLeft: { at: at - 1 }, ArrowRight: { at: at + 1 }, Home: { at: 0 }, End: { at: this.routed.letters.length - 1 },
      ArrowUp: { k: Math.min(k + 1, this.#mostAsked()) }, ArrowDown: { k: Math.max(k - 1, 1) },
    }[event.key];
    if (!change) return;
    event.preventDefault();
    this.choose(change);
  }
}

export default {
  render(place) {
    const figure = new ExpertQueues(place);
    return () => figure.destroy();
  },
};

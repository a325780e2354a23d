// The figure RecallCurve: recall of a fact by its place in a list, growing trial by trial.
import { FigureFrame } from "./kit/figure.js";
import { select, slider } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { tween } from "./kit/motion.js";
import { means, readData, sentence } from "./recall_curve/data.js";
import { draw } from "./recall_curve/picture.js";

// What Python knows of the reader's choice, too.
const SHARED = ["chosen", "trials", "place"];
const STEPS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };

class RecallCurve {
  /** @type {ReturnType<typeof draw> | null} */
  #axes = null;
  #telling = false;
  /** @type {{chosen?: Select, place: Slider, trials: Slider}} */
  controls;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.sets = readData(model);
    this.frame = new FigureFrame(el, {
      name: "Recall by place", lead: model.get("lead"), note: model.get("note"), draw: () => this.#show(false),
    });
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "Recall by place. Left and right choose a place, page up and down the trials.",
    });
    this.frame.stage.append(this.canvas);
    this.line = tween((values) => this.#paint(values));
    /** @type {any} what the reader chose, by name */
    this.at = Object.fromEntries(SHARED.map((name) => [name, model.get(name)]));
    this.#makeControls();
    this.#listen();
    this.frame.say(sentence(this.set, this.at));
    this.frame.redraw();
  }

  get set() { return this.sets[this.at.chosen]; }

  /** Sliders know their range from the start, so a measurement of another size gets new ones. */
  #makeControls() {
    const { set, at } = this;
    const options = this.sets.map(({ name }) => name);
    this.controls = {
      ...(options.length > 1 && {
        chosen: select({
          label: "measurement", options, value: at.chosen,
          changed: (chosen) => this.choose({ chosen, trials: this.sets[chosen].trials, place: this.sets[chosen].places >> 1 }),
        }),
      }),
      place: slider({
        label: "place", min: 0, max: set.places - 1, value: at.place, text: (i) => String(i + 1),
        changed: (place) => this.choose({ place }),
      }),
      trials: slider({
        label: "trials", min: 1, max: set.trials, value: at.trials, changed: (trials) => this.choose({ trials }),
      }),
    };
    const { chosen, ...sliders } = this.controls;
    const kept = chosen && this.select ? this.select : chosen;
    if (kept) this.controls.chosen = kept;
    this.select = kept;
    this.sliders?.forEach((element) => element.remove());
    this.sliders = Object.values(sliders).map(({ element }) => element);
    if (kept && !kept.element.isConnected) this.frame.controls.append(kept.element);
    this.frame.controls.append(...this.sliders);
    this.made = at.chosen;
  }

  #listen() {
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    const follow = () => {
      if (this.#telling) return;
      for (const name of SHARED) this.at[name] = this.model.get(name);
      this.#show(true);
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.line.stop();
      this.frame.destroy();
    };
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    Object.assign(this.at, change);
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this.at[name]);
    this.#telling = false;
    this.model.save_changes();
    this.#show(true);
  }

  #show(moving) {
    if (this.made !== this.at.chosen) this.#makeControls();
    for (const [name, control] of Object.entries(this.controls)) control.set(this.at[name]);
    this.frame.say(sentence(this.set, this.at));
    if (this.frame.width() < 50) return;
    const values = means(this.set, this.at.trials);
    if (moving) this.line.to(values);
    else this.line.jump(values);
  }

  #paint(values) {
    const look = this.frame.look();
    const width = this.frame.width();
    const size = width < 30 * look.size ? Math.min(look.size, 14) : look.size;
    const height = Math.min(this.frame.height(), Math.max(340, Math.round(width * 0.62)));
    this.#axes = draw(this.canvas, {
      ...this.at, look: { ...look, size }, width, height, set: this.set, values,
    });
  }

  #click(event) {
    if (!this.#axes) return;
    const box = this.canvas.getBoundingClientRect();
    const place = Math.round(this.#axes.x.invert(event.clientX - box.left)) - 1;
    if (place >= 0 && place < this.set.places) this.choose({ place });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const change = this.#changeBy(event.key);
    if (!change) return;
    event.preventDefault();
    this.choose(change);
  }

  #changeBy(key) {
    const within = (value, least, most) => Math.min(most, Math.max(least, value));
    const { trials, places } = this.set;
    if (STEPS[key]) return { place: within(this.at.place + STEPS[key], 0, places - 1) };
    if (key === "Home") return { place: 0 };
    if (key === "End") return { place: places - 1 };
    if (key === "PageUp") return { trials: within(this.at.trials + 1, 1, trials) };
    if (key === "PageDown") return { trials: within(this.at.trials - 1, 1, trials) };
    return null;
  }
}

export default {
  render(place) {
    const figure = new RecallCurve(place);
    return () => figure.destroy();
  },
};

import { FigureFrame } from "./figure.js";
import { make } from "./dom.js";
import { keptFor } from "./kept.js";
import { recordPanel } from "./record.js";

/**
 * What the figures of a room have in common: a state that Python hears of (if there is one) and that
 * outlives a reload, a picture with keys, and the line for the session's record.
 *
 * A figure gives `paint()`, `tap()` and `words()`; it changes its state by `change`.
 */
export class RoomFigure {
  #telling = false;
  /** @type {() => void} */
  destroy;

  /**
   * @param {Place} place
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.label
   * @param {string[]} options.shared the state's names; each is a trait
   * @param {string} options.panel
   * @param {Record<string, () => void>} options.keys
   * @param {HTMLElement[]} [options.parts]
   */
  constructor({ model, el }, { name, label, shared, panel, keys, parts = [] }) {
    this.model = model;
    this.shared = shared;
    this.keys = keys;
    const initial = this.#traits();
    this.kept = keptFor(name, initial);
    /** @type {any} what the room did, by the traits' names */
    this.state = { ...initial, ...this.kept.read() };
    this.frame = new FigureFrame(el, {
      name, lead: model.get("lead"), note: model.get("note"), draw: () => this.paint(),
    });
    this.canvas = make("canvas", { className: "pc-picture", tabIndex: 0, role: "application", "aria-label": label });
    this.frame.stage.append(this.canvas);
    this.record = recordPanel({
      name: panel, parts, startOver: () => this.change(structuredClone(initial)), unfolded: this.frame.redraw,
    });
    this.frame.sentence.before(this.record.panel);
    this.#listen();
  }

  /** Show the figure, once all of it is built. */
  begin() {
    this.show();
    this.frame.redraw();
  }

  /** Draw the picture: each figure's own. */
  paint() { throw new Error("a figure of a room draws its picture itself"); }

  /**
   * What a click or a finger at a point of the picture does: each figure's own.
   *
   * @param {number} _x
   * @param {number} _y
   */
  tap(_x, _y) { throw new Error("a figure of a room says itself what a tap does"); }

  /**
   * What is said below the picture and in the record: each figure's own.
   *
   * @returns {{sentence: Part[], line: string}}
   */
  words() { throw new Error("a figure of a room has its own words"); }

  #traits() { return Object.fromEntries(this.shared.map((name) => [name, this.model.get(name)])); }

  #listen() {
    this.canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.keys[event.key]) return;
      event.preventDefault();
      this.keys[event.key]();
    });
    this.canvas.addEventListener("click", (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.tap(event.clientX - box.left, event.clientY - box.top);
    });
    const follow = () => {
      if (this.#telling) return;
      Object.assign(this.state, this.#traits());
      this.show();
      this.frame.redraw();
    };
    const changes = this.shared.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.frame.destroy();
    };
  }

  /**
   * Take over a change by somebody's hand, tell Python (if there is one), keep it, and show it.
   *
   * @param {Record<string, any>} change
   */
  change(change) {
    Object.assign(this.state, change);
    this.#telling = true;
    for (const name of this.shared) this.model.set(name, this.state[name]);
    this.#telling = false;
    this.model.save_changes();
    this.kept.write(this.state);
    this.show();
    this.frame.redraw();
  }

  show() {
    const { sentence, line } = this.words();
    this.frame.say(sentence);
    this.record.set(line);
  }
}

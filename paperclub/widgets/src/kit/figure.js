import css from "./kit.css";
import { savePicture } from "./picture.js";
import { icon, make } from "./dom.js";
import { isDark, isPresented, watchSurroundings } from "./surroundings.js";

const ENLARGE = "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7";
const SAVE = "M12 4v11M7 10l5 5 5-5M5 20h14";

/**
 * The frame that every figure has: one line that says what to do, the picture, one row of controls,
 * one sentence that says what is shown, and a note.
 *
 * `stage` is for the picture (a canvas of class `pc-picture`, and whatever stands beside it),
 * `controls` for controls. `draw` is called, at most once a frame, whenever size, theme or projector
 * changed; it asks `look()` and `height()` what it has.
 */
export class FigureFrame {
  #due = 0;
  /** @type {() => void} */
  destroy;

  /**
   * @param {HTMLElement} el
   * @param {{name: string, lead: string, note: string, draw: () => void}} options
   */
  constructor(el, { name, lead, note, draw }) {
    addStyle(el);
    this.name = name;
    this.lead = lead;
    this.draw = draw;
    this.stage = make("div", { className: "pc-stage" });
    this.controls = make("div", { className: "pc-controls" });
    this.sentence = make("p", { className: "pc-sentence", role: "status", "aria-live": "polite" });
    this.row = make("div", { className: "pc-row" }, this.controls, this.#buttons());
    this.root = make(
      "div", { className: "pc-figure", role: "group", "aria-label": name },
      make("p", { className: "pc-lead" }, lead), this.stage,
      this.row, this.sentence,
    );
    if (note) this.root.append(make("p", { className: "pc-note" }, note));
    this.#keepKeys();
    el.append(this.root);
    this.#watch(el);
  }

  get isFull() { return document.fullscreenElement === this.root; }

  get isLarge() { return isPresented() || this.isFull; }

  redraw = () => {
    cancelAnimationFrame(this.#due);
    this.#due = requestAnimationFrame(() => {
      if (!this.root.isConnected || this.root.clientWidth === 0) return;
      this.root.classList.toggle("pc-dark", isDark());
      this.root.classList.toggle("pc-large", this.isLarge);
      this.draw();
    });
  };

  look() {
    const size = parseFloat(getComputedStyle(this.root).fontSize);
    return { dark: isDark(), size, stroke: this.isLarge ? Math.max(3, size / 6) : 2 };
  }

  /** The width inside the frame. */
  width() {
    const { paddingLeft, paddingRight } = getComputedStyle(this.root);
    return this.root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  }

  /**
   * How high the picture may be: what the window leaves beside everything else in the figure, but not
   * less than `least` pixels, or half of a low window.
   */
  height(least = 430) {
    const share = this.isFull ? 1 : isPresented() ? 0.9 : 0.7;
    const [frame, middle] = [this.root.getBoundingClientRect(), this.stage.getBoundingClientRect()];
    const last = this.root.lastElementChild ?? this.sentence;
    const end = last.getBoundingClientRect().bottom;
    const padding = parseFloat(getComputedStyle(this.root).paddingBottom);
    const rest = middle.top - frame.top + end - middle.bottom + padding;
    const lowest = Math.min(least, window.innerHeight * 0.5);
    return Math.max(lowest, Math.floor(window.innerHeight * share - rest) - 1);
  }

  /**
   * Show the sentence. Parts are strings, or `{token}` for text that belongs to the reader or the data.
   *
   * @param {Part[]} parts
   */
  say(parts) {
    this.sentence.replaceChildren(...parts.map((part) =>
      (typeof part === "string" ? part : make("bdi", { className: "pc-token" }, part.token))));
  }

  // JupyterLab in command mode takes bare keys for itself: arrows would do nothing, `a` would insert
  // a cell. Shortcuts with Ctrl, Meta or Alt still reach it.
  #keepKeys() {
    this.root.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey || event.altKey)) event.stopPropagation();
    });
  }

  #buttons() {
    const buttons = make("div", { className: "pc-buttons" });
    if (document.fullscreenEnabled) buttons.append(button("Fill the screen", ENLARGE, () => this.#fill()));
    const save = () => {
      /** @type {HTMLCanvasElement | null} */
      const picture = this.stage.querySelector("canvas.pc-picture");
      if (picture) savePicture(this.name, this.lead, picture, this.sentence.textContent, this.look());
    };
    buttons.append(button("Save as a PNG picture", SAVE, save));
    return buttons;
  }

  #fill() {
    const done = this.isFull ? document.exitFullscreen() : this.root.requestFullscreen();
    done.catch((error) => this.say([`This browser would not fill the screen: ${error.message}`]));
  }

  /** @param {HTMLElement} el */
  #watch(el) {
    const size = new ResizeObserver(this.redraw);
    size.observe(el);
    window.addEventListener("resize", this.redraw);
    document.addEventListener("fullscreenchange", this.redraw);
    const unwatch = watchSurroundings(this.redraw);
    this.destroy = () => {
      cancelAnimationFrame(this.#due);
      size.disconnect();
      window.removeEventListener("resize", this.redraw);
      document.removeEventListener("fullscreenchange", this.redraw);
      unwatch();
      this.root.remove();
    };
  }
}

/**
 * @param {string} label
 * @param {string} path of its icon
 * @param {() => void} pressed
 */
function button(label, path, pressed) {
  const names = { type: "button", className: "pc-button", title: label, "aria-label": label };
  const element = make("button", names, icon(path));
  element.addEventListener("click", pressed);
  return element;
}

/**
 * The kit's style, once in each document or shadow tree that holds a figure.
 *
 * @param {HTMLElement} el
 */
function addStyle(el) {
  const tree = el.getRootNode();
  const place = tree instanceof ShadowRoot ? tree : document.head;
  if (place.querySelector("style[data-paperclub]")) return;
  place.append(make("style", { "data-paperclub": "" }, css));
}

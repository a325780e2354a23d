// The talk: one screen at a time of the page itself, so that its figures stay alive.
import { make } from "../kit/dom.js";
import { standing, stopOf } from "./clock.js";
import { forecast } from "./forecast.js";
import { cellsOf, isShown, planOf, textOf } from "./parts.js";
import { groupsOf, moved, screensOf } from "./screens.js";

const FORWARD = ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"];
const BACK = ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"];
const CLICKER = ["PageDown", "PageUp"];
const LARGEST_MARGIN = 1.6; // of a block, in the size of its type
const SMALLEST = 0.3; // what the size of a screen's type is multiplied by, at the least
const LARGEST = 1.7; // and at the most: beyond it a line holds too few words
const ROUNDS = 7; // of halving the span between the two: finer than an eye can tell
const MOST_WORDS = 400; // characters
const HELP = "→ next · ← back · B black · O overview · H hands · S second window · Esc ends";

export class Show {
  /** @type {number | null} when the first screen was left */
  #began = null;
  #timer = 0;
  /** @type {[string, (event: any) => void, AddEventListenerOptions | undefined][]} */
  #listeners = [];
  // A figure may settle after its screen was laid out: what then reaches below the foot is fitted again.
  #sizes = new ResizeObserver(() => this.#refit());

  /** @param {HTMLElement} article */
  constructor(article) {
    this.article = article;
    this.cells = cellsOf(article).filter(isShown);
    this.plan = planOf(article);
    this.at = { screen: 0, step: 0 };
    /** @type {import("./screens.js").Shown<HTMLElement>[]} */
    this.screens = [];
    this.title = make("span", { className: "slides-title" }, "\u00a0"); // it has its height before its words
    this.count = make("span", { className: "slides-count" });
    this.time = make("span", { className: "slides-time" });
    this.bar = make("div", { className: "slides-bar" }, this.title, this.time, this.count);
    this.bar.title = HELP;
    this.dark = make("div", { className: "slides-dark", hidden: true });
    this.list = make("dialog", { className: "slides-list", "aria-label": "Overview" });
    this.pause = make("div", { className: "slides-pause", hidden: true, role: "status" });
    this.heard = () => {}; // told after every change
    /** @type {(() => void) | null} */
    this.openFacilitator = null; // set by whoever opens that window
  }

  get hasScreens() { return this.cells.length > 0; }

  get elapsed() { return this.#began === null ? 0 : (Date.now() - this.#began) / 1000; }

  /** Lay the talk out and show where it stands. Fonts, mathematics and figures must be there. */
  start() {
    document.documentElement.dataset.slides = "";
    for (const cell of this.cells) for (const block of cell.blocks) block.classList.add("slide-block");
    document.body.append(this.bar, this.dark, this.list, this.pause);
    this.#listen("keydown", (event) => this.#press(event), { capture: true });
    this.#listen("resize", () => this.#layOut());
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#layOut();
  }

  stop() {
    clearInterval(this.#timer);
    for (const [type, heard, options] of this.#listeners) removeEventListener(type, heard, options);
    this.#listeners = [];
    this.#clear();
    delete document.documentElement.dataset.slides;
    for (const element of [this.bar, this.dark, this.list, this.pause]) element.remove();
    for (const block of this.article.querySelectorAll(".slide-block")) block.classList.remove("slide-block");
  }

  /**
   * @param {string} type
   * @param {(event: any) => void} heard
   * @param {AddEventListenerOptions} [options]
   */
  #listen(type, heard, options) {
    addEventListener(type, heard, options);
    this.#listeners.push([type, heard, options]);
  }

  /** Measure every block in its place, cut the talk into screens, and keep to the block at hand. */
  #layOut() {
    const root = document.documentElement;
    const kept = this.screens[this.at.screen]?.steps[this.at.step]?.[0];
    this.#clear();
    root.dataset.slides = "measure";
    const { fontSize, paddingTop, paddingBottom } = getComputedStyle(this.article);
    // The first block of a screen keeps its own margin, which is no part of its height.
    const edges = parseFloat(paddingTop) + parseFloat(paddingBottom) + LARGEST_MARGIN * parseFloat(fontSize);
    const room = innerHeight - this.bar.offsetHeight - edges;
    const cells = this.cells.map((cell) => ({ ...cell, groups: groupsOf(cell, isHeading) }));
    this.screens = screensOf(cells, measured, room, (id) => this.plan.some((stop) => stop.id === id));
    root.dataset.slides = "";
    const found = kept ? this.screens.findIndex(({ steps }) => steps.flat().includes(kept)) : -1;
    if (found >= 0) this.at = { screen: found, step: this.screens[found].steps.findIndex((step) => step.includes(kept)) };
    else this.at = { screen: Math.min(this.at.screen, this.screens.length - 1), step: 0 };
    this.#draw();
  }

  /** Take the screen at hand away. */
  #clear() {
    this.#sizes.disconnect();
    /** @type {NodeListOf<HTMLElement>} */
    const shown = this.article.querySelectorAll(".slide-on");
    for (const block of shown) {
      block.classList.remove("slide-on", "slide-wait");
      block.style.zoom = "";
    }
  }

  /** @param {import("./screens.js").At} place */
  go(place) {
    if (place.screen > 0) this.#began ??= Date.now();
    this.at = place;
    this.#draw();
  }

  /** @param {number} steps */
  by(steps) { this.go(moved(this.at, steps, this.screens)); }

  #draw() {
    const { screen, step } = this.at;
    const { steps, pause, title } = this.screens[screen];
    this.#clear();
    steps.forEach((blocks, i) => {
      for (const block of blocks) {
        block.classList.add("slide-on");
        block.classList.toggle("slide-wait", i > step);
      }
    });
    this.#fit();
    for (const block of steps.flat()) this.#sizes.observe(block);
    this.pause.hidden = !pause;
    if (pause) this.#fillPause(title);
    this.title.textContent = title;
    this.count.textContent = `${screen + 1} / ${this.screens.length}`;
    scrollTo(0, 0);
    this.#tick();
  }

  /**
   * Give the screen at hand the largest type with which all of it can be seen. A figure fills its screen
   * by itself, and is only ever made smaller.
   */
  #fit() {
    const { steps, alone } = this.screens[this.at.screen];
    const blocks = steps.flat();
    if (!blocks.length) return;
    const foot = this.bar.getBoundingClientRect().top;
    const edge = this.article.getBoundingClientRect().right - parseFloat(getComputedStyle(this.article).paddingRight);
    /** @param {number} zoom */
    const holds = (zoom) => {
      for (const block of blocks) block.style.zoom = zoom === 1 ? "" : String(zoom);
      return blocks.every((block) => isAbove(block, foot) && (zoom <= 1 || isWithin(block, edge)));
    };
    if (holds(1) && alone) return;
    let [low, high] = holds(1) ? [1, LARGEST] : [SMALLEST, 1];
    if (holds(high)) return;
    for (let round = 0; round < ROUNDS; round += 1) {
      const middle = (low + high) / 2;
      if (holds(middle)) low = middle;
      else high = middle;
    }
    holds(low);
  }

  #refit() {
    const foot = this.bar.getBoundingClientRect().top;
    const blocks = this.screens[this.at.screen].steps.flat();
    if (!blocks.every((block) => isAbove(block, foot))) this.#fit();
  }

  /** @param {string} title */
  #fillPause(title) {
    this.pause.replaceChildren(
      make("p", { className: "slides-pause-title" }, "Questions?"),
      make("p", {}, title),
    );
  }

  /** The stop of the plan at hand, as its index, or null. */
  get stopAtHand() {
    return stopOf(this.plan, this.screens.slice(0, this.at.screen + 1).map(({ id }) => id));
  }

  #tick() {
    const { text, over } = standing(this.plan, this.stopAtHand, this.elapsed);
    this.time.textContent = this.#began === null ? "" : text;
    this.time.classList.toggle("slides-over", over);
    this.heard();
  }

  /** What comes next, in words: for the facilitator. */
  get next() {
    const place = moved(this.at, 1, this.screens);
    if (place.screen === this.at.screen && place.step === this.at.step) return "The end.";
    const { steps, pause } = this.screens[place.screen];
    if (pause) return "A pause for questions.";
    return steps[place.step].map(wordsOf).join(" ");
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : null;
    const inside = target?.closest(".pc-figure, input, textarea, select, [contenteditable]");
    // A clicker has no hand to leave a figure with; arrows there are the figure's own.
    if (inside && !(CLICKER.includes(event.key) && !target?.closest("textarea"))) return;
    if (target?.closest("summary, button, a") && (event.key === "Enter" || event.key === " ")) return;
    const done = this.#answer(event.key);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key */
  #answer(key) {
    if (FORWARD.includes(key)) this.by(1);
    else if (BACK.includes(key)) this.by(-1);
    else if (key === "Home") this.go({ screen: 0, step: 0 });
    else if (key === "End") this.go({ screen: this.screens.length - 1, step: 0 });
    else if (key === "b" || key === "B" || key === ".") this.dark.hidden = !this.dark.hidden;
    else if (key === "o" || key === "O") this.#overview();
    else if (key === "h" || key === "H") this.#countHands();
    else if (key === "s" || key === "S") this.openFacilitator?.();
    else return false;
    return true;
  }

  /** Count hands for the prediction on the screen, or the last one before it. */
  #countHands() {
    const asked = this.screens.slice(0, this.at.screen + 1).flatMap(({ steps }) => steps.flat());
    const box = asked.filter((block) => block.matches(".box-predict")).at(-1);
    if (box) forecast(box);
  }

  #overview() {
    const items = this.screens.map(({ title, steps, pause }, screen) => {
      const said = steps.flat().filter((block) => !isHeading(block)).map(wordsOf);
      const words = pause ? "Questions?" : said[0] ?? "";
      const button = make("button", { type: "button" }, make("b", {}, title), ` ${words.slice(0, 90)}`);
      if (screen === this.at.screen) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => {
        this.list.close();
        this.go({ screen, step: 0 });
      });
      return make("li", {}, button);
    });
    this.list.replaceChildren(make("ol", {}, ...items));
    this.list.showModal();
    const here = this.list.querySelector("[aria-current]");
    if (here instanceof HTMLElement) here.focus();
  }
}

/**
 * @param {HTMLElement} block
 * @param {number} foot
 */
const isAbove = (block, foot) => block.getBoundingClientRect().bottom <= foot;

/**
 * Whether no line of a block runs out at the side.
 *
 * @param {HTMLElement} block
 * @param {number} edge
 */
function isWithin(block, edge) {
  if (block.getBoundingClientRect().right > edge + 1) return false;
  return [block, ...block.querySelectorAll("pre, table")].every((part) => part.scrollWidth <= part.clientWidth + 1);
}

/** @param {Element} block */
const isHeading = (block) => /^H[1-6]$/.test(block.tagName);

/**
 * Where a group of blocks stands when all of the talk is in one column.
 *
 * @param {HTMLElement[]} group
 */
function measured(group) {
  const boxes = group.map((block) => block.getBoundingClientRect());
  return {
    top: boxes[0].top, bottom: boxes[boxes.length - 1].bottom,
    alone: group.some((block) => block.querySelector?.(".pc-figure, .paperclub-figure")),
  };
}

/**
 * What a block says, for the list of screens and for the facilitator: of a cell, what came out of it.
 *
 * @param {HTMLElement} block
 */
function wordsOf(block) {
  const figure = block.querySelector?.(".pc-lead");
  if (figure) return textOf(figure);
  const words = textOf(block, "details.hide, .cell_input, .MathJax_Preview, mjx-assistive-mml, svg, button, script");
  if (words) return words.slice(0, MOST_WORDS);
  return block.querySelector("img, svg") ? "A picture." : "A line of code, and what it gives.";
}

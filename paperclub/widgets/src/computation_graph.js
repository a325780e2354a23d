// The figure ComputationGraph: the reader's own expression, stepped forward and backward.
import { FigureFrame } from "./kit/figure.js";
import { select, slider, textField, wordButton } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { inputsOf, known, walk } from "./computation_graph/graph.js";
import { layout } from "./computation_graph/layout.js";
import { MOST, Unreadable, parse } from "./computation_graph/parse.js";
import { draw } from "./computation_graph/picture.js";
import { number, sentence } from "./computation_graph/words.js";

const SHARED = ["expression", "inputs", "step"]; // what Python knows of the reader's choice, too
const RANGE = 5; // an input can be moved between minus and plus this

class ComputationGraph {
  #telling = false;
  /** @type {Part[] | null} what is wrong with the text in the field, if anything */
  #trouble = null;
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  place = null;
  /** @type {string} */
  text;
  /** @type {ReturnType<typeof parse>} */
  nodes;
  /** @type {Record<string, number>} */
  inputs;
  /** @type {ReturnType<typeof walk>} */
  way;
  /** @type {number} */
  step;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {TextField} */
  field;
  /** @type {Slider} */
  steps;
  /** @type {HTMLElement} */
  more;
  /** @type {Select} */
  which;
  /** @type {Slider} */
  amount;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.chosen = 0; // which input the slider moves
    this.frame = new FigureFrame(el, {
      name: "Computation graph", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.#take();
    this.#build();
    this.#listen();
    this.#show();
    this.frame.redraw();
  }

  /** Read what Python, or the saved page, says. */
  #take() {
    this.text = this.model.get("expression");
    this.nodes = parse(this.text);
    this.inputs = inputsOf(this.nodes, this.model.get("inputs"));
    this.way = walk(this.nodes, this.inputs);
    this.step = Math.min(this.model.get("step"), this.last);
  }

  get last() { return this.way.steps.length - 1; }

  get names() { return Object.keys(this.inputs); }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "Computation graph. Left and right take a step, up and down change an input.",
    });
    this.frame.stage.append(this.canvas);
    this.field = textField({
      label: "expression", value: this.text, most: MOST.letters, changed: (text) => this.type(text),
    });
    this.field.element.style.flex = "1 1 100%"; // a row of its own
    this.field.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // one line is all there is
    });
    this.steps = slider({
      label: "step", min: 0, max: this.last, value: this.step, text: (step) => `${step} of ${this.last}`,
      changed: (step) => this.go(step),
    });
    this.more = make("div", { className: "pc-more", hidden: true });
    const toggle = wordButton({
      text: "inputs", expanded: false,
      pressed: () => {
        this.more.hidden = !this.more.hidden;
        toggle.element.setAttribute("aria-expanded", String(!this.more.hidden));
        this.frame.redraw();
      },
    });
    this.frame.controls.append(this.field.element, this.steps.element, toggle.element);
    this.frame.row.after(this.more);
    this.#buildInputs();
  }

  /** The controls of the inputs, made anew for every expression. */
  #buildInputs() {
    const name = this.names[this.chosen];
    this.which = select({
      label: "input to change", options: this.names, value: this.chosen,
      changed: (chosen) => {
        this.chosen = chosen;
        this.#buildInputs();
      },
    });
    this.amount = slider({
      label: "value", min: -RANGE, max: RANGE, step: 0.1, value: this.inputs[name], text: number,
      changed: (value) => this.set(value),
    });
    this.more.replaceChildren(this.which.element, this.amount.element);
  }

  #listen() {
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    const follow = () => {
      if (this.#telling) return;
      this.#take();
      this.chosen = Math.min(this.chosen, this.names.length - 1);
      this.field.set(this.text);
      this.#trouble = null;
      this.#buildInputs();
      this.#show();
      this.frame.redraw();
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.frame.destroy();
    };
  }

  /** Go to a step. */
  go(step) {
    this.step = Math.min(this.last, Math.max(0, step));
    this.#trouble = null;
    this.#tell();
    this.#show();
  }

  /** Give the chosen input another value. */
  set(value) {
    const rounded = Math.round(Math.min(RANGE, Math.max(-RANGE, value)) * 10) / 10;
    this.inputs = { ...this.inputs, [this.names[this.chosen]]: rounded };
    this.way = walk(this.nodes, this.inputs);
    this.amount.set(rounded);
    this.#tell();
    this.#show();
  }

  /** Take over what the reader typed; what cannot be read leaves the picture as it was. */
  type(text) {
    try {
      this.nodes = parse(text);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#trouble = error.parts;
      this.frame.say(["Not yet: ", ...error.parts]);
      return;
    }
    this.#trouble = null;
    this.text = text;
    this.inputs = inputsOf(this.nodes, this.inputs);
    this.way = walk(this.nodes, this.inputs);
    this.chosen = 0;
    this.step = Math.min(this.way.operations.length + 2, this.last);
    this.#buildInputs();
    this.#tell();
    this.#show();
    this.frame.redraw();
  }

  #tell() {
    this.#telling = true;
    this.model.set("expression", this.text);
    this.model.set("inputs", this.inputs);
    this.model.set("step", this.step);
    this.#telling = false;
    this.model.save_changes();
  }

  #show() {
    this.steps.input.max = String(this.last);
    this.steps.set(this.step);
    this.frame.say(this.#trouble ? ["Not yet: ", ...this.#trouble] : sentence(this.nodes, this.way, this.step));
    this.#paint();
  }

  redraw() {
    this.field.grow();
    const { size } = this.frame.look();
    this.place = layout(this.nodes, { width: this.frame.width(), height: this.frame.height(), size });
    this.#paint();
  }

  #paint() {
    if (!this.place || this.place.boxes.length !== this.nodes.length) return;
    const { nodes, way, step } = this;
    const handed = new Set(way.steps.slice(0, step + 1).filter(({ phase }) => phase === "back")
      .map(({ node }) => node));
    draw(this.canvas, this.place, {
      nodes, way, known: known(nodes, way, step), now: way.steps[step], look: this.frame.look(),
      handedOn: (node) => handed.has(node),
    });
  }

  /** A click on the right half takes a step, on the left half takes it back. */
  #click(event) {
    const box = this.canvas.getBoundingClientRect();
    this.go(this.step + (event.clientX - box.left > box.width / 2 ? 1 : -1));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowRight: this.step + 1, ArrowLeft: this.step - 1, Home: 0, End: this.last };
    const moves = { ArrowUp: 0.1, ArrowDown: -0.1 };
    if (event.key in steps) this.go(steps[event.key]);
    else if (event.key in moves) this.set(this.inputs[this.names[this.chosen]] + moves[event.key]);
    else return;
    event.preventDefault();
  }
}

export default {
  render(place) {
    const figure = new ComputationGraph(place);
    return () => figure.destroy();
  },
};

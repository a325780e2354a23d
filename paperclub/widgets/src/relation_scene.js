// The figure RelationScene: a scene, a question, the answer of a relation network, and what each
// pair of objects adds to it. The network runs here.
import { FigureFrame } from "./kit/figure.js";
import { choice, select } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { tween } from "./kit/motion.js";
import { readData, sentence, thoughtOf } from "./relation_scene/data.js";
import { layout, mapper, objectAt } from "./relation_scene/layout.js";
import { draw } from "./relation_scene/picture.js";

// What Python knows of the reader's choice, too.
const SHARED = ["scene", "kind", "asked", "places", "shapes"];
const KINDS = { own: "its own shape", nearest: "its nearest’s shape" };
const STEP = 0.05;
const MOVES = { ArrowUp: [0, STEP], ArrowDown: [0, -STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };

/** Three decimals, as Python keeps them. */
const tidy = (value) => Math.round(value * 1000) / 1000;

class RelationScene {
  /** @type {number | null} the object that a pointer holds */
  #drag = null;
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  #place = null;
  #telling = false;

  // What Python holds, by the traits' names.
  scene = 0;
  kind = 0;
  asked = 0;
  /** @type {number[][][]} */
  places = [];
  /** @type {number[][]} */
  shapes = [];

  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {{asked: Select, kind?: Select, scene?: Select | Choice}} */
  controls;
  /** @type {ReturnType<typeof thoughtOf>} */
  thought;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.data = readData(model);
    this.#take();
    this.chosen = this.asked;
    this.frame = new FigureFrame(el, {
      name: "Relation scene", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.shown = tween((flat) => this.#paint(flat));
    this.#build();
    this.#listen();
    this.#think();
    this.frame.redraw();
  }

  /** Take over what Python holds. */
  #take() {
    for (const name of SHARED) this[name] = this.model.get(name);
  }

  /** The scene and the question now. */
  get at() {
    const { scene, kind, asked } = this;
    return { places: this.places[scene], shapes: this.shapes[scene], kind, asked };
  }

  #build() {
    this.canvas = make("canvas", {
      className: "pc-picture", tabIndex: 0, role: "application",
      "aria-label": "A scene of objects. Arrows move the chosen object, Space chooses the next, Enter turns a "
        + "square into a circle and back.",
    });
    this.canvas.style.cursor = "grab";
    this.frame.stage.append(this.canvas);
    this.controls = this.#makeControls();
    this.frame.controls.append(...Object.values(this.controls).map((control) => control.element));
  }

  #makeControls() {
    const { data } = this;
    const made = {
      asked: select({
        label: "ask about", options: data.names.map((name) => `Ask about ${name}`), value: this.asked,
        changed: (asked) => this.choose({ asked, chosen: asked }),
      }),
    };
    if (data.kinds.length > 1) {
      made.kind = select({
        label: "question", options: data.kinds.map((kind) => KINDS[kind]), value: this.kind,
        changed: (kind) => this.choose({ kind }),
      });
    }
    if (data.titles.length > 1) {
      made.scene = data.titles.length > 3
        ? select({ label: "scene", options: data.titles, value: this.scene, changed: (scene) => this.#open(scene) })
        : choice({
          label: "scene", faces: data.titles, value: this.scene, className: "pc-words",
          changed: (scene) => this.#open(scene),
        });
    }
    return made;
  }

  #open(scene) {
    const asked = this.data.starts[scene];
    this.choose({ scene, asked, chosen: asked, kind: this.data.kinds.length - 1 });
  }

  #listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.#grasp(event));
    this.canvas.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => { this.#drag = null; });
    }
    // A finger on an object moves it; elsewhere it scrolls the page.
    this.canvas.addEventListener("touchstart", (event) => {
      if (this.#under(event.touches[0]) !== null) event.preventDefault();
    }, { passive: false });
    this.canvas.addEventListener("dblclick", (event) => this.#turn(this.#under(event)));
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    const follow = () => {
      if (this.#telling) return;
      this.#take();
      this.#show(true);
    };
    const changes = SHARED.map((name) => `change:${name}`).join(" ");
    this.model.on(changes, follow);
    this.destroy = () => {
      this.model.off(changes, follow);
      this.shown.stop();
      this.frame.destroy();
    };
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change, moving = true) {
    Object.assign(this, change);
    this.#telling = true;
    for (const name of SHARED) this.model.set(name, this[name]);
    this.#telling = false;
    this.model.save_changes();
    this.#show(moving);
  }

  #think() {
    this.thought = thoughtOf(this.data, this.at);
    this.frame.say(sentence(this.data, this.at, this.thought));
  }

  #show(moving) {
    for (const [name, control] of Object.entries(this.controls)) control.set(this[name]);
    this.#think();
    if (!this.#place) return;
    if (moving) this.shown.to(this.at.places.flat());
    else this.shown.jump(this.at.places.flat());
  }

  redraw() {
    const { size } = this.frame.look();
    this.#place = layout({ width: this.frame.width(), height: this.frame.height(), size });
    this.#show(false);
  }

  #paint(flat) {
    if (!this.#place) return;
    const look = this.frame.look();
    draw(this.canvas, this.#place, {
      look, size: look.size, data: this.data, at: this.at, thought: this.thought, chosen: this.chosen,
      places: this.at.places.map((_, k) => [flat[2 * k], flat[2 * k + 1]]),
    });
  }

  /** @returns {[number, number]} */
  #spot({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  #under(event) {
    if (!this.#place) return null;
    return objectAt(this.at.places, mapper(this.#place.scene, this.data.reach), ...this.#spot(event));
  }

  #grasp(event) {
    const object = this.#under(event);
    if (object === null) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.#drag = object;
    this.choose({ chosen: object }, false);
  }

  #pull(event) {
    if (this.#drag === null || !this.#place) return;
    const map = mapper(this.#place.scene, this.data.reach);
    this.#move(this.#drag, map.toScene(...this.#spot(event)), false);
  }

  /**
   * Put an object somewhere, within the frame. New lists, so that Python hears of the change.
   *
   * @param {number} object
   * @param {number[]} place
   * @param {boolean} [moving]
   */
  #move(object, [x, y], moving) {
    const { reach } = this.data;
    const inside = [x, y].map((value) => tidy(Math.min(reach, Math.max(-reach, value))));
    const places = this.at.places.map((place, k) => (k === object ? inside : place));
    this.choose({ places: this.places.map((old, s) => (s === this.scene ? places : old)) }, moving);
  }

  #turn(object) {
    if (object === null) return;
    const shapes = this.at.shapes.map((shape, k) => (k === object ? 1 - shape : shape));
    this.choose({ shapes: this.shapes.map((old, s) => (s === this.scene ? shapes : old)) });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { chosen } = this;
    const count = this.data.names.length;
    if (MOVES[event.key]) {
      const [x, y] = this.at.places[chosen];
      const [right, up] = MOVES[event.key];
      this.#move(chosen, [x + right, y + up], true);
    } else if (event.key === " ") {
      this.choose({ chosen: (chosen + (event.shiftKey ? count - 1 : 1)) % count });
    } else if (event.key === "Enter") {
      this.#turn(chosen);
    } else return;
    event.preventDefault();
  }
}

export default {
  render(place) {
    const figure = new RelationScene(place);
    return () => figure.destroy();
  },
};

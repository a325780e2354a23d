// The figure PointingHull: trained pointing networks draw the hull, or a tour, of the reader's points.
import { FigureFrame } from "./kit/figure.js";
import { bytesOf } from "./kit/bytes.js";
import { choice, select, slider, wordButton } from "./kit/controls.js";
import { make } from "./kit/dom.js";
import { tooltip } from "./kit/tooltip.js";
import { tween } from "./kit/motion.js";
import { FEWEST, MOST, canAdd, deal, freePlace, moved, nearest, spot } from "./pointing_hull/board.js";
import { layout, toBoard, toCanvas } from "./pointing_hull/layout.js";
import { Network } from "./pointing_hull/network.js";
import { draw } from "./pointing_hull/picture.js";
import { named, sentence } from "./pointing_hull/words.js";

const DEALS = [5, 10, 15, 20, 30];
const WAYS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const NUDGE = 0.02;
const HELP = "Points on a board. Left and right step through the pointing, up and down choose a point. "
  + "Shift with an arrow moves it, Delete takes it away, Enter adds one.";

class PointingHull {
  /** @type {ReturnType<typeof layout> | null} where everything stands; known once there is a width */
  #place = null;
  /** @type {number | null} the point that the mouse is over */
  #hover = null;
  /** @type {{i: number, moved: boolean} | null} the point that the mouse has taken hold of */
  #held = null;
  #telling = false;
  /** @type {ReturnType<Network["draw"]>} */
  drawn;
  /** @type {HTMLCanvasElement} */
  canvas;
  /** @type {Tooltip} */
  tip;
  /** @type {{step: Slider, exact: Choice, deal: Select, task?: Choice}} */
  controls;
  /** @type {ReturnType<FigureFrame["look"]>} */
  look;
  /** @type {() => void} */
  destroy;

  constructor({ model, el }) {
    this.model = model;
    this.tasks = tasksOf(model);
    /** @type {{task: string, points: number[][], step: number, point: number | null, exact: number}} */
    this.state = {
      task: model.get("task"), points: model.get("points"), step: model.get("step"), point: null, exact: 0,
    };
    this.#draw();
    this.frame = new FigureFrame(el, {
      name: "Pointing hull", lead: model.get("lead"), note: model.get("note"), draw: () => this.redraw(),
    });
    this.shares = tween((values) => this.#paint(values));
    this.#build();
    this.#listen();
    this.#say();
    this.frame.redraw();
  }

  get #last() { return this.drawn.chosen.length; }

  get #trained() { return this.tasks[this.state.task].trained; }

  #draw() {
    const { task, points } = this.state;
    this.drawn = this.tasks[task].network.draw(points, task === "tour");
  }

  #build() {
    this.canvas = make("canvas", { className: "pc-picture", tabIndex: 0, role: "application", "aria-label": HELP });
    this.frame.stage.append(this.canvas);
    this.tip = tooltip(this.frame.stage);
    this.controls = {
      step: slider({
        label: "pointing", min: 1, max: this.#last, value: this.state.step,
        text: (step) => `${step} of ${this.#last}`, changed: (step) => this.choose({ step, point: null }),
      }),
      exact: choice({
        label: "outlines", faces: ["network", "and exact"], value: 0, className: "pc-words",
        changed: (exact) => this.choose({ exact }),
      }),
      deal: select({
        label: "deal points anew", options: ["deal …", ...DEALS.map((count) => `${count} points`)], value: 0,
        changed: (i) => { if (i) this.setPoints(deal(DEALS[i - 1])); this.controls.deal.set(0); },
      }),
    };
    const { step, exact, deal: dealt } = this.controls;
    if (!this.tasks.tour) {
      this.frame.controls.append(step.element, exact.element, dealt.element);
      return;
    }
    const names = Object.keys(this.tasks);
    this.controls.task = choice({
      label: "task", faces: names, value: names.indexOf(this.state.task), className: "pc-words",
      changed: (i) => this.setTask(names[i]),
    });
    this.frame.controls.append(this.controls.task.element, step.element, exact.element, this.#more(dealt).element);
  }

  /** A button that unfolds a second row, for what is beyond three controls. */
  #more(control) {
    const more = make("div", { className: "pc-more", hidden: true }, control.element);
    const button = wordButton({
      text: "more", expanded: false,
      pressed: () => {
        more.hidden = !more.hidden;
        button.element.setAttribute("aria-expanded", String(!more.hidden));
        this.frame.redraw();
      },
    });
    this.frame.row.after(more);
    return button;
  }

  #listen() {
    const on = (name, heard) => this.canvas.addEventListener(name, heard);
    on("pointerdown", (event) => this.#take(event));
    on("pointermove", (event) => this.#point(event));
    on("pointerleave", () => this.#leave());
    on("click", (event) => this.#click(event));
    on("keydown", (event) => this.#press(event));
    const follow = () => {
      if (this.#telling) return;
      this.state.point = null;
      this.#takeOver({ task: this.model.get("task"), points: this.model.get("points") }, this.model.get("step"));
    };
    this.model.on("change:task change:points change:step", follow);
    this.destroy = () => {
      this.model.off("change:task change:points change:step", follow);
      this.shares.stop();
      this.frame.destroy();
    };
  }

  /** Take over a choice of the reader's, tell Python (if there is one), and show it. */
  choose(change) {
    Object.assign(this.state, change);
    this.#hover = null;
    this.#tell();
    this.#show();
  }

  /**
   * Other points: the network draws anew, and what is shown stays at its end if it was there.
   *
   * @param {number[][]} points
   * @param {number | null} [point] the chosen one
   */
  setPoints(points, point = null) {
    if (points === this.state.points) return;
    const atEnd = this.state.step === this.#last;
    this.state.point = point;
    this.#hover = null;
    this.#takeOver({ points }, atEnd ? Infinity : this.state.step);
    this.#tell();
  }

  /** The other task, for the same points: its whole answer. */
  setTask(task) {
    this.state.point = null;
    this.#hover = null;
    this.#takeOver({ task }, Infinity);
    this.#tell();
  }

  #takeOver(board, step) {
    const isOther = Object.keys(board).some((name) => board[name] !== this.state[name]);
    Object.assign(this.state, board);
    if (isOther) this.#draw();
    this.state.step = Math.min(Math.max(1, step), this.#last);
    this.#show();
  }

  #tell() {
    this.#telling = true;
    for (const name of ["task", "points", "step"]) this.model.set(name, this.state[name]);
    this.model.save_changes();
    this.#telling = false;
  }

  #say() {
    const { task, points, step, point } = this.state;
    this.frame.say([sentence({ task, points, trained: this.#trained }, this.drawn, step, this.#hover ?? point)]);
  }

  #show() {
    const { step, exact } = this.state;
    this.controls.step.input.max = String(this.#last);
    this.controls.step.set(step);
    this.controls.exact.set(exact);
    this.controls.task?.set(Object.keys(this.tasks).indexOf(this.state.task));
    this.#say();
    this.shares.to(this.drawn.shares[step - 1]);
  }

  redraw() {
    const look = this.frame.look();
    const space = { width: this.frame.width(), height: this.frame.height(400), size: look.size };
    this.#place = layout(space);
    this.look = look;
    this.shares.jump(this.drawn.shares[this.state.step - 1]);
  }

  #paint(shares) {
    if (!this.#place) return;
    const { task, points, step, exact } = this.state;
    draw(this.canvas, this.#place, {
      look: this.look, task, points, trained: this.#trained, chosen: this.drawn.chosen, step, shares,
      point: this.#hover ?? this.state.point, exact: exact === 1,
    });
  }

  /** Where on the board an event happened, which point is there, and the board's side; null before there is a board. */
  #under(event) {
    const place = this.#place;
    if (!place) return null;
    const box = this.canvas.getBoundingClientRect();
    const where = toBoard(place, event.clientX - box.left, event.clientY - box.top);
    const reach = (event.pointerType === "touch" ? 22 : 14) / place.board.side;
    const inside = where.every((value) => value > -reach && value < 1 + reach);
    return { where: spot(...where), point: nearest(this.state.points, where, reach), inside, side: place.board.side };
  }

  #take(event) {
    const point = this.#under(event)?.point ?? null;
    this.#held = event.pointerType !== "touch" && point !== null ? { i: point, moved: false } : null;
    if (this.#held) this.canvas.setPointerCapture(event.pointerId);
  }

  #point(event) {
    const under = this.#under(event);
    if (!under) return;
    const { where, point, side } = under;
    const held = this.#held;
    if (held && event.buttons) {
      const points = moved(this.state.points, held.i, where);
      const away = points !== this.state.points
        && Math.hypot(...[0, 1].map((c) => points[held.i][c] - this.state.points[held.i][c]));
      if (!held.moved && (!away || away * side < 4)) return;
      held.moved = true;
      this.tip.hide();
      this.setPoints(points);
      return;
    }
    if (event.pointerType === "touch" || point === this.#hover) return;
    this.#hover = point;
    this.#label();
    this.#say();
    this.shares.jump(this.drawn.shares[this.state.step - 1]);
  }

  #label() {
    const i = this.#hover;
    if (i === null || !this.#place) {
      this.tip.hide();
      return;
    }
    const share = this.drawn.shares[this.state.step - 1][i].toFixed(2);
    const [x, y] = toCanvas(this.#place, this.state.points[i]);
    this.tip.show(`${named(i, this.state.points.length)}  ${share}`, this.canvas.offsetLeft + x, this.canvas.offsetTop + y);
  }

  #leave() {
    if (this.#hover === null) return;
    this.#hover = null;
    this.tip.hide();
    this.#say();
    this.shares.jump(this.drawn.shares[this.state.step - 1]);
  }

  #click(event) {
    const dragged = this.#held?.moved;
    this.#held = null;
    const under = this.#under(event);
    if (dragged || !under) return;
    const { where, point, inside } = under;
    if (point !== null) this.#remove(point);
    else if (inside && canAdd(this.state.points, where)) this.setPoints([...this.state.points, where]);
    this.tip.hide();
  }

  #remove(i) {
    if (this.state.points.length > FEWEST) this.setPoints(this.state.points.filter((_, j) => j !== i));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = event.shiftKey ? this.#nudge(WAYS[event.key]) : this.#key(event.key);
    if (done) event.preventDefault();
  }

  #nudge(way) {
    if (!way) return false;
    const i = this.state.point ?? 0;
    const [x, y] = this.state.points[i];
    this.setPoints(moved(this.state.points, i, spot(x + way[0] * NUDGE, y + way[1] * NUDGE)), i);
    return true;
  }

  #key(key) {
    const { points, step, point } = this.state;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      this.choose({ step: Math.min(this.#last, Math.max(1, step + (key === "ArrowLeft" ? -1 : 1))) });
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      const by = key === "ArrowUp" ? 1 : -1;
      const from = point ?? (by > 0 ? -1 : points.length);
      this.choose({ point: Math.min(points.length - 1, Math.max(0, from + by)) });
    } else if (key === "Home" || key === "End") this.choose({ step: key === "Home" ? 1 : this.#last });
    else if (key === "Escape") this.choose({ point: null });
    else if (key === "Enter") this.#addByKey();
    else if ((key === "Delete" || key === "Backspace") && point !== null) this.#remove(point);
    else return false;
    return true;
  }

  #addByKey() {
    const place = this.state.points.length < MOST ? freePlace(this.state.points) : null;
    if (place) this.setPoints([...this.state.points, place], this.state.points.length);
  }
}

/** Each task that the figure has weights for: its network, and the sizes that it was trained on. */
function tasksOf(model) {
  const network = (prefix) => ({
    network: new Network(model.get(`${prefix}sizes`), bytesOf(model.get(`${prefix}weights`))),
    trained: model.get(`${prefix}trained`),
  });
  const tasks = { hull: network("") };
  if (bytesOf(model.get("tour_weights")).length) tasks.tour = network("tour_");
  return tasks;
}

export default {
  render(place) {
    const figure = new PointingHull(place);
    return () => figure.destroy();
  },
};

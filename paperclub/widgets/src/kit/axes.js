import { scaleLinear, scaleLog } from "d3-scale";

/**
 * Axes for lines, dots and intervals, drawn with a `Pen`.
 *
 * @typedef {object} Axis
 * @property {number} from
 * @property {number} to
 * @property {string} name
 * @property {boolean} [log] whether the scale is logarithmic
 * @property {number | number[]} [ticks] the values, or how many are wanted
 * @property {(value: number) => string} [format] turns a value into text
 */
export class Axes {
  /**
   * @param {import("./pen.js").Pen} pen
   * @param {Box} box everything, names of the axes and numbers included
   * @param {{x: Axis, y: Axis, labels?: string[]}} axes `labels` will stand at the right ends of lines:
   *   room is kept for the widest
   */
  constructor(pen, box, { x, y, labels = [] }) {
    this.pen = pen;
    this.names = { x: x.name, y: y.name };
    const { label } = pen;
    this.y = scaleOf(y, [0, 0]);
    const numbers = pen.widest(ticksOf(this.y, y).map((tick) => tick.text));
    const ends = labels.length ? pen.widest(labels, { bold: true }) + label * 0.8 : label * 0.6;
    this.inner = {
      x: box.x + numbers + label * 0.9, y: box.y + label * 1.9,
      width: box.width - numbers - label * 0.9 - ends, height: box.height - label * 4.7,
    };
    const { inner } = this;
    this.x = scaleOf(x, [inner.x, inner.x + inner.width]);
    this.y.range([inner.y + inner.height, inner.y]);
    this.ticks = { x: ticksOf(this.x, x), y: ticksOf(this.y, y) };
    /** @type {{x: number, y: number, text: string, colour: string}[]} */
    this.ends = [];
  }

  /** Rules, numbers, and what the axes are called: the upright one's name stands above it, level. */
  draw() {
    const { pen, inner, names } = this;
    const { label, colours } = pen;
    const foot = inner.y + inner.height;
    for (const { value, text } of this.ticks.y) {
      const y = this.y(value);
      pen.line(inner.x, y, inner.x + inner.width, y, colours.rule);
      pen.write(text, inner.x - label * 0.5, y, { align: "right", colour: colours.muted });
    }
    for (const { value, text } of this.ticks.x) {
      const x = this.x(value);
      pen.line(x, foot, x, foot + label * 0.35, colours.rule);
      pen.write(text, x, foot + label * 1.05, { align: "center", colour: colours.muted });
    }
    pen.write(names.y, inner.x - label * 0.5, inner.y - label * 1.2, { colour: colours.muted });
    pen.write(names.x, inner.x + inner.width / 2, foot + label * 2.25, {
      align: "center", colour: colours.muted, width: inner.width,
    });
  }

  /**
   * A line through points, with a dot on each unless `dots` is false.
   *
   * @param {number[][]} points
   * @param {{colour: string, dash?: number[], dots?: boolean, label?: string, text?: string, width?: number}} look
   */
  line(points, { colour, dash = [], dots = true, label = "", text = colour, width = this.pen.stroke }) {
    if (!points.length) return;
    const { context } = this.pen;
    context.save();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.setLineDash(dash);
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(this.x(x), this.y(y)));
    context.stroke();
    context.restore();
    if (dots) this.dots(points, { colour });
    const [x, y] = points[points.length - 1];
    if (label) this.ends.push({ y: this.y(y), x: this.x(x), text: label, colour: text });
  }

  /**
   * The control's line: grey and dashed.
   *
   * @param {number[][]} points
   * @param {{dots?: boolean, label?: string, width?: number}} [options]
   */
  control(points, options = {}) {
    const { colours, stroke } = this.pen;
    this.line(points, {
      colour: colours.control, text: colours.controlText, dash: [stroke * 2.5, stroke * 1.5], dots: false, ...options,
    });
  }

  /**
   * @param {number[][]} points
   * @param {{colour: string, radius?: number, hollow?: boolean}} look
   */
  dots(points, { colour, radius = this.pen.stroke * 1.8, hollow = false }) {
    const { context, colours, stroke } = this.pen;
    for (const [x, y] of points) {
      context.beginPath();
      context.arc(this.x(x), this.y(y), radius, 0, 2 * Math.PI);
      context.fillStyle = hollow ? colours.paper : colour;
      context.fill();
      if (!hollow) continue;
      context.strokeStyle = colour;
      context.lineWidth = stroke;
      context.stroke();
    }
  }

  /**
   * Upright bars from low to high: [[x, low, high], …].
   *
   * @param {number[][]} spans
   * @param {{colour: string}} look
   */
  intervals(spans, { colour }) {
    const { pen } = this;
    for (const [x, low, high] of spans) {
      const at = this.x(x);
      pen.line(at, this.y(low), at, this.y(high), colour, pen.stroke);
      for (const end of [low, high]) {
        pen.line(at - pen.stroke * 2, this.y(end), at + pen.stroke * 2, this.y(end), colour, pen.stroke);
      }
    }
  }

  /** The names of the lines at their right ends, moved apart where they would touch. */
  drawEnds() {
    const { pen, inner } = this;
    const places = apart(this.ends.map(({ y }) => y), pen.label * 1.15, inner.y, inner.y + inner.height);
    this.ends.forEach(({ x, text, colour }, i) =>
      pen.write(text, x + pen.label * 0.6, places[i], { colour, bold: true }));
    this.ends = [];
  }

  /**
   * Which of `xs` stands nearest to a point of the picture, as its index; null outside the plot.
   *
   * @param {number[]} xs
   * @param {number} left
   * @param {number} top
   */
  nearest(xs, left, top) {
    const { inner } = this;
    const outside = left < inner.x - 12 || left > inner.x + inner.width + 12 || top < inner.y - 12
      || top > inner.y + inner.height + 12;
    if (outside || !xs.length) return null;
    const away = xs.map((x) => Math.abs(this.x(x) - left));
    return away.indexOf(Math.min(...away));
  }
}

/**
 * @param {Axis} axis
 * @param {[number, number]} range
 * @returns {Scale}
 */
function scaleOf({ from, to, log = false }, range) {
  return (log ? scaleLog : scaleLinear)([from, to], range);
}

/**
 * @param {Scale} scale
 * @param {Axis} axis
 */
function ticksOf(scale, { ticks = 5, format }) {
  const values = Array.isArray(ticks) ? ticks : scale.ticks(ticks);
  const text = format ?? scale.tickFormat(values.length);
  return values.map((value) => ({ value, text: text(value) }));
}

/**
 * Heights at least `gap` apart, in their order, between `low` and `high`, near where they were.
 *
 * @param {number[]} heights
 * @param {number} gap
 * @param {number} low
 * @param {number} high
 */
export function apart(heights, gap, low, high) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const placed = [...heights];
  let least = low;
  for (const i of order) {
    placed[i] = Math.max(placed[i], least);
    least = placed[i] + gap;
  }
  let most = high;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], most);
    most = placed[i] - gap;
  }
  return placed;
}

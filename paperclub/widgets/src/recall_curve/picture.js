import { Axes } from "../kit/axes.js";
import { sizeCanvas } from "../kit/canvas.js";
import { Pen } from "../kit/pen.js";
import { fifths } from "./data.js";

/** The lowest and highest number that the axis must hold, so that it stays while trials come in. */
export function span({ scores, control }) {
  const all = [...scores, ...(control ?? []).map(([, value]) => value)];
  return [Math.floor(Math.min(...all)), Math.max(0, Math.ceil(Math.max(...all)))];
}

/**
 * Draw the curve, and below it the bars of attention where there are any.
 *
 * `view` is {look, width, height, set, values, trials, place}: `values` are the means, which may be on
 * their way from one choice to the next. Returns the axes, by which a point finds its place.
 */
export function draw(canvas, view) {
  const { look, width, height, set } = view;
  const context = sizeCanvas(canvas, width, height);
  context.clearRect(0, 0, width, height);
  const pen = new Pen(context, look, { size: look.size, label: Math.round(look.size * 0.85) });
  const foot = set.attention ? Math.round(Math.min(height * 0.3, pen.label * 8)) : 0;
  const axes = curve(pen, view, height - foot);
  if (foot) bars(pen, view, axes, height - foot, foot);
  return axes;
}

function curve(pen, { set, values, trials, place, width }, height) {
  const { places, scores, control } = set;
  const { colours, stroke } = pen;
  const [low, high] = span(set);
  const labels = control ? ["mean", "control"] : ["mean"];
  const step = places > 20 && width < 30 * pen.label ? 10 : 5;
  const ticks = [1, ...Array.from({ length: Math.floor(places / step) }, (_, i) => (i + 1) * step)];
  const axes = new Axes(pen, { x: 0, y: 0, width, height }, {
    x: { from: 0.5, to: places + 0.5, name: `place of the asked fact, of ${places}`, ticks, format: String },
    y: { from: low, to: high, name: "log-probability of the answer, nats", ticks: 5, format: (v) => String(v).replace("-", "−") },
    labels,
  });
  shadeFifths(pen, axes, places);
  axes.draw();
  pen.context.globalAlpha = Math.max(0.3, 0.6 / Math.sqrt(trials));
  for (let trial = 0; trial < trials; trial += 1) {
    const points = Array.from({ length: places }, (_, i) => [i + 1, scores[trial * places + i]]);
    axes.dots(points, { colour: colours.query, radius: stroke * 1.2 });
  }
  pen.context.globalAlpha = 1;
  if (control) axes.control(control, { label: "control" });
  axes.line(values.map((value, i) => [i + 1, value]), { colour: colours.query, text: colours.queryText, label: "mean" });
  axes.drawEnds();
  mark(pen, axes, place, values[place]);
  return axes;
}

/** The three fifths that the sentence compares, as pale grounds with their names. */
function shadeFifths(pen, axes, places) {
  const { size, starts } = fifths(places);
  const { context, colours, label } = pen;
  starts.forEach((start, i) => {
    const [left, right] = [axes.x(start + 0.5), axes.x(start + size + 0.5)];
    context.globalAlpha = 0.35;
    pen.bar(left, axes.inner.y, right - left, axes.inner.height, colours.rule);
    context.globalAlpha = 1;
    pen.write(["first", "middle", "last"][i], (left + right) / 2, axes.inner.y + axes.inner.height - label * 0.7, {
      align: "center", colour: colours.muted, width: Math.max(right - left, label * 2),
    });
  });
}

function mark(pen, axes, place, value) {
  const [x, y] = [axes.x(place + 1), axes.y(value)];
  const side = pen.stroke * 5;
  pen.ring(x - side / 2, y - side / 2, side, side);
}

function bars(pen, { set, place }, axes, top, height) {
  const { label, colours, stroke } = pen;
  const shares = set.attention[place];
  const most = Math.max(...shares);
  const [floor, room] = [top + height - label * 0.4, height - label * 2.6];
  const step = axes.x(2) - axes.x(1);
  const name = `looks at each fact when fact ${place + 1} is asked for (largest ${most.toFixed(2)})`;
  pen.write(name, axes.inner.x, top + label * 0.6, { colour: colours.queryText, width: axes.inner.width });
  shares.forEach((share, i) => {
    const high = room * (share / most);
    pen.bar(axes.x(i + 1) - step * 0.36, floor - high, step * 0.72, high, colours.query);
    if (i === place) pen.ring(axes.x(i + 1) - step * 0.36, floor - high, step * 0.72, high);
  });
  pen.line(axes.inner.x, floor, axes.inner.x + axes.inner.width, floor, colours.rule, Math.max(1, stroke / 2));
}

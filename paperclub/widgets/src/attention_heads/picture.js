import { fitText, sizeCanvas } from "../kit/canvas.js";
import { drawBars } from "../kit/bars.js";
import { drawHeatMap } from "../kit/heatmap.js";
import { roles } from "../kit/colour.js";
import { MONO, SANS } from "../kit/type.js";
import { strongest } from "./data.js";
import { layout } from "./layout.js";

/** Measure the names and lay the picture out for the room that there is. */
export function arrange(canvas, space, names) {
  const context = canvas.getContext("2d");
  context.font = `${labelSize(space.size)}px ${MONO}`;
  const widest = (texts) => Math.max(...texts.map((text) => context.measureText(text).width));
  const counts = { queries: names.queries.length, keys: names.keys.length };
  return layout(space, counts, { query: widest(names.queries), key: widest(names.keys) });
}

const labelSize = (size) => Math.round(size * 0.85);

/**
 * Draw the whole picture.
 *
 * `view` is {look, names, at, picture, values, control, controlName, answer}: `values` are the heights
 * of the bars, which may be on their way from one query to the next.
 */
export function draw(canvas, place, view) {
  const context = sizeCanvas(canvas, place.width, place.height);
  const pen = {
    context, place, view, colours: roles(view.look.dark),
    label: labelSize(place.size), stroke: view.look.stroke,
  };
  context.clearRect(0, 0, place.width, place.height);
  const { map, plot } = place;
  drawHeatMap(context, view.picture, map.x, map.y, map.width, map.height);
  drawGaps(pen);
  drawCorner(pen);
  drawQueryNames(pen);
  drawKeyNames(pen);
  drawChoice(pen);
  drawHeading(pen);
  context.font = `${pen.label}px ${SANS}`;
  drawBars(context, plot, { values: view.values, control: view.control }, pen.colours, pen.stroke);
  drawNumbers(pen);
  drawAnswer(pen);
}

/** Hair lines of the page's own ground between cells that are large enough to be told apart. */
function drawGaps({ context, place, colours }) {
  const { map } = place;
  if (Math.min(map.cellWidth, map.cellHeight) < 9) return;
  context.save();
  context.globalAlpha = 0.4;
  context.fillStyle = colours.paper;
  for (let x = map.cellWidth; x < map.width - 1; x += map.cellWidth) {
    context.fillRect(Math.round(map.x + x) - 0.5, map.y, 1, map.height);
  }
  for (let y = map.cellHeight; y < map.height - 1; y += map.cellHeight) {
    context.fillRect(map.x, Math.round(map.y + y) - 0.5, map.width, 1);
  }
  context.restore();
}

/** Which way queries and keys run, in their own colours, where the two meet. */
function drawCorner({ context, place, colours, label }) {
  context.font = `${label}px ${SANS}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "right";
  context.fillStyle = colours.keyText;
  context.fillText("key →", place.map.x - label * 0.6, place.map.y - label * 1.25);
  context.fillStyle = colours.queryText;
  context.fillText("query ↓", place.map.x - label * 0.6, place.map.y - label * 0.15);
}

function drawQueryNames({ context, place, view, colours, label }) {
  const { map } = place;
  const room = map.cellHeight >= label * 0.7;
  const small = Math.min(label, map.cellHeight * 1.05);
  context.textAlign = "right";
  context.textBaseline = "middle";
  view.names.queries.forEach((name, i) => {
    const chosen = i === view.at.query;
    if (!room && !chosen) return;
    context.font = chosen ? `bold ${label}px ${MONO}` : `${small}px ${MONO}`;
    context.fillStyle = chosen ? colours.queryText : colours.muted;
    const width = map.x - label * 0.8;
    context.fillText(fitText(name, width, (t) => context.measureText(t).width),
      map.x - label * 0.5, map.y + (i + 0.5) * map.cellHeight);
  });
}

function drawKeyNames(pen) {
  const { context, place, view, colours, label } = pen;
  const { map } = place;
  const room = place.level || map.cellWidth >= label * 0.95;
  const marked = view.at.key ?? strongest(view.weights);
  view.names.keys.forEach((name, i) => {
    const chosen = i === marked;
    if (!room && !chosen) return;
    context.save();
    context.font = `${chosen ? "bold " : ""}${label}px ${MONO}`;
    context.fillStyle = chosen ? colours.keyText : colours.muted;
    context.translate(map.x + (i + 0.5) * map.cellWidth, map.y - label * 0.45);
    if (!place.level) context.rotate(-Math.PI / 2);
    context.textAlign = place.level ? "center" : "left";
    context.textBaseline = place.level ? "alphabetic" : "middle";
    const width = place.level ? map.cellWidth : place.names - label * 0.6;
    context.fillText(fitText(name, width, (t) => context.measureText(t).width), 0, 0);
    context.restore();
  });
}

/** The chosen row, ringed in the colour of "look here" with a dark edge that shows on pale cells too. */
function drawChoice({ context, place, view, colours, stroke }) {
  const { map } = place;
  const ring = (x, y, width, height, colour) => {
    const out = stroke / 2;
    for (const [line, style] of [[stroke + 2, "#1C1C1E"], [stroke, colour]]) {
      context.lineWidth = line;
      context.strokeStyle = style;
      context.strokeRect(x - out, y - out, width + 2 * out, height + 2 * out);
    }
  };
  const top = map.y + view.at.query * map.cellHeight;
  ring(map.x, top, map.width, map.cellHeight, colours.emphasis);
  if (view.at.key !== null) {
    ring(map.x + view.at.key * map.cellWidth, top, map.cellWidth, map.cellHeight, "#FFFFFF");
  }
}

/** Names the bars on themselves: whose weights they are, and what the dashes mean. */
function drawHeading({ context, place, view, colours, label, stroke }) {
  const { plot } = place;
  const y = plot.y - label * 0.9;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = `${label}px ${SANS}`;
  context.fillStyle = colours.queryText;
  const own = `weights of ${view.names.queries[view.at.query]}, head ${view.at.head + 1}`;
  const measure = (text) => context.measureText(text).width;
  const control = `${view.controlName} (control)`;
  const dash = label * 2;
  const wanted = measure(control) + dash + label;
  const right = view.control && wanted < plot.width * 0.6 ? wanted : 0;
  context.fillText(fitText(own, plot.width - right - label, measure), plot.x, y);
  if (!right) return;
  context.fillStyle = colours.controlText;
  context.textAlign = "right";
  context.fillText(control, plot.x + plot.width, y);
  context.save();
  context.strokeStyle = colours.control;
  context.lineWidth = stroke;
  context.setLineDash([stroke * 2.5, stroke * 1.5]);
  context.beginPath();
  context.moveTo(plot.x + plot.width - right + label * 0.5, y - label * 0.3);
  context.lineTo(plot.x + plot.width - right + dash, y - label * 0.3);
  context.stroke();
  context.restore();
}

/** Numbers over the three largest weights, or over the one that the reader points to. */
function drawNumbers({ context, place, view, colours, label }) {
  const { plot } = place;
  const largest = view.weights.map((weight, i) => [weight, i])
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 3)
    .filter(([weight]) => weight >= 0.05).map(([, i]) => i);
  const wanted = view.at.key === null ? largest : [view.at.key];
  context.font = `bold ${label}px ${SANS}`;
  context.fillStyle = colours.ink;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const taken = [];
  for (const i of wanted) {
    const text = view.weights[i].toFixed(2);
    const half = context.measureText(text).width / 2;
    const x = Math.min(plot.x + (i + 0.5) * plot.step, plot.x + plot.width - half);
    if (taken.some((other) => Math.abs(other - x) < 2 * half + 4)) continue;
    taken.push(x);
    const top = plot.y + plot.height * (1 - view.values[i]);
    context.fillText(text, x, Math.max(top - 3, plot.y + 1 - label * 0.1));
  }
}

/** Under the bar of the key that holds the answer: a tick and the word, in the colour of "correct". */
function drawAnswer({ context, place, view, colours, label }) {
  if (view.answer === null) return;
  const { plot } = place;
  context.font = `bold ${label}px ${SANS}`;
  context.fillStyle = colours.valueText;
  context.textAlign = "center";
  context.textBaseline = "top";
  const text = "✓ answer";
  const half = context.measureText(text).width / 2;
  const x = Math.min(Math.max(plot.x + (view.answer + 0.5) * plot.step, plot.x + half),
    plot.x + plot.width - half);
  context.fillText(text, x, plot.y + plot.height + label * 0.25);
}

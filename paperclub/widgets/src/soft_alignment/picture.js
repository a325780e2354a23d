import { Pen } from "../kit/pen.js";
import { drawBars } from "../kit/bars.js";
import { drawHeatMap, heatMap } from "../kit/heatmap.js";
import { sizeCanvas } from "../kit/canvas.js";
import { SANS } from "../kit/type.js";
import { shown, strongest } from "./words.js";

/** The rows of weights as a picture of one pixel a cell. */
export function pictureOf(weights) {
  const bytes = Uint8Array.from(weights.flat(), (weight) => Math.round(255 * weight));
  return heatMap(bytes, 0, weights.length, weights[0].length);
}

/**
 * Draw the whole picture.
 *
 * `view` is {frame, look, at, values, picture}: `frame` the figure's look, `look` what the model made
 * of the text, `values` the heights of the bars, which may be on their way from one step to the next.
 */
export function draw(canvas, place, view) {
  const context = sizeCanvas(canvas, place.width, place.height);
  const pen = new Pen(context, view.frame, place);
  context.clearRect(0, 0, place.width, place.height);
  if (!view.look.letters.length) return;
  drawHeading(pen, place, view);
  context.font = `${place.label}px ${SANS}`;
  drawBars(context, place.plot, { values: view.values, control: null }, pen.colours, pen.stroke);
  drawNumbers(pen, place, view);
  drawLetters(pen, place, view);
  const { map } = place;
  drawHeatMap(context, view.picture, map.x, map.y, map.width, map.height);
  drawGaps(pen, map);
  drawMuted(pen, map, view);
  drawWritten(pen, place, view);
  const top = map.y + view.at.step * map.cellHeight;
  pen.ring(map.x, top, map.width, map.cellHeight);
  if (view.at.key !== null) {
    pen.ring(map.x + view.at.key * map.cellWidth, top, map.cellWidth, map.cellHeight, "#FFFFFF");
  }
}

function drawHeading(pen, { plot, label, width }, { look, at }) {
  const text = `writing letter ${at.step + 1}, ${shown(look.wrote[at.step])}: where it looks`;
  pen.write(text, plot.x, label * 0.8, { colour: pen.colours.queryText, width: width - plot.x });
}

/** Numbers over the three largest weights, or over the one that the reader points to. */
function drawNumbers(pen, { plot, label }, { look, at, values }) {
  const row = look.weights[at.step];
  const largest = row.map((weight, i) => [weight, i])
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 3)
    .filter(([weight]) => weight >= 0.05).map(([, i]) => i);
  const taken = [];
  for (const i of at.key === null ? largest : [at.key]) {
    const text = row[i].toFixed(2);
    pen.face({ bold: true });
    const half = pen.measure(text) / 2;
    const x = plot.x + (i + 0.5) * plot.step;
    if (taken.some((other) => Math.abs(other - x) < 2 * half + 4)) continue;
    taken.push(x);
    const top = plot.y + plot.height * (1 - values[i]);
    pen.write(text, x, top - label * 0.55, { bold: true, align: "center" });
  }
}

/** The letters that are read. One whose state the attention may not see is struck through. */
function drawLetters(pen, { plot, names, label, map }, { look, at }) {
  const best = at.key ?? strongest(look.weights[at.step]);
  const y = plot.y + plot.height + names * 0.4;
  const size = Math.max(8, Math.min(label * 1.2, map.cellWidth * 1.5));
  pen.write("reads →", plot.x - label * 0.6, y, { align: "right", colour: pen.colours.keyText });
  look.letters.forEach((letter, i) => {
    const x = plot.x + (i + 0.5) * plot.step;
    const muted = at.muted.includes(i);
    const bold = i === best && !muted;
    pen.write(shown(letter), x, y, {
      mono: true, bold, size, align: "center",
      colour: muted ? pen.colours.controlText : bold ? pen.colours.keyText : pen.colours.ink,
    });
    if (muted) {
      const reach = Math.min(plot.step * 0.45, size * 0.55);
      pen.line(x - reach, y + reach, x + reach, y - reach, pen.colours.controlText, pen.stroke);
    }
  });
}

/** Hair lines of the page's own ground between cells that are large enough to be told apart. */
function drawGaps({ context, colours }, map) {
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

/** Columns at which nothing may look: the page's ground, with a dashed line down the middle. */
function drawMuted(pen, map, { at }) {
  for (const key of at.muted) {
    const x = map.x + key * map.cellWidth;
    pen.bar(x, map.y, map.cellWidth, map.height, pen.colours.paper);
    const middle = x + map.cellWidth / 2;
    pen.line(middle, map.y, middle, map.y + map.height, pen.colours.control, pen.stroke, [3, 3]);
  }
}

/** The letters that are written, and beside a row what it wrote before something was muted. */
function drawWritten(pen, { map, label }, { look, at }) {
  const size = Math.max(8, Math.min(label * 1.2, map.cellHeight * 1.05));
  const left = map.x - label * 0.6;
  pen.write("writes ↓", left, map.y - label * 0.6, { align: "right", colour: pen.colours.queryText });
  look.wrote.forEach((letter, i) => {
    const y = map.y + (i + 0.5) * map.cellHeight;
    const changed = letter !== look.before[i];
    pen.write(shown(letter), left, y, {
      mono: true, size, align: "right", bold: i === at.step || changed,
      colour: i === at.step || changed ? pen.colours.queryText : pen.colours.ink,
    });
    if (!changed) return;
    const x = map.x + map.width + label * 0.5;
    pen.write("≠", x, y, { bold: true, size, colour: pen.colours.ink });
    pen.write(shown(look.before[i]), x + label, y, { mono: true, size, colour: pen.colours.controlText });
  });
}

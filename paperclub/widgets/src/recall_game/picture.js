import { Axes } from "../kit/axes.js";
import { sizeCanvas } from "../kit/canvas.js";
import { Pen } from "../kit/pen.js";
import { sharesOf } from "./data.js";

function penFor(canvas, { look, width, height }) {
  const context = sizeCanvas(canvas, width, height);
  context.clearRect(0, 0, width, height);
  return new Pen(context, look, { size: look.size, label: Math.round(look.size * 0.85) });
}

/** One word, as large as the room allows, and how many have been said. */
export function drawWord(canvas, view, text, below) {
  const pen = penFor(canvas, view);
  const { width, height } = view;
  pen.face({ bold: true, size: 100 });
  const size = Math.min(height * 0.4, (width * 0.9 * 100) / Math.max(1, pen.measure(text)));
  pen.write(text, width / 2, height * 0.45, { align: "center", bold: true, size });
  pen.write(below, width / 2, height * 0.85, { align: "center", colour: pen.colours.muted });
}

/** The room's curve and the model's, on one axis of shares; returns the axes. */
export function drawCurves(canvas, view, game, chosen) {
  const pen = penFor(canvas, view);
  const { colours, label } = pen;
  const { words, tallies, model, name } = game;
  const n = words.length;
  const played = tallies.some((count) => count > 0);
  const roomLabel = "your room";
  const axes = new Axes(pen, { x: 0, y: 0, width: view.width, height: view.height - label * 1.6 }, {
    x: { from: 0.5, to: n + 0.5, name: "place in the list", ticks: [1, ...[5, 10, 15, 20, 25, 30].filter((i) => i <= n)], format: String },
    y: { from: 0, to: 1, name: "share recalled", ticks: [0, 0.25, 0.5, 0.75, 1], format: String },
    labels: [...(model.length ? [name] : []), roomLabel],
  });
  axes.draw();
  const along = (i) => 1 + (i * (n - 1)) / Math.max(1, model.length - 1);
  if (model.length) {
    axes.line(model.map((share, i) => [along(i), share]), { colour: colours.query, text: colours.queryText, label: name });
  }
  if (played) {
    // Words further on have not been counted yet: nobody has said that they were forgotten.
    const counted = Math.max(chosen, tallies.findLastIndex((count) => count > 0)) + 1;
    axes.line(sharesOf(game).slice(0, counted).map((share, i) => [i + 1, share]), { colour: colours.key, text: colours.keyText, label: roomLabel });
  }
  axes.drawEnds();
  drawChosen(pen, axes, game, chosen, view.height - label * 0.7);
  return axes;
}

/** The word that is being counted: its column, and below the axis its name and its tally. */
function drawChosen(pen, axes, game, chosen, y) {
  const { label, colours } = pen;
  const x = axes.x(chosen + 1);
  const half = (axes.x(2) - axes.x(1)) / 2;
  pen.ring(x - half, axes.inner.y, 2 * half, axes.inner.height);
  const text = `${chosen + 1}. ${game.words[chosen]}: ${game.tallies[chosen]} of ${game.people}`;
  pen.face({ bold: true });
  const wide = Math.min(pen.measure(text), axes.inner.width) / 2;
  const middle = Math.min(Math.max(x, axes.inner.x + wide), axes.inner.x + axes.inner.width - wide);
  pen.write(text, middle, y, { align: "center", bold: true, colour: colours.keyText, width: axes.inner.width });
  pen.face({ size: label });
}

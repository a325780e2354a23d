import { sizeCanvas } from "../kit/canvas.js";
import { Pen } from "../kit/pen.js";
import { convexHull, shortestTour } from "./geometry.js";
import { toCanvas } from "./layout.js";
import { MOST_EXACT, isBeyond, named } from "./words.js";

/**
 * Draw the whole picture.
 *
 * `view` is {look, task, points, trained, chosen, step, shares, point, exact}: `shares` are those of
 * pointing `step`, which may be on their way from another one.
 */
export function draw(canvas, place, view) {
  const context = sizeCanvas(canvas, place.width, place.height);
  context.clearRect(0, 0, place.width, place.height);
  const pen = new Pen(context, view.look, { size: place.size, label: Math.round(place.size * 0.85) });
  const sheet = { pen, place, view, at: (i) => (i === view.points.length ? endOf(place) : toCanvas(place, view.points[i])) };
  drawBoard(sheet);
  if (view.exact) drawExact(sheet);
  drawOutline(sheet);
  drawPointing(sheet);
  drawPoints(sheet);
  drawEnd(sheet);
  drawMark(sheet);
  drawList(sheet);
}

const endOf = ({ end }) => [end.x + end.width / 2, end.y + end.height];

function drawBoard({ pen, place: { board } }) {
  const { context, colours } = pen;
  context.strokeStyle = colours.rule;
  context.lineWidth = 1;
  context.strokeRect(board.x + 0.5, board.y + 0.5, board.side - 1, board.side - 1);
}

function trace(context, corners, closed) {
  context.beginPath();
  corners.forEach(([x, y]) => context.lineTo(x, y));
  if (closed) context.closePath();
}

/** Whether the exact answer is asked for and takes the page too long. */
const isTooMuch = ({ task, points, exact }) => exact && task === "tour" && points.length > MOST_EXACT;

/** The exact answer, in the colour of "correct" and dashed, so that both outlines are seen. */
function drawExact({ pen, view, at }) {
  if (isTooMuch(view)) return; // the mark says so
  const { context, colours, stroke } = pen;
  context.save();
  trace(context, (view.task === "tour" ? shortestTour : convexHull)(view.points).map(at), true);
  context.strokeStyle = colours.value;
  context.lineWidth = stroke * 3.5;
  context.setLineDash([stroke * 5, stroke * 3]);
  context.stroke();
  context.restore();
}

/** What has been pointed out before this pointing; once END is pointed at, the closed outline. */
function drawOutline({ pen, view, at }) {
  const { context, colours, stroke } = pen;
  const ended = view.chosen[view.step - 1] === view.points.length;
  trace(context, view.chosen.slice(0, view.step - 1).map(at), ended);
  if (ended) {
    context.save();
    context.globalAlpha = 0.12;
    context.fillStyle = colours.query;
    context.fill();
    context.restore();
  }
  context.strokeStyle = colours.query;
  context.lineWidth = stroke * 1.5;
  context.lineJoin = "round";
  context.stroke();
}

/** The pointing distribution: lines from the last corner, as wide and as strong as their shares. */
function drawPointing({ pen, view, at }) {
  const { context, colours, stroke } = pen;
  if (view.step === 1) return; // there is no corner yet to point from: rings alone
  const from = at(view.chosen[view.step - 2]);
  context.save();
  context.strokeStyle = colours.emphasis;
  context.lineCap = "round";
  view.shares.forEach((share, i) => {
    if (share < 0.005) return;
    context.globalAlpha = 0.35 + 0.65 * share;
    context.lineWidth = stroke * (0.5 + 3.5 * share);
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...at(i));
    context.stroke();
  });
  context.restore();
}

function drawPoints({ pen, place, view, at }) {
  const { context, colours, stroke, label } = pen;
  const used = new Set(view.chosen.slice(0, view.step - 1));
  const radius = Math.max(4, label * 0.36);
  view.points.forEach((_, i) => {
    const [x, y] = at(i);
    const share = view.shares[i];
    if (share >= 0.005) ring(pen, x, y, radius + stroke * (1 + 2.5 * share), colours.emphasis);
    if (i === view.point) ring(pen, x, y, radius + stroke * 4, colours.key);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = used.has(i) ? colours.query : colours.paper;
    context.fill();
    context.strokeStyle = used.has(i) ? colours.query : colours.ink;
    context.lineWidth = stroke;
    context.stroke();
    const right = x < place.board.x + place.board.side - label * 2.4;
    const above = y > place.board.y + label * 1.5;
    pen.write(String(i + 1), x + (right ? 1 : -1) * (radius + stroke * 3.2), y + (above ? -1 : 1) * label * 0.75, {
      align: right ? "left" : "right", colour: i === view.point ? colours.keyText : colours.muted,
      bold: i === view.point,
    });
  });
}

function ring({ context, stroke }, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.lineWidth = stroke;
  context.stroke();
}

function drawEnd({ pen, place: { end }, view }) {
  const { context, colours, stroke } = pen;
  const share = view.shares[view.points.length];
  context.fillStyle = colours.paper;
  context.fillRect(end.x, end.y, end.width, end.height);
  context.strokeStyle = share >= 0.005 ? colours.emphasis : colours.muted;
  context.lineWidth = stroke * (1 + 2 * share);
  context.strokeRect(end.x, end.y, end.width, end.height);
  pen.write("END", end.x + end.width / 2, end.y + end.height / 2, { align: "center", bold: share >= 0.5 });
}

/** What the mark may say, from the longest to the shortest. */
function marks(view, beyond) {
  const [n, [fewest, most]] = [view.points.length, view.trained];
  if (isTooMuch(view)) return [`${n} points; no exact tour beyond ${MOST_EXACT}`, `${n}; exact up to ${MOST_EXACT}`];
  if (!beyond) return [`${n} points, as in training`, `${n} points`];
  return [`${n} points; trained on ${fewest} to ${most}`, `${n}, trained on ${fewest}–${most}`, `${n} (${fewest}–${most})`];
}

/** How many points there are, and whether that is beyond what the network was trained on. */
function drawMark({ pen, place: { board, end }, view }) {
  const { colours, label, context } = pen;
  const beyond = isBeyond(view.points.length, view.trained);
  const y = end.y + end.height / 2;
  if (beyond) {
    context.beginPath();
    context.arc(board.x + label * 0.5, y, label * 0.35, 0, 2 * Math.PI);
    context.fillStyle = colours.emphasis;
    context.fill();
  }
  const forms = marks(view, beyond);
  const width = end.x - board.x - label * 2;
  pen.face({ bold: beyond });
  const words = forms.find((form) => pen.measure(form) <= width) ?? forms.at(-1);
  pen.write(words, board.x + (beyond ? label * 1.3 : 0), y, {
    colour: beyond ? colours.ink : colours.muted, bold: beyond, width,
  });
}

/** The likeliest next outputs as bars, with their shares. */
function drawList({ pen, place: { panel, size }, view }) {
  const { colours, label } = pen;
  const n = view.points.length;
  const order = view.shares.map((_, i) => i).sort((a, b) => view.shares[b] - view.shares[a] || a - b);
  const last = view.step > 1 ? ` after point ${view.chosen[view.step - 2] + 1}` : "";
  let y = panel.y + label * 0.6;
  pen.write(`pointing ${view.step}${last}`, panel.x, y, { colour: colours.muted, width: panel.width });
  const names = pen.widest(["point 40"]) + label * 0.6;
  const numbers = pen.widest(["0.00"]) + label * 0.4;
  for (const i of order.slice(0, panel.rows)) {
    y += size * 1.5;
    const share = view.shares[i];
    pen.write(named(i, n), panel.x, y, { bold: i === order[0] });
    const room = panel.width - names - numbers;
    pen.bar(panel.x + names, y - label * 0.45, room * share, label * 0.9, colours.emphasis);
    pen.write(share.toFixed(2), panel.x + panel.width, y, { align: "right", bold: i === order[0] });
  }
}

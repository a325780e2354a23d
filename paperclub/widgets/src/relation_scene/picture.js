import { sizeCanvas, wrapText } from "../kit/canvas.js";
import { Pen } from "../kit/pen.js";
import { ANSWERS, number, pairNames, questionOf, strongest, textOf } from "./data.js";
import { mapper, radiusOf } from "./layout.js";

/**
 * Draw scene and panel.
 *
 * `view` is {look, data, at, thought, places, chosen, size}: `places` are where the objects are shown,
 * which may be on their way to where they are.
 */
export function draw(canvas, place, view) {
  const context = sizeCanvas(canvas, place.width, place.height);
  context.clearRect(0, 0, place.width, place.height);
  const pen = new Pen(context, view.look, { size: view.size, label: Math.round(view.size * 0.85) });
  const map = mapper(place.scene, view.data.reach);
  const spots = view.places.map(map.toPicture);
  drawFrame(pen, place.scene);
  drawNearest(pen, place.scene, view, spots);
  drawPairs(pen, place.scene, view, spots);
  drawObjects(pen, place.scene, view, spots);
  drawPanel(pen, place, view);
}

function drawFrame({ context, colours }, { x, y, side }) {
  context.lineWidth = 1;
  context.strokeStyle = colours.rule;
  context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
}

/** A grey dashed circle about the object that is asked about, through the one nearest to it. */
function drawNearest({ context, colours, stroke }, { x, y, side }, { at, thought }, spots) {
  if (thought.target === at.asked) return;
  const [cx, cy] = spots[at.asked];
  const [tx, ty] = spots[thought.target];
  context.save();
  context.beginPath();
  context.rect(x, y, side, side);
  context.clip();
  context.beginPath();
  context.arc(cx, cy, Math.hypot(tx - cx, ty - cy), 0, 2 * Math.PI);
  context.strokeStyle = colours.control;
  context.lineWidth = Math.max(1, stroke / 2);
  context.setLineDash([stroke * 2.5, stroke * 1.5]);
  context.stroke();
  context.restore();
}

const LEAST = 0.04; // of the strongest pair: weaker ones would only be a haze

function drawPairs(pen, scene, { thought }, spots) {
  const { context, colours, stroke } = pen;
  const most = Math.max(...thought.pairs.map((pair) => Math.abs(pair.moves)), 1e-9);
  const widest = scene.side * 0.022;
  for (const { i, j, moves } of thought.pairs) {
    const share = Math.abs(moves) / most;
    if (share < LEAST) continue;
    context.save();
    context.globalAlpha = 0.85;
    context.strokeStyle = moves > 0 ? colours.query : colours.key;
    context.lineWidth = Math.max(1, share * widest);
    if (moves < 0) context.setLineDash([stroke * 3, stroke * 2]);
    context.beginPath();
    if (i === j) context.arc(...spots[i], radiusOf(scene) * 1.75, 0, 2 * Math.PI);
    else {
      context.moveTo(...spots[i]);
      context.lineTo(...spots[j]);
    }
    context.stroke();
    context.restore();
  }
}

function drawObjects(pen, scene, { data, at, chosen }, spots) {
  const { context, colours, label } = pen;
  const r = radiusOf(scene);
  spots.forEach(([x, y], k) => {
    context.beginPath();
    if (at.shapes[k]) context.arc(x, y, r, 0, 2 * Math.PI);
    else context.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
    context.fillStyle = data.tints[k];
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = colours.ink;
    context.stroke();
    if (k === chosen) pen.ring(x - r * 1.35, y - r * 1.35, r * 2.7, r * 2.7);
    const below = y + r * 1.4 + label * 0.75;
    const inside = below < scene.y + scene.side - label * 0.4;
    const asked = k === at.asked;
    const name = asked ? `${data.names[k]} ?` : data.names[k];
    pen.face({ bold: asked });
    const half = Math.min(pen.measure(name), label * 7) / 2;
    const middle = Math.min(Math.max(x, scene.x + half + 3), scene.x + scene.side - half - 3);
    const top = inside ? below : y - r * 1.4 - label * 0.65;
    plate(pen, middle, top, half);
    pen.write(name, middle, top, { align: "center", bold: asked, width: label * 7, colour: asked ? colours.queryText : colours.ink });
  });
}

/** The page's own ground behind a name, so that lines do not run through its letters. */
function plate({ context, colours, label }, x, y, half) {
  context.save();
  context.globalAlpha = 0.8;
  context.fillStyle = colours.paper;
  context.fillRect(x - half - 2, y - label * 0.6, 2 * half + 4, label * 1.2);
  context.restore();
}

function drawPanel(pen, { panel, narrow }, view) {
  const { data, at, thought } = view;
  const { label } = pen;
  let { y } = panel;
  y += label * 0.8;
  pen.face({ bold: true });
  const question = `What is ${textOf(questionOf(data, at))}?`;
  for (const line of wrapText(question, panel.width, pen.measure)) {
    pen.write(line, panel.x, y, { bold: true, width: panel.width });
    y += label * 1.35;
  }
  y = drawAnswers(pen, { ...panel, y: y + label * 0.2 }, thought);
  pen.write(verdict(view), panel.x, y + label * 0.3, {
    bold: true, width: panel.width, colour: thought.right ? pen.colours.valueText : pen.colours.keyText,
  });
  y += label * 1.9;
  if (!narrow) drawStrongest(pen, { ...panel, y, height: panel.y + panel.height - y }, view);
}

function verdict({ data, at, thought }) {
  const truth = `${data.names[thought.target]} is a ${ANSWERS[at.shapes[thought.target]]}`;
  return thought.right ? `✓ right: ${truth}` : `✗ wrong: ${truth}`;
}

function drawAnswers(pen, { x, y, width }, { answer, confidence }) {
  const { label, colours } = pen;
  const start = x + label * 4.2;
  const room = x + width - start - label * 3;
  ANSWERS.forEach((name, k) => {
    const share = k === answer ? confidence : 1 - confidence;
    const middle = y + label * 0.7 + k * label * 1.6;
    pen.write(name, x, middle, { bold: k === answer });
    pen.line(start, middle - label * 0.6, start, middle + label * 0.6, colours.muted);
    pen.bar(start, middle - label * 0.5, share * room, label, colours.query);
    pen.write(share.toFixed(2), start + share * room + label * 0.4, middle, { bold: k === answer });
  });
  return y + label * 4.2;
}

/** The pairs that move the margin most, as bars to both sides of zero. */
function drawStrongest(pen, { x, y, width, height }, { data, thought }) {
  const { label, colours } = pen;
  const step = label * 1.5;
  const rows = strongest(thought.pairs, Math.max(0, Math.min(6, Math.floor((height - label * 4.3) / step))));
  if (!rows.length) return;
  pen.write("pairs that move the margin most", x, y + label * 0.5, { colour: colours.muted, width });
  const names = rows.map((pair) => textOf(pairNames(data, pair)));
  const strip = Math.min(pen.widest(names), width * 0.42);
  const room = (width - strip - label * 7) / 2;
  const zero = x + strip + label * 3.5 + room;
  const most = Math.max(...rows.map((pair) => Math.abs(pair.moves)), 1e-9);
  rows.forEach((pair, k) => {
    const middle = y + label * 2.1 + k * step;
    const length = (pair.moves / most) * room;
    pen.write(names[k], x, middle, { width: strip });
    pen.bar(zero, middle - label * 0.4, length, label * 0.8, pair.moves > 0 ? colours.query : colours.key);
    const end = zero + length + (length < 0 ? -1 : 1) * label * 0.3;
    pen.write(number(pair.moves), end, middle, { align: length < 0 ? "right" : "left" });
  });
  const foot = y + label * 2.1 + rows.length * step;
  pen.line(zero, y + label * 1.4, zero, foot - label * 0.7, colours.muted);
  pen.write("against it", zero - label * 0.6, foot, { align: "right", colour: colours.keyText });
  pen.write("for it", zero + label * 0.6, foot, { colour: colours.queryText });
}

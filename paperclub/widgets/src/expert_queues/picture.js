import { sizeCanvas } from "../kit/canvas.js";
import { Pen } from "../kit/pen.js";
import { shown } from "./words.js";

const DARK_INK = "#1C1C1E"; // on orange, in light and dark

/**
 * Where everything stands, in CSS pixels: the text in lines above, a queue for each expert below.
 *
 * @param {Space} space
 * @param {ReturnType<typeof import("./route.js").route>} routed what `route` gives
 */
export function layout({ width, height, size }, { letters, loads, capacity }) {
  const label = Math.round(size * 0.85);
  const cell = Math.max(label * 0.82, 7);
  const each = Math.max(1, Math.floor(width / cell));
  const line = Math.round(label * 1.55);
  const strip = { x: 0, y: 0, cell, each, line, height: Math.ceil(Math.max(letters.length, 1) / each) * line };
  const gutter = Math.round(label * 7.4);
  const top = strip.height + Math.round(label * 2.4);
  const rowHeight = Math.max(7, Math.min(Math.floor((height - top - 4) / loads.length), Math.round(label * 1.6)));
  const longest = Math.max(...loads, capacity + 1);
  const step = Math.min((width - gutter - label) / longest, label * 1.1);
  return {
    label, strip, gutter, top, rowHeight, step, width, capacityX: gutter + capacity * step,
    height: top + rowHeight * loads.length + 4,
  };
}

/** Where a character of the text stands. */
const boxOf = ({ strip }, i) => ({
  x: strip.x + (i % strip.each) * strip.cell, y: strip.y + Math.floor(i / strip.each) * strip.line,
  width: strip.cell, height: strip.line - 2,
});

/** Which character a point belongs to, in the text or in a queue; null elsewhere. */
export function letterAt(place, routed, x, y) {
  const { strip, gutter, top, rowHeight, step } = place;
  if (y < strip.height) {
    const column = Math.floor(x / strip.cell);
    const i = Math.floor(y / strip.line) * strip.each + column;
    return column < strip.each && i < routed.letters.length ? i : null;
  }
  const row = Math.floor((y - top) / rowHeight);
  return routed.queues[row]?.[Math.floor((x - gutter) / step)]?.letter ?? null;
}

/** Draw the whole picture: `at` is the chosen character. */
export function draw(canvas, place, { routed, at, look }) {
  const context = sizeCanvas(canvas, place.width, place.height);
  context.clearRect(0, 0, place.width, place.height);
  const pen = new Pen(context, look, { size: look.size, label: place.label });
  if (routed.letters.length) drawPaths(pen, place, routed, at);
  drawText(pen, place, routed, at);
  routed.queues.forEach((queue, expert) => drawQueue(pen, place, routed, expert, queue, at));
  drawCapacity(pen, place, routed);
}

function drawText(pen, place, { letters }, at) {
  letters.forEach((letter, i) => {
    const box = boxOf(place, i);
    const chosen = i === at;
    if (chosen) pen.bar(box.x, box.y, box.width, box.height, pen.colours.query);
    pen.write(shown(letter), box.x + box.width / 2, box.y + box.height / 2, {
      mono: true, bold: chosen, align: "center", size: pen.label * 0.95,
      colour: chosen ? pen.colours.paper : shown(letter) === letter ? pen.colours.ink : pen.colours.muted,
    });
  });
}

/** Where the chosen character stands in a queue: the middle of its cell. */
function spot({ gutter, top, rowHeight, step }, expert, place) {
  return { x: gutter + (place + 0.5) * step, y: top + (expert + 0.5) * rowHeight };
}

/** From the chosen character to its places, as thick as its gates. */
function drawPaths(pen, place, { experts, gates, queues }, at) {
  const { context } = pen;
  const from = boxOf(place, at);
  const start = { x: from.x + from.width / 2, y: from.y + from.height };
  context.strokeStyle = pen.colours.query;
  context.globalAlpha = 0.55;
  experts[at].forEach((expert, j) => {
    const to = spot(place, expert, queues[expert].findIndex(({ letter }) => letter === at));
    context.lineWidth = pen.stroke * (0.6 + 2.2 * gates[at][j]);
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.bezierCurveTo(start.x, (start.y + to.y) / 2, to.x, (start.y + to.y) / 2, to.x, to.y);
    context.stroke();
  });
  context.globalAlpha = 1;
}

function drawQueue(pen, place, { letters, capacity }, expert, queue, at) {
  const { gutter, top, rowHeight, step, label } = place;
  const { context, colours } = pen;
  const y = top + expert * rowHeight;
  const small = Math.min(label, rowHeight * 0.86);
  const idle = queue.length === 0;
  pen.write(`expert ${expert + 1}`, gutter - label * 2.5, y + rowHeight / 2, {
    align: "right", size: small, colour: idle ? colours.muted : colours.ink,
  });
  pen.write(String(queue.length), gutter - label * 0.5, y + rowHeight / 2, {
    align: "right", size: small, bold: true, colour: idle ? colours.muted : colours.ink,
  });
  queue.forEach(({ letter, gate }, i) => {
    const x = gutter + i * step;
    const over = i >= capacity;
    context.fillStyle = colours.paper;
    context.fillRect(x, y + 1, step, rowHeight - 2);
    context.globalAlpha = over ? 1 : 0.16 + 0.34 * gate;
    pen.bar(x + 0.5, y + 1, Math.max(step - 1, 1), rowHeight - 2, over ? colours.emphasis : colours.query);
    context.globalAlpha = 1;
    if (step >= small * 0.55 && rowHeight >= 9) {
      pen.write(shown(letters[letter]), x + step / 2, y + rowHeight / 2, {
        mono: true, size: small * 0.9, align: "center", colour: over ? DARK_INK : colours.ink, bold: letter === at,
      });
    }
  });
  // Last, so that no neighbour lies over the ring.
  const seat = queue.findIndex(({ letter }) => letter === at);
  if (seat >= 0) pen.ring(gutter + seat * step + 0.5, y + 2, step - 1, rowHeight - 4, colours.query);
}

function drawCapacity(pen, place, { queues, capacity }) {
  const { top, rowHeight, capacityX, label } = place;
  const { colours, stroke } = pen;
  const end = top + rowHeight * queues.length;
  pen.line(capacityX, top - label * 0.4, capacityX, end, colours.control, stroke, [stroke * 2.5, stroke * 1.5]);
  const text = `capacity ${capacity}`;
  pen.face();
  const right = capacityX + pen.measure(text) > place.width;
  pen.write(text, capacityX, top - label * 1.05, { align: right ? "right" : "left", colour: colours.controlText });
}

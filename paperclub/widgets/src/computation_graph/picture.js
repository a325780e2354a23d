import { fitText, sizeCanvas } from "../kit/canvas.js";
import { roles } from "../kit/colour.js";
import { MONO, SANS } from "../kit/type.js";
import { number } from "./words.js";

const FACES = { "+": "+", "-": "−", "*": "×", "/": "÷", negative: "− ( )" };

/** What stands in the head of a node's box. */
function face({ kind, text, number: exponent }) {
  if (kind === "input" || kind === "number") return text;
  return kind === "power" ? `( )^${exponent}`.replace("-", "−") : FACES[kind] ?? kind;
}

/**
 * Draw the graph.
 *
 * `view` is {nodes, way, known, now, look}: `now` is the step that is being taken. What it reads and
 * what it writes is marked in the colour of "look here".
 */
export function draw(canvas, place, view) {
  const context = sizeCanvas(canvas, place.width, place.height);
  const pen = { context, place, ...view, colours: roles(view.look.dark), stroke: view.look.stroke };
  context.clearRect(0, 0, place.width, place.height);
  view.nodes.forEach((node, i) => new Set(node.parents).forEach((parent) => drawLine(pen, parent, i)));
  view.nodes.forEach((_, i) => drawBox(pen, i));
  view.nodes.forEach((node, i) => new Set(node.parents).forEach((parent) => drawSlope(pen, parent, i)));
}

/** Where a line leaves a box and where it arrives at the next one. */
function ends({ boxes, sideways }, from, to) {
  const [a, b] = [boxes[from], boxes[to]];
  if (sideways) return [a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2];
  return [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y];
}

function drawLine(pen, from, to) {
  const { context, place, now, colours, stroke } = pen;
  const [x1, y1, x2, y2] = ends(place, from, to);
  const backward = now.phase === "back" && now.node === to && now.handed.some((one) => one.to === from);
  const forward = now.phase === "forward" && now.node === to;
  context.strokeStyle = backward || forward ? colours.emphasis : colours.control;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = backward || forward ? stroke * 1.75 : stroke * 0.6;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  if (forward) arrow(pen, x1, y1, x2, y2);
  if (backward) arrow(pen, x2, y2, x1, y1);
}

/** The head of an arrow at (x2, y2), coming from (x1, y1). */
function arrow({ context, stroke }, x1, y1, x2, y2) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const length = stroke * 5;
  context.beginPath();
  context.moveTo(x2, y2);
  for (const turn of [-0.45, 0.45]) {
    context.lineTo(x2 - length * Math.cos(angle + turn), y2 - length * Math.sin(angle + turn));
  }
  context.fill();
}

/** A box with the node's name, its value, and its gradient as far as they are known. */
function drawBox(pen, i) {
  const { context, place, nodes, known, now, colours, stroke } = pen;
  const { x, y, width, height } = place.boxes[i];
  const node = nodes[i];
  const active = now.node === i || now.handed.some((one) => one.to === i);
  const leaf = node.parents.length === 0;
  context.fillStyle = colours.paper;
  context.strokeStyle = active ? colours.emphasis : leaf ? colours.control : colours.ink;
  context.lineWidth = active ? stroke * 1.75 : stroke * 0.75;
  context.beginPath();
  context.roundRect(x, y, width, height, leaf ? height / 3 : 4);
  context.fill();
  context.stroke();
  const { label } = place;
  const middle = x + width / 2;
  const line = (n) => y + label * 0.25 + (n + 0.5) * label * 1.3;
  const write = (text, n, font, colour) => {
    context.font = font;
    context.fillStyle = colour;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const room = width - 6;
    context.fillText(fitText(text, room, (t) => context.measureText(t).width), middle, line(n), room);
  };
  write(face(node), 0, `bold ${label}px ${MONO}`, colours.ink);
  if (known.values[i] !== null) {
    write(number(known.values[i]), 1, `${label}px ${SANS}`, colours.queryText);
  }
  if (known.gradients[i] !== null) {
    write(`← ${number(known.gradients[i])}`, 2, `${label}px ${SANS}`, colours.keyText);
  }
}

/** On a line that gradients have come back along: by what they were multiplied. */
function drawSlope(pen, from, to) {
  const { context, place, nodes, known, way, now, colours, look } = pen;
  if (known.gradients[to] === null || nodes[from].kind === "number" || !pen.handedOn(to)) return;
  const slopes = nodes[to].parents.flatMap((parent, i) => (parent === from ? [way.slopes[to][i]] : []));
  const [x1, y1, x2, y2] = ends(place, from, to);
  const size = place.label * 0.88;
  const active = now.phase === "back" && now.node === to;
  context.font = `${active ? "bold " : ""}${size}px ${SANS}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = look.stroke * 2.5;
  context.lineJoin = "round";
  context.strokeStyle = colours.paper;
  context.fillStyle = active ? colours.ink : colours.muted;
  slopes.forEach((slope, i) => {
    const text = `×${number(slope)}`;
    const y = (y1 + y2) / 2 + (i - (slopes.length - 1) / 2) * size * 1.2;
    context.strokeText(text, (x1 + x2) / 2, y);
    context.fillText(text, (x1 + x2) / 2, y);
  });
}

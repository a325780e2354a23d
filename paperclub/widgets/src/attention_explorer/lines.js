import { listLayout } from "./layout.js";

const NUMBERED = 0.05;

function place(pen, box, { look }) {
  const widest = pen.widest(look.names, { mono: true });
  const strip = Math.min(widest, box.width * 0.3);
  const number = pen.label * 3.6;
  return { ...listLayout(box, { n: look.n, size: pen.size, label: pen.label }), strip,
    left: box.x + strip + pen.label * 0.6, right: box.x + box.width - strip - number - pen.label * 0.6 };
}

/** Two strips of the same tokens: from each query a line to every key, as strong as its weight. */
export function drawLines(pen, box, view) {
  const at = place(pen, box, view);
  const y = box.y + pen.label * 2.6;
  pen.write("query", at.left - pen.label * 0.6, y, { align: "right", colour: pen.colours.queryText });
  pen.write("key", at.right + pen.label * 0.6, y, { colour: pen.colours.keyText });
  drawOthers(pen, at, view);
  if (view.control) drawFan(pen, at, view, view.control.weights, pen.colours.control, [5, 4]);
  drawFan(pen, at, view, view.weights, pen.colours.query);
  drawStrips(pen, at, view);
}

/** All other queries, faint: the pattern of the whole head. */
function drawOthers(pen, at, { look, at: { layer, head, query } }) {
  const weights = look.weights(layer, head);
  for (let i = 0; i < look.n; i += 1) {
    for (let j = 0; i !== query && j < look.n; j += 1) {
      const weight = weights[i * look.n + j];
      if (weight < 0.08) continue;
      pen.context.globalAlpha = 0.35 * weight;
      pen.line(at.left, at.y(i), at.right, at.y(j), pen.colours.muted);
    }
  }
  pen.context.globalAlpha = 1;
}

function drawFan(pen, at, { at: { query } }, weights, colour, dash = []) {
  weights.forEach((weight, j) => {
    if (weight < 0.005) return;
    pen.context.globalAlpha = Math.min(1, 0.15 + weight);
    pen.line(at.left, at.y(query), at.right, at.y(j), colour, Math.max(1, weight * pen.stroke * 3), dash);
  });
  pen.context.globalAlpha = 1;
}

function drawStrips(pen, at, { look, weights, at: { query, key }, best }) {
  const small = Math.min(pen.label, at.step * 1.05);
  const room = at.step >= pen.label * 0.7;
  const marked = key ?? best;
  look.names.forEach((name, i) => {
    const y = at.y(i);
    const write = (x, chosen, colour, align) => (room || chosen) && pen.write(name, x, y, {
      mono: true, bold: chosen, align, width: at.strip, size: chosen ? pen.label : small,
      colour: chosen ? colour : pen.colours.muted,
    });
    write(at.left - pen.label * 0.6, i === query, pen.colours.queryText, "right");
    write(at.right + pen.label * 0.6, i === marked, pen.colours.keyText, "left");
    const wanted = i === key || (room && weights[i] >= NUMBERED);
    if (wanted) {
      pen.write(weights[i].toFixed(2), at.right + at.strip + pen.label * 1.1, y,
        { bold: i === marked, size: i === marked ? pen.label : small });
    }
  });
}

/** At the left a query, at the right a key, or null. */
export function cellOfLines(pen, box, view, x, y) {
  const at = place(pen, box, view);
  const i = at.at(y);
  if (i < 0 || i >= view.look.n) return null;
  return x < (at.left + at.right) / 2 ? { query: i, key: null } : { query: view.at.query, key: i };
}

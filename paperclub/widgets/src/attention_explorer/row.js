import { scaleLinear } from "d3-scale";
import { listLayout } from "./layout.js";
import { digits } from "../kit/pen.js";

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(number | null)[]} values null where nothing was computed
 * @property {number[]} [control]
 * @property {number[]} domain
 * @property {number} share of the width
 * @property {(value: number) => string} format
 */

function place(pen, box, { look }) {
  const strip = Math.min(pen.widest(look.names, { mono: true }), box.width * 0.26);
  return { ...listLayout(box, { n: look.n, size: pen.size, label: pen.label }), strip, x: box.x + strip + pen.label * 0.9 };
}

/**
 * The chosen query, key by key: the product with the query, the same divided by √d, and the weights
 * that softmax makes of them. The first two share one scale (a unit is as long), so that the division
 * shows.
 *
 * @param {import("../kit/pen.js").Pen} pen
 * @param {Box} box
 * @param {any} view has look, weights, control, width, at and best; `products` and `scaled`
 *   are null where only weights are known
 */
export function drawRow(pen, box, view) {
  const at = place(pen, box, view);
  const columns = columnsOf(view);
  const gap = pen.label * 2.9; // room for the number at the end of a bar
  const room = box.x + box.width - at.x - gap * (columns.length - 1) - pen.label * 2.6;
  const share = columns.reduce((sum, column) => sum + column.share, 0);
  let x = at.x;
  drawNames(pen, box, at, view);
  for (const column of columns) {
    const width = (room * column.share) / share;
    drawColumn(pen, { ...at, x, width }, view, column);
    x += width + gap;
  }
}

/**
 * @param {any} view
 * @returns {Column[]}
 */
function columnsOf({ look, weights, control, products, scaled, width, at }) {
  const shares = {
    title: "weight", values: weights, control: control?.weights, domain: [0, 1], share: 1, format: (v) => v.toFixed(2),
  };
  if (!products) return [shares];
  const start = at.query * look.n;
  const seen = (all) => Array.from(all.subarray(start, start + look.n), (v) => (Number.isNaN(v) ? null : v));
  const raw = seen(products);
  const known = raw.filter((value) => value !== null);
  const domain = [Math.min(0, ...known), Math.max(0, ...known)];
  const root = Math.sqrt(width);
  return [
    { title: "q · k", values: raw, domain, share: 1, format: digits },
    { title: `÷ √${width}`, values: seen(scaled), domain: domain.map((end) => end / root), share: 1 / root, format: digits },
    { ...shares, title: "softmax" },
  ];
}

function drawNames(pen, box, at, { look, at: { key }, best }) {
  const small = Math.min(pen.label, at.step * 1.05);
  const marked = key ?? best;
  pen.write("key", box.x + at.strip, box.y + pen.label * 2.6, { align: "right", colour: pen.colours.keyText });
  look.names.forEach((name, i) => {
    if (at.step < pen.label * 0.7 && i !== marked) return;
    pen.write(name, box.x + at.strip, at.y(i), {
      mono: true, bold: i === marked, align: "right", width: at.strip, size: i === marked ? pen.label : small,
      colour: i === marked ? pen.colours.keyText : pen.colours.muted,
    });
  });
}

/**
 * @param {import("../kit/pen.js").Pen} pen
 * @param {any} box
 * @param {any} view
 * @param {Column} column
 */
function drawColumn(pen, box, { at: { key }, best }, { title, values, control, domain, format }) {
  const scale = scaleLinear(domain, [0, box.width]);
  const zero = box.x + scale(0);
  const thick = Math.max(1, box.step * 0.66);
  pen.write(title, box.x, box.top - pen.label, { colour: pen.colours.queryText });
  pen.line(zero, box.top, zero, box.top + values.length * box.step, pen.colours.rule);
  const marked = key ?? best;
  values.forEach((value, i) => {
    if (value === null) return;
    const y = box.y(i);
    pen.bar(zero, y - thick / 2, scale(value) - scale(0), thick, i === marked ? pen.colours.emphasis : pen.colours.query);
    if (control) {
      const x = zero + scale(control[i]);
      pen.line(x, y - box.step / 2, x, y + box.step / 2, pen.colours.control, pen.stroke);
    }
    if (i !== marked) return;
    const end = value < 0 ? zero : zero + scale(value) - scale(0);
    pen.write(format(value), end + pen.label * 0.3, y, { bold: true });
  });
}

/** The key on whose line a point lies, with the query that is chosen; or null. */
export function cellOfRow(pen, box, view, x, y) {
  const i = place(pen, box, view).at(y);
  return i >= 0 && i < view.look.n ? { query: view.at.query, key: i } : null;
}

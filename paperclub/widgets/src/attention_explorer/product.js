import { scaleLinear } from "d3-scale";
import { listLayout } from "./layout.js";
import { digits } from "../kit/pen.js";

/**
 * One number written out: the dot product of the chosen query and key, term by term, then divided by
 * √d, then as the weight that softmax makes of it.
 *
 * @param {import("../kit/pen.js").Pen} pen
 * @param {Box} box
 * @param {any} view has look, at, best and weights; `product` as productOf gives it, or null
 */
export function drawProduct(pen, box, view) {
  const key = view.at.key ?? view.best;
  const { names } = view.look;
  drawPair(pen, box, names[view.at.query], names[key]);
  if (!view.product) {
    pen.write("A query never sees a token that comes after it:", box.x, box.y + pen.label * 5, { width: box.width });
    pen.write("there is no product to write out.", box.x, box.y + pen.label * 6.6, { width: box.width });
    return;
  }
  const { terms } = view.product;
  const lines = { n: terms.length, size: pen.size, label: pen.label, foot: pen.label * 5.4 };
  const at = listLayout({ ...box, y: box.y + pen.label * 0.6 }, lines);
  const columns = columnsOf(pen, box);
  drawTerms(pen, at, columns, terms);
  drawSum(pen, box, at, columns, view);
}

function drawPair(pen, box, query, key) {
  const y = box.y + pen.label * 2.5;
  const half = box.width * 0.42;
  pen.write(query, box.x, y, { mono: true, bold: true, colour: pen.colours.queryText, width: half });
  const x = box.x + Math.min(pen.measure(query), half) + pen.label * 0.6;
  pen.write("·", x, y, { bold: true });
  pen.write(key, x + pen.label * 0.8, y, { mono: true, bold: true, colour: pen.colours.keyText, width: half });
}

function columnsOf(pen, box) {
  const unit = Math.min(pen.label * 4.2, box.width / 6);
  return { index: box.x + unit * 0.5, query: box.x + unit * 1.6, key: box.x + unit * 2.8, product: box.x + unit * 4, unit,
    plot: { x: box.x + unit * 4.25, width: Math.max(10, box.width - unit * 4.25) } };
}

function drawTerms(pen, at, columns, terms) {
  const size = Math.min(pen.label, at.step * 1.05);
  const largest = Math.abs(terms[0].product) || 1;
  const scale = scaleLinear([-largest, largest], [0, columns.plot.width]);
  const zero = columns.plot.x + scale(0);
  const right = { align: "right", size };
  terms.forEach(({ index, query, key, product }, i) => {
    const y = at.y(i);
    pen.write(String(index + 1), columns.index, y, { ...right, colour: pen.colours.muted });
    pen.write(digits(query), columns.query, y, { ...right, colour: pen.colours.queryText });
    pen.write(`× ${digits(key)}`, columns.key, y, { ...right, colour: pen.colours.keyText });
    pen.write(`= ${digits(product)}`, columns.product, y, right);
    const colour = product < 0 ? pen.colours.query : pen.colours.key;
    pen.bar(zero, y - at.step * 0.33, scale(product) - scale(0), at.step * 0.66, colour);
  });
  pen.line(zero, at.top, zero, at.y(terms.length - 1) + at.step / 2, pen.colours.muted);
}

function drawSum(pen, box, at, columns, { product, weights, at: { query, key }, best }) {
  const { terms, sum, scaled, width } = product;
  const top = at.y(terms.length - 1) + at.step / 2 + pen.label * 0.5;
  pen.line(box.x, top, columns.product, top, pen.colours.ink);
  const seen = query + 1;
  const end = columns.product - columns.unit * 1.3;
  const lines = [
    [`sum of ${width} terms`, `= ${digits(sum)}`],
    [`÷ √${width}`, `= ${digits(scaled)}`],
    [`softmax over ${seen} ${seen === 1 ? "key" : "keys"}`, `= ${weights[key ?? best].toFixed(2)}`],
  ];
  lines.forEach(([what, value], i) => {
    const y = top + pen.label * (0.95 + 1.45 * i);
    const last = i === lines.length - 1;
    pen.write(what, end, y, { align: "right", colour: pen.colours.muted, width: end - box.x });
    pen.write(value, columns.product, y, { align: "right", bold: true });
    if (last) pen.write("the weight", columns.product + pen.label * 0.6, y, { colour: pen.colours.muted });
  });
}

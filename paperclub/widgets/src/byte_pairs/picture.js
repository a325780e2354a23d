import { Axes } from "../kit/axes.js";
import { drawTokens, tokenBoxes } from "../kit/tokens.js";
import { rates } from "./pairs.js";

/** @typedef {import("../kit/pen.js").Pen} Pen */

const SMALLEST = 8; // type of tokens, in pixels, when a text has many

/**
 * How large tokens are written so that even all bytes apart take at most `share` of the height.
 *
 * @param {Pen} pen
 * @param {number} width
 * @param {number} height
 * @param {string[]} names the tokens
 * @param {number} [share]
 * @returns {{label: number, height: number}} the size of type, and the room that the strip takes
 */
export function stripRoom(pen, width, height, names, share = 0.5) {
  for (let label = pen.label; ; label -= 1) {
    const boxes = tokenBoxes({ ...sized(pen, label) }, { x: 0, y: 0, width }, names, SPACING);
    const last = boxes.at(-1);
    const room = last ? last.y + last.height : label * 1.7;
    if (room <= height * share || label <= SMALLEST) return { label, height: room };
  }
}

const SPACING = { gap: 2 };

/**
 * @param {Pen} pen
 * @param {number} label
 */
function sized(pen, label) {
  /** @type {Pen["face"]} */
  const face = ({ mono = false, bold = false, size = label } = {}) => pen.face({ mono, bold, size });
  /** @type {Pen["write"]} */
  const write = (text, x, y, options = {}) => pen.write(text, x, y, { size: label, ...options });
  return {
    label, face, write, measure: pen.measure, colours: pen.colours, bar: pen.bar.bind(pen),
  };
}

/** Draw the text as tokens; those that the last merge made stand out. Returns their boxes. */
export function drawStrip(pen, { width, label }, names, isNew) {
  const small = sized(pen, label);
  const boxes = tokenBoxes(small, { x: 0, y: 0, width }, names, SPACING);
  drawTokens(small, boxes, (i) =>
    (isNew(i) ? { fill: pen.colours.emphasis, ink: "#1C1C1E", bold: true } : { fill: pen.colours.rule }));
  return boxes;
}

/** Bits a token and bits a byte over the number of merges, with the chosen number marked. */
export function drawRates(pen, box, reading, k) {
  const all = reading.bits.map((_, i) => rates(reading, i));
  const most = Math.max(...all.map(({ token }) => token), 1);
  const axes = new Axes(pen, box, {
    x: { from: 0, to: Math.max(all.length - 1, 1), name: "merges", ticks: pen.narrow ? 4 : 8 },
    y: { from: 0, to: Math.ceil(most), name: "bits", ticks: 5 },
    labels: ["a token", "a byte"],
  });
  axes.draw();
  const { inner } = axes;
  pen.line(axes.x(k), inner.y, axes.x(k), inner.y + inner.height, pen.colours.emphasis, pen.stroke);
  axes.control(all.map(({ token }, i) => [i, token]), { label: "a token" });
  axes.line(all.map(({ byte }, i) => [i, byte]), {
    colour: pen.colours.query, text: pen.colours.queryText, dots: false, label: "a byte", width: pen.stroke * 1.5,
  });
  axes.dots([[k, all[k].token]], { colour: pen.colours.control });
  axes.dots([[k, all[k].byte]], { colour: pen.colours.query });
  axes.drawEnds();
  return axes;
}

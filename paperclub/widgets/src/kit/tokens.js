import { fitText } from "./canvas.js";

/**
 * Where tokens stand in a strip that breaks into lines: one box {x, y, width, height, text} each.
 *
 * @param {Pick<import("./pen.js").Pen, "label" | "face" | "measure">} pen
 * @param {{x: number, y: number, width: number}} box the strip's place
 * @param {string[]} names the tokens, as text
 * @param {{least?: number, gap?: number, below?: number}} [room] the least width of a box, such as what is
 *   written below a token needs; the room between boxes, and below them
 */
export function tokenBoxes(pen, box, names, { least = 0, gap = pen.label * 0.35, below = 0 } = {}) {
  pen.face({ mono: true });
  const height = pen.label * 1.7;
  const boxes = [];
  let [x, y] = [box.x, box.y];
  for (const name of names) {
    const text = fitText(name, box.width - pen.label, pen.measure);
    const width = Math.max(pen.measure(text) + pen.label * 0.9, least);
    if (x > box.x && x + width > box.x + box.width) {
      x = box.x;
      y += height + gap + below;
    }
    boxes.push({ x, y, width, height, text });
    x += width + gap;
  }
  return boxes;
}

/**
 * Draw the tokens of `tokenBoxes`.
 *
 * @param {Pick<import("./pen.js").Pen, "colours" | "bar" | "write">} pen
 * @param {(Box & {text: string})[]} boxes
 * @param {(i: number) => {fill?: string, ink?: string, bold?: boolean}} [looks] gives for each place the
 *   ground of its box (none by default), and how it is written
 */
export function drawTokens(pen, boxes, looks = () => ({})) {
  boxes.forEach(({ x, y, width, height, text }, i) => {
    const { fill, ink = pen.colours.ink, bold = false } = looks(i);
    if (fill) pen.bar(x, y, width, height, fill);
    pen.write(text, x + width / 2, y + height / 2, { mono: true, bold, align: "center", colour: ink });
  });
}

/**
 * Which token a point stands on, or null.
 *
 * @param {Box[]} boxes
 * @param {number} x
 * @param {number} y
 */
export function tokenAt(boxes, x, y) {
  const at = boxes.findIndex((box) =>
    x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
  return at < 0 ? null : at;
}

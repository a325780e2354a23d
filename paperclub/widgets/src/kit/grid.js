import { sizeCanvas } from "./canvas.js";
import { Pen } from "./pen.js";

const LEAST_ROW = 34;
/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => Math.min(most, Math.max(least, value));

/**
 * A cleared canvas with its pen, as wide as the figure; labels shrink on a phone.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pick<import("./figure.js").FigureFrame, "look" | "width">} frame
 * @param {number} height
 */
export function penFor(canvas, frame, height) {
  const look = frame.look();
  const width = frame.width();
  const size = width < 30 * look.size ? Math.min(look.size, 15) : look.size;
  const context = sizeCanvas(canvas, width, height);
  context.clearRect(0, 0, width, height);
  return new Pen(context, look, { size, label: Math.round(size * 0.85) });
}

/**
 * A table that people fill: a head for each row and column, and in each cell a number above a bar.
 *
 * @typedef {{text: string, below?: string, colour?: string}} Head `below` is a second line of a column's head
 */
export class Grid {
  /**
   * @param {Pen} pen
   * @param {Box} box
   * @param {{rows: Head[], columns: Head[], tail?: {head: string, texts: string[]} | null}} heads `tail` is one
   *   more column, of words
   */
  constructor(pen, box, { rows, columns, tail = null }) {
    this.pen = pen;
    this.box = box;
    this.rows = rows;
    this.columns = columns;
    this.tail = tail;
    const { label } = pen;
    this.head = label * (columns.some(({ below }) => below) ? 2.9 : 1.7);
    const widest = pen.widest(rows.map(({ text }) => text), { bold: true }) + label;
    this.left = box.x + Math.min(widest, box.width * 0.34);
    const end = tail ? pen.widest([tail.head, ...tail.texts], { bold: true }) + label : 0;
    this.cell = {
      width: (box.x + box.width - end - this.left) / columns.length,
      height: within((box.height - this.head) / rows.length, LEAST_ROW, label * 6),
    };
    this.top = box.y + this.head;
    this.bottom = this.top + this.cell.height * rows.length;
  }

  /**
   * Draw it.
   *
   * @param {(i: number, j: number) => {share: number, text: string, colour: string} | null} cellOf null for a
   *   cell that there is not
   * @param {number[]} chosen the row and the column
   */
  draw(cellOf, [row, column]) {
    this.#drawHeads(row, column);
    const { pen, left, top, cell } = this;
    for (let i = 0; i < this.rows.length; i += 1) {
      for (let j = 0; j < this.columns.length; j += 1) {
        const content = cellOf(i, j);
        if (content) this.#drawCell(left + j * cell.width, top + i * cell.height, content);
      }
    }
    const gap = pen.stroke + 2;
    pen.ring(left + column * cell.width + gap, top + row * cell.height + gap, cell.width - 2 * gap, cell.height - 2 * gap);
  }

  /**
   * @param {number} row the chosen one
   * @param {number} column the chosen one
   */
  #drawHeads(row, column) {
    const { pen, box, left, top, cell, tail } = this;
    const { label, colours } = pen;
    const width = cell.width - label * 0.3;
    this.columns.forEach(({ text, below, colour }, j) => {
      const x = left + (j + 0.5) * cell.width;
      pen.write(text, x, box.y + label * 0.8, { align: "center", bold: j === column, colour, width });
      if (below) pen.write(below, x, box.y + label * 2, { align: "center", colour: colours.valueText, width });
    });
    this.rows.forEach(({ text, colour }, i) =>
      pen.write(text, box.x, top + (i + 0.5) * cell.height, { bold: i === row, colour, width: left - box.x - label * 0.5 }));
    if (!tail) return;
    const end = box.x + box.width;
    pen.write(tail.head, end, box.y + label * 0.8, { align: "right", colour: colours.valueText });
    tail.texts.forEach((text, i) =>
      pen.write(text, end, top + (i + 0.5) * cell.height, { align: "right", bold: true, colour: colours.valueText }));
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {{share: number, text: string, colour: string}} content
   */
  #drawCell(x, y, { share, text, colour }) {
    const { pen, cell } = this;
    const { label, colours } = pen;
    const room = cell.height - label * 1.6;
    pen.context.strokeStyle = colours.rule;
    pen.context.lineWidth = 1;
    pen.context.strokeRect(x + 0.5, y + 0.5, cell.width, cell.height);
    pen.bar(x + cell.width * 0.2, y + cell.height - share * room, cell.width * 0.6, share * room, colour);
    pen.write(text, x + cell.width / 2, y + label * 0.85, { align: "center", colour: text === "0" ? colours.muted : colours.ink });
  }

  /**
   * Which cell a point stands on, as [row, column], or null.
   *
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const column = Math.floor((x - this.left) / this.cell.width);
    const row = Math.floor((y - this.top) / this.cell.height);
    const inside = row >= 0 && row < this.rows.length && column >= 0 && column < this.columns.length;
    return inside ? [row, column] : null;
  }
}

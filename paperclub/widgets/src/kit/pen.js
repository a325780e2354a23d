import { fitText } from "./canvas.js";
import { roles } from "./colour.js";
import { MONO, SANS } from "./type.js";

/** A context with the figure's colours, sizes and ways of writing. */
export class Pen {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{dark: boolean, stroke: number}} look of the figure
   * @param {{size: number, label: number}} type the sizes of type: words, and labels
   */
  constructor(context, { dark, stroke }, { size, label }) {
    this.context = context;
    this.dark = dark;
    this.stroke = stroke;
    this.size = size;
    this.label = label;
    this.colours = roles(dark);
  }

  /** @type {(text: string) => number} */
  measure = (text) => this.context.measureText(text).width;

  /**
   * Choose a face: `mono` for tokens, else words.
   *
   * @param {Face} [face]
   */
  face({ mono = false, bold = false, size = this.label } = {}) {
    this.context.font = `${bold ? "bold " : ""}${size}px ${mono ? MONO : SANS}`;
  }

  /**
   * Write `text` at (x, y), cut to `width`; `y` is its middle.
   *
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {Face & {colour?: string, align?: CanvasTextAlign, width?: number, baseline?: CanvasTextBaseline}} [look]
   */
  write(text, x, y, { colour = this.colours.ink, align = "left", width = Infinity, baseline = "middle", ...face } = {}) {
    const { context } = this;
    this.face(face);
    context.fillStyle = colour;
    context.textAlign = align;
    context.textBaseline = baseline;
    context.fillText(width === Infinity ? text : fitText(text, width, this.measure), x, y);
  }

  /**
   * @param {string[]} texts
   * @param {Face} [face]
   */
  widest(texts, face) {
    this.face(face);
    return Math.max(...texts.map(this.measure));
  }

  /**
   * A ring in the colour of "look here", with a dark edge that shows on pale grounds too.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {string} [colour]
   */
  ring(x, y, width, height, colour = this.colours.emphasis) {
    const { context, stroke } = this;
    for (const { line, style } of [{ line: stroke + 2, style: "#1C1C1E" }, { line: stroke, style: colour }]) {
      context.lineWidth = line;
      context.strokeStyle = style;
      context.strokeRect(x - stroke / 2, y - stroke / 2, width + stroke, height + stroke);
    }
  }

  /**
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2
   * @param {string} colour
   * @param {number} [width]
   * @param {number[]} [dash]
   */
  line(x1, y1, x2, y2, colour, width = 1, dash = []) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {string} colour
   */
  bar(x, y, width, height, colour) {
    this.context.fillStyle = colour;
    this.context.fillRect(Math.min(x, x + width), y, Math.abs(width), height);
  }

  /**
   * The control's bar: its outline in grey dashes.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  outline(x, y, width, height) {
    const { context, stroke } = this;
    context.strokeStyle = this.colours.control;
    context.lineWidth = stroke;
    context.setLineDash([stroke * 2.5, stroke * 1.5]);
    context.strokeRect(Math.min(x, x + width), y, Math.abs(width), height);
    context.setLineDash([]);
  }
}

/**
 * At most three significant digits, with a true minus.
 *
 * @param {number} value
 */
export function digits(value) {
  const size = Math.abs(value);
  const text = size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

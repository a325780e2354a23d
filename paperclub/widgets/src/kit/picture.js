import { contextOf, wrapText } from "./canvas.js";
import { make } from "./dom.js";
import { roles } from "./colour.js";

/**
 * Save what is on a canvas, with the line above it and the sentence under it, as a PNG file.
 *
 * @param {string} name
 * @param {string} lead
 * @param {HTMLCanvasElement} canvas
 * @param {string} sentence
 * @param {{dark: boolean}} look
 */
export function savePicture(name, lead, canvas, sentence, { dark }) {
  const ratio = window.devicePixelRatio || 1;
  const colours = roles(dark);
  const margin = 24 * ratio;
  const font = `${16 * ratio}px system-ui, sans-serif`;
  const line = 24 * ratio;
  const picture = make("canvas");
  const context = contextOf(picture);
  const width = Math.max(canvas.width, 480 * ratio);
  context.font = font;
  /** @param {string} text */
  const measure = (text) => context.measureText(text).width;
  const above = wrapText(lead, width, measure);
  const below = wrapText(sentence, width, measure);
  picture.width = width + 2 * margin;
  picture.height = canvas.height + (above.length + below.length + 1) * line + 2 * margin;

  context.fillStyle = colours.paper;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colours.ink;
  context.font = font;
  context.textBaseline = "top";
  above.forEach((text, i) => context.fillText(text, margin, margin + i * line));
  const top = margin + (above.length + 0.5) * line;
  context.drawImage(canvas, margin, top);
  below.forEach((text, i) =>
    context.fillText(text, margin, top + canvas.height + (i + 0.5) * line));
  picture.toBlob((blob) => {
    if (blob) download(blob, `${name.toLowerCase().replaceAll(/\W+/g, "-")}.png`);
  });
}

/**
 * @param {Blob} blob
 * @param {string} file its name
 */
function download(blob, file) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: file }).click();
  // The browser reads the address after this task: it must outlive the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

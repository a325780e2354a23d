import { contextOf } from "./canvas.js";
import { amountPixels } from "./colour.js";

/** @type {ReturnType<typeof amountPixels> | null} */
let palette = null;

/**
 * A matrix of bytes as a picture of one pixel a cell, to be scaled without smoothing.
 *
 * Reading `cells` from `offset`, `rows` × `columns` in row order.
 *
 * @param {ArrayLike<number>} cells
 * @param {number} offset
 * @param {number} rows
 * @param {number} columns
 */
export function heatMap(cells, offset, rows, columns) {
  palette ??= amountPixels();
  const picture = document.createElement("canvas");
  picture.width = columns;
  picture.height = rows;
  const context = contextOf(picture);
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < rows * columns; i += 1) {
    const byte = cells[offset + i];
    image.data.set(palette.subarray(byte * 4, byte * 4 + 4), i * 4);
  }
  context.putImageData(image, 0, 0);
  return picture;
}

/**
 * Draw a picture of `heatMap` into a rectangle, with hard edges.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} picture
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
export function drawHeatMap(context, picture, x, y, width, height) {
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, x, y, width, height);
}

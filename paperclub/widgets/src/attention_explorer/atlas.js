import { contextOf } from "../kit/canvas.js";
import { amountPixels } from "../kit/colour.js";

/**
 * The maps of all heads of a look as one picture, a pixel for each weight: layers below each other,
 * heads beside each other. What a query cannot see stays clear.
 */
export class Atlas {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.palette = new Uint32Array(amountPixels().buffer);
  }

  paint(look, causal) {
    const { n, layers, heads } = look;
    this.n = n;
    this.canvas.width = heads * n;
    this.canvas.height = layers * n;
    const context = contextOf(this.canvas);
    const image = context.createImageData(heads * n, layers * n);
    const pixels = new Uint32Array(image.data.buffer);
    for (let layer = 0; layer < layers; layer += 1) {
      for (let head = 0; head < heads; head += 1) {
        const weights = look.weights(layer, head);
        for (let i = 0; i < n; i += 1) {
          const line = (layer * n + i) * heads * n + head * n;
          const end = causal ? i + 1 : n;
          for (let j = 0; j < end; j += 1) pixels[line + j] = this.palette[(weights[i * n + j] * 255 + 0.5) | 0];
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Draw one head's map into a rectangle: hard edges when it grows, smooth when it shrinks. */
  draw(context, layer, head, x, y, width, height) {
    const { n } = this;
    context.imageSmoothingEnabled = width < n;
    context.drawImage(this.canvas, head * n, layer * n, n, n, x, y, width, height);
  }
}

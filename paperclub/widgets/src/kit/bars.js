import { scaleLinear } from "d3-scale";

/**
 * Bars that stand on the columns of the picture above them, with an axis from 0 to 1.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Box & {step: number}} box the plot's rectangle, and the width of a column
 * @param {{values: number[], control: number[] | null}} series amounts in [0, 1]
 * @param {import("./colour.js").Roles} colours
 * @param {number} stroke
 */
export function drawBars(context, box, series, colours, stroke) {
  const y = scaleLinear([0, 1], [box.y + box.height, box.y]);
  drawAxis(context, box, y, colours);
  const inset = Math.max(0.5, box.step * 0.14);
  context.fillStyle = colours.query;
  series.values.forEach((value, i) => {
    const top = y(value);
    context.fillRect(box.x + i * box.step + inset, top, box.step - 2 * inset, y(0) - top);
  });
  if (!series.control) return;
  context.save();
  context.strokeStyle = colours.control;
  context.lineWidth = stroke;
  context.setLineDash([stroke * 2.5, stroke * 1.5]);
  context.beginPath();
  series.control.forEach((value, i) => {
    context.moveTo(box.x + i * box.step + inset / 2, y(value));
    context.lineTo(box.x + (i + 1) * box.step - inset / 2, y(value));
  });
  context.stroke();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {Scale} y
 * @param {import("./colour.js").Roles} colours
 */
function drawAxis(context, box, y, colours) {
  context.save();
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of y.ticks(2)) {
    context.strokeStyle = colours.rule;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(box.x - 4, y(tick));
    context.lineTo(box.x + box.width, y(tick));
    context.stroke();
    context.fillStyle = colours.muted;
    context.fillText(y.tickFormat(2)(tick), box.x - 8, y(tick));
  }
  context.restore();
}

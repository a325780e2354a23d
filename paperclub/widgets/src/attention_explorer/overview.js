import { thumbAt } from "./layout.js";
import { isBright, patternOf } from "./patterns.js";

/**
 * Every head small, each with the pattern that was measured in it; dashes for what is switched off.
 *
 * @param {import("../kit/pen.js").Pen} pen
 * @param {{overview: any}} place as `layout` gives it
 * @param {any} view has atlas, look, patterns, namedFrom, order, at, off and compare;
 *   `places` says which head stands where
 */
export function drawOverview(pen, { overview }, view) {
  if (!view.order) drawNumbers(pen, overview, view);
  view.places.forEach((index, place) => {
    const box = thumbAt(overview, place);
    const [layer, head] = [Math.floor(index / view.look.heads), index % view.look.heads];
    const isOff = view.off.some(([l, h]) => l === layer && h === head);
    const bright = isBright(view.patterns, index, view.order, view.namedFrom);
    pen.context.globalAlpha = isOff || !bright ? 0.3 : 1;
    view.atlas.draw(pen.context, layer, head, box.x, box.y, box.side, box.side);
    pen.context.globalAlpha = 1;
    if (isOff) drawOff(pen, box);
    if (layer === view.at.layer && head === view.at.head) pen.ring(box.x, box.y, box.side, box.side);
    else if (view.compare?.kind === "head" && view.compare.layer === layer && view.compare.head === head) {
      pen.outline(box.x, box.y, box.side, box.side);
    }
    drawCaption(pen, overview, box, { view, index, layer, head, bright, isOff });
  });
}

/** Layers count down the left, heads along the top. */
function drawNumbers(pen, overview, { look }) {
  const size = Math.min(pen.label * 0.88, overview.pitch * 0.8);
  const face = { size, align: "center", colour: pen.colours.muted };
  pen.face(face);
  const long = (word, count, room) => pen.measure(`${word} ${count}`) <= room;
  for (let head = 0; head < look.heads; head += 1) {
    const { x, side } = thumbAt(overview, head);
    const word = long("head", look.heads, overview.pitch - 2) ? "head " : "";
    pen.write(`${word}${head + 1}`, x + side / 2, overview.y - pen.label * 0.7, face);
  }
  for (let layer = 0; layer < look.layers; layer += 1) {
    const { y, side } = thumbAt(overview, layer * look.heads);
    const word = long("layer", look.layers, overview.step) ? "layer " : "";
    pen.context.save();
    pen.context.translate(overview.x - pen.label * 0.7, y + side / 2);
    pen.context.rotate(-Math.PI / 2);
    pen.write(`${word}${layer + 1}`, 0, 0, face);
    pen.context.restore();
  }
}

function drawOff(pen, { x, y, side }) {
  pen.outline(x, y, side, side);
  pen.line(x, y, x + side, y + side, pen.colours.control, pen.stroke);
}

function drawCaption(pen, overview, box, { view, index, layer, head, bright, isOff }) {
  if (!overview.captioned) return;
  const pattern = patternOf(view.patterns, index);
  const size = pen.label * 0.88;
  pen.face({ size });
  const fits = (text) => pen.measure(text) <= overview.pitch - 2;
  const name = `${layer + 1}.${head + 1}`;
  const own = pattern && [pattern.name, pattern.brief].find(fits);
  const text = isOff ? "off" : view.order ? name : own ?? "";
  pen.write(text, box.x + box.side / 2, box.y + box.side + size * 0.75, {
    size, align: "center", colour: bright ? pen.colours.ink : pen.colours.muted,
  });
}

import { drawNext } from "./next.js";
import { drawLines, cellOfLines } from "./lines.js";
import { drawMap, cellOfMap } from "./map.js";
import { drawOverview } from "./overview.js";
import { drawProduct } from "./product.js";
import { drawRow, cellOfRow } from "./row.js";
import { sideBySide } from "./looks.js";
import { patternOf } from "./patterns.js";

/** How one head can be seen, from the whole to a single number. */
export const VIEWS = ["map", "lines", "row", "product"];

const DRAWN = { map: drawMap, lines: drawLines, row: drawRow, product: drawProduct };
const FOUND = { map: cellOfMap, lines: cellOfLines, row: cellOfRow };

/** Draw the whole picture: all heads, the next tokens, one head large. */
export function drawPicture(pen, place, seen) {
  drawOverview(pen, place, seen);
  if (place.next) {
    drawNext(pen, place.next, {
      name: seen.look.names[seen.at.query], bars: sideBySide(seen.look, seen.before, seen.at),
      temperature: seen.temperature, hasBefore: seen.before !== null,
    });
  }
  if (seen.view !== "map") drawTitle(pen, place.main, seen);
  if (seen.waiting && seen.view === "product") {
    pen.write(seen.waiting, place.main.x, place.main.y + pen.label * 4, { colour: pen.colours.muted, width: place.main.width });
  } else {
    DRAWN[seen.view](pen, place.main, { ...seen, sides: sidesOf(seen) });
  }
}

function titleOf({ at, look, patterns }) {
  const pattern = patternOf(patterns, at.layer * look.heads + at.head);
  return `layer ${at.layer + 1}, head ${at.head + 1}${pattern ? `: ${pattern.name}` : ""}`;
}

/** The head's name, and in grey with a dash what it is compared with. */
function drawTitle(pen, box, seen) {
  const title = titleOf(seen);
  const y = box.y + pen.label * 0.7;
  pen.write(title, box.x, y, { bold: true, width: box.width });
  const x = box.x + pen.measure(title) + pen.label;
  if (!seen.control || seen.view === "product") return;
  pen.line(x, y, x + pen.label * 2, y, pen.colours.control, pen.stroke, [pen.stroke * 2.5, pen.stroke * 1.5]);
  const after = x + pen.label * 2.5;
  pen.write(seen.control.title, after, y, { colour: pen.colours.controlText, width: box.x + box.width - after });
}

function sidesOf(seen) {
  const { at, atlas, control, controlAtlas } = seen;
  const own = { title: titleOf(seen), atlas, layer: at.layer, head: at.head };
  if (!control) return [own];
  const short = { ...own, title: `layer ${at.layer + 1}, head ${at.head + 1}` };
  return [short, { title: control.title, atlas: controlAtlas, layer: control.layer, head: control.head, control: true }];
}

/** What of the large head lies under a point, as {query, key}, or null. */
export function cellIn(pen, { main }, seen, x, y) {
  if (x < main.x || y < main.y || y > main.y + main.height) return null;
  return FOUND[seen.view]?.(pen, main, { ...seen, sides: sidesOf(seen) }, x, y) ?? null;
}

import { mapLayout } from "./layout.js";

/** Lay the map of the large head out; `view` as in drawMap. */
export function placeMap(pen, box, view) {
  const widest = pen.widest(view.look.names, { mono: true });
  return mapLayout(box, { n: view.look.n, maps: view.sides.length, widest, size: pen.size, label: pen.label });
}

/**
 * The heat map of one head, queries down and keys across; with a control, both side by side.
 *
 * @param {import("../kit/pen.js").Pen} pen
 * @param {Box} box
 * @param {any} view has look, at and best; `sides` is a list of { title, atlas, layer,
 *   head, control }
 */
export function drawMap(pen, box, view) {
  const place = placeMap(pen, box, view);
  view.sides.forEach((side, i) => {
    const { x, y } = place.places[i];
    const room = i + 1 < place.places.length ? place.width : box.x + box.width - x;
    const from = i === 0 ? box.x : x;
    pen.write(side.title, from, box.y + pen.label * 0.7, {
      bold: true, width: room + x - from, colour: side.control ? pen.colours.controlText : pen.colours.ink,
    });
    side.atlas.draw(pen.context, side.layer, side.head, x, y, place.width, place.height);
    drawChoice(pen, place, { x, y }, view);
    drawKeyNames(pen, place, { x, y }, view);
  });
  drawQueryNames(pen, box, place, view);
}

function drawChoice(pen, place, { x, y }, { at }) {
  const top = y + at.query * place.cellHeight;
  pen.ring(x, top, place.width, place.cellHeight);
  if (at.key !== null) pen.ring(x + at.key * place.cellWidth, top, place.cellWidth, place.cellHeight, "#FFFFFF");
}

function drawQueryNames(pen, box, place, { look, at }) {
  const { y } = place.places[0];
  const room = place.cellHeight >= pen.label * 0.7;
  const small = Math.min(pen.label, place.cellHeight * 1.05);
  const width = place.gutter - pen.label * 0.7;
  look.names.forEach((name, i) => {
    const chosen = i === at.query;
    if (!room && !chosen) return;
    pen.write(name, box.x + width, y + (i + 0.5) * place.cellHeight, {
      mono: true, bold: chosen, size: chosen ? pen.label : small, align: "right", width,
      colour: chosen ? pen.colours.queryText : pen.colours.muted,
    });
  });
  if (place.names > pen.label * 3.2) {
    const end = { align: "right" };
    pen.write("key →", box.x + width, y - pen.label * 1.7, { ...end, colour: pen.colours.keyText });
    pen.write("query ↓", box.x + width, y - pen.label * 0.6, { ...end, colour: pen.colours.queryText });
  }
}

function drawKeyNames(pen, place, { x, y }, { look, at, best }) {
  const room = place.cellWidth >= pen.label * 0.95;
  const marked = at.key ?? best;
  look.names.forEach((name, i) => {
    const chosen = i === marked;
    if (!room && !chosen) return;
    pen.context.save();
    pen.context.translate(x + (i + 0.5) * place.cellWidth, y - pen.label * 0.45);
    pen.context.rotate(-Math.PI / 2);
    pen.write(name, 0, 0, {
      mono: true, bold: chosen, width: place.names - pen.label * 0.6,
      colour: chosen ? pen.colours.keyText : pen.colours.muted,
    });
    pen.context.restore();
  });
}

/** The cell under a point, as {query, key}, or null. */
export function cellOfMap(pen, box, view, x, y) {
  const place = placeMap(pen, box, view);
  const { n } = view.look;
  for (const map of place.places) {
    const [key, query] = [Math.floor((x - map.x) / place.cellWidth), Math.floor((y - map.y) / place.cellHeight)];
    if (key >= 0 && key < n && query >= 0 && query < n) return { query, key };
  }
  return null;
}

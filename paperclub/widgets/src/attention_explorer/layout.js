/**
 * Where the parts of the picture stand, in CSS pixels: the overview of all heads, the next tokens under
 * it, and one head large beside them; all under each other where it is narrow.
 *
 * @param {Space & {narrow: boolean}} space `narrow`: it is a phone's width
 * @param {{layers: number, heads: number, next: boolean, patterns: boolean}} counts and whether next tokens,
 *   and names of patterns, are shown
 */
export function layout(space, { layers, heads, next, patterns }) {
  const { width, height, size, narrow } = space;
  const label = Math.round(size * 0.8);
  const side = Math.round(size * 1.3);
  const gap = Math.round(size * (narrow ? 1 : 1.6));
  const head = Math.round(label * 1.5);
  const room = narrow ? width : Math.min(width * 0.46, size * 34);
  const share = next ? 0.6 : 0.95;
  const captioned = patterns && (room - side) / heads >= label * 2.3;
  const caption = captioned ? Math.round(label * 1.25) : 2;
  const tallest = narrow ? Infinity : (height * share - head) / layers - caption;
  const pitch = Math.max(4, Math.floor(Math.min((room - side) / heads, tallest, size * 5)));
  const overview = {
    x: side, y: head, pitch, step: pitch + caption, thumb: pitch - Math.max(2, Math.round(pitch * 0.1)),
    captioned, columns: heads, width: pitch * heads, height: layers * (pitch + caption),
  };
  const below = overview.y + overview.height + gap * 0.7;
  if (narrow) return stacked({ width, size, label, overview, below, gap, next });
  const left = Math.max(side + overview.width, next ? Math.min(room, size * 15) : 0);
  return {
    size, label, overview, width, height,
    main: { x: left + gap, y: 0, width: width - left - gap, height },
    next: next ? { x: 0, y: below, width: left, height: height - below } : null,
  };
}

function stacked({ width, size, label, overview, below, gap, next }) {
  const main = { x: 0, y: below, width, height: Math.round(width * 1.05) };
  const end = main.y + main.height;
  const bars = next ? { x: 0, y: end + gap, width, height: Math.round(size * 12) } : null;
  return { size, label, overview, width, main, next: bars, height: Math.ceil(bars ? bars.y + bars.height : end) };
}

/** The rectangle of the head that stands at `place` of the overview. */
export function thumbAt({ x, y, pitch, thumb, step, columns }, place) {
  return { x: x + (place % columns) * pitch, y: y + Math.floor(place / columns) * step, side: thumb };
}

/**
 * Where one head's map stands in its box; with a control there are two maps, side by side.
 *
 * @param {Box} box
 * @param {{n: number, maps: number, widest: number, size: number, label: number}} counts `widest`: the widest
 *   token's name in pixels
 */
export function mapLayout(box, { n, maps, widest, size, label }) {
  const gutter = Math.ceil(Math.min(Math.max(widest, size * 2), box.width * 0.28, size * 6) + label * 0.7) + 1;
  const title = Math.round(label * 1.9);
  const names = Math.round(Math.min(Math.max(widest, size * 2), size * 5) + label * 0.8);
  const between = maps > 1 ? Math.round(size * 0.8) : 0;
  const room = (box.width - gutter - between * (maps - 1) - 4) / maps;
  const cellWidth = Math.min(room / n, size * 3);
  const cellHeight = Math.min((box.height - title - names - 4) / n, cellWidth * (maps > 1 ? 2 : 1.25), size * 2.4);
  const top = box.y + title + names;
  return {
    gutter, names, cellWidth, cellHeight, width: cellWidth * n, height: cellHeight * n,
    places: Array.from({ length: maps }, (_, i) => ({ x: box.x + gutter + i * (cellWidth * n + between), y: top })),
  };
}

/** Where a list with one line for each token stands; lines get lower as there are more. */
export function listLayout(box, { n, size, label, foot = 0 }) {
  const top = box.y + Math.round(label * 3.6);
  const step = Math.min((box.y + box.height - top - foot) / n, size * 1.9);
  return { top, step, y: (i) => top + (i + 0.5) * step, at: (y) => Math.floor((y - top) / step) };
}

// Room at the right for the ring around the chosen row, and for what a row wrote before a mute.
const EDGE = 5;

/**
 * Where everything stands, in CSS pixels. From top to bottom: the bars of the chosen step, the letters
 * that are read, and the map with one row for each letter that is written.
 *
 * @param {Space} space room for the picture, and the size of type
 * @param {{letters: number, steps: number}} counts
 */
export function layout(space, { letters, steps }) {
  const { size } = space;
  const label = Math.round(size * 0.85);
  const gutter = Math.round(size * 4.4);
  const changed = Math.round(size * 2.6);
  const cellWidth = Math.min((space.width - gutter - changed - EDGE) / Math.max(letters, 1), size * 2.6);
  const head = Math.round(size * 2.2);
  const bars = Math.round(Math.min(size * 6, space.height * 0.26));
  const names = Math.round(size * 2.6);
  const free = space.height - head - bars - names - EDGE;
  const cellHeight = Math.max(Math.min(free / Math.max(steps, 1), size * 1.9), 5);
  const width = cellWidth * letters;
  const plot = { x: gutter, y: head, width, height: bars, step: cellWidth };
  const map = {
    x: gutter, y: head + bars + names, width, height: cellHeight * steps, cellWidth, cellHeight,
  };
  return {
    plot, map, names, label, size, width: Math.ceil(space.width), height: Math.ceil(map.y + map.height + EDGE),
  };
}

/**
 * What a point stands on: {key} above the map (a letter or its bar), {key, step} in it, {step} beside
 * it, or null.
 */
export function spotAt({ plot, map, names }, x, y, letters, steps) {
  const column = Math.floor((x - map.x) / map.cellWidth);
  const row = Math.floor((y - map.y) / map.cellHeight);
  const key = column >= 0 && column < letters ? column : null;
  const step = row >= 0 && row < steps ? row : null;
  if (step !== null) return key === null ? { step } : { step, key };
  if (key !== null && y >= plot.y && y <= plot.y + plot.height + names) return { key };
  return null;
}

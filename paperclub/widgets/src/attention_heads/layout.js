// Room at the right for the ring around the chosen row.
const EDGE = 5;

/**
 * Where everything stands in the large picture, in CSS pixels.
 *
 * From top to bottom: the keys' names, the map (queries × keys), the bars of the chosen query on the
 * same columns. Cells may be wider than high, so that names stand level when there is room.
 *
 * @param {Space} space room for the picture, and the size of type
 * @param {{queries: number, keys: number}} counts
 * @param {{query: number, key: number}} widest the widest name of each kind, in pixels, at the size of labels
 */
export function layout(space, counts, widest) {
  const { size } = space;
  const gutter = Math.round(Math.min(Math.max(widest.query, size * 3.6), space.width * 0.3, size * 7) + size * 0.7);
  const cellWidth = Math.min((space.width - gutter - EDGE) / counts.keys, size * 5);
  const level = widest.key + 2 <= cellWidth;
  const names = Math.round(Math.max(size * 2.1, level ? 0 : Math.min(widest.key, size * 4) + size));
  const heading = Math.round(size * 1.9);
  const foot = Math.round(size * 1.6);
  const bars = Math.round(Math.min(size * 5.5, space.height * 0.24));
  const free = space.height - names - heading - bars - foot;
  const cellHeight = Math.max(Math.min(free / counts.queries, cellWidth * 1.2, size * 2.4), 3);
  const map = {
    x: gutter, y: names, width: cellWidth * counts.keys, height: cellHeight * counts.queries,
    cellWidth, cellHeight,
  };
  const plot = {
    x: gutter, y: map.y + map.height + heading, width: map.width, height: bars, step: cellWidth,
  };
  return {
    map, plot, names, level, size,
    width: Math.ceil(gutter + map.width + EDGE),
    height: Math.ceil(plot.y + bars + foot),
  };
}

/** The cell under a point: {query, key}, or null. Below the map, a column belongs to the chosen query. */
export function cellAt({ map, plot }, x, y, queries, keys, chosen) {
  const key = Math.floor((x - map.x) / map.cellWidth);
  if (key < 0 || key >= keys) return null;
  const query = Math.floor((y - map.y) / map.cellHeight);
  if (query >= 0 && query < queries) return { query, key };
  return y >= plot.y && y <= plot.y + plot.height ? { query: chosen, key } : null;
}

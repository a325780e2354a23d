// The reader's points: added, moved, taken away, dealt anew. Coordinates have three decimals, the
// same that Python is told.
export const FEWEST = 3;
export const MOST = 40;
export const NEAREST = 0.03;

const rounded = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

export const spot = (x, y) => [rounded(x), rounded(y)];

const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/**
 * The point nearest to `place` and no farther than `reach`, or null.
 *
 * @param {number[][]} points
 * @param {number[]} place
 * @param {number} reach
 */
export function nearest(points, place, reach) {
  /** @type {number | null} */
  let best = null;
  for (const [i, point] of points.entries()) {
    const away = apart(point, place);
    if (away <= reach && (best === null || away < apart(points[best], place))) best = i;
  }
  return best;
}

export const canAdd = (points, place) => points.length < MOST && nearest(points, place, NEAREST) === null;

export function moved(points, i, place) {
  const others = points.filter((_, j) => j !== i);
  if (nearest(others, place, NEAREST) !== null) return points;
  return points.map((point, j) => (j === i ? place : point));
}

/** A free place for a point that is added by key: the middle, or else round about it. */
export function freePlace(points) {
  for (let i = 0; i < 400; i += 1) {
    const place = spot(0.5 + 0.02 * Math.sqrt(i) * Math.cos(i * 2.4), 0.5 + 0.02 * Math.sqrt(i) * Math.sin(i * 2.4));
    if (canAdd(points, place)) return place;
  }
  return null;
}

/** `count` points at random, no two too close to be told apart. `random()` is in [0, 1). */
export function deal(count, random = Math.random) {
  const points = [];
  while (points.length < count) {
    const place = spot(random(), random());
    if (canAdd(points, place)) points.push(place);
  }
  return points;
}

// Plane geometry: the exact convex hull and tour, and what is measured of outlines.
// paperclub/widgets/geometry.py computes the same; a test holds the two together.

/** Twice the area of the triangle a, b, c: positive when it turns left. */
export const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/**
 * The corners of the hull, counter-clockwise from the leftmost (then lowest) point. Points on an
 * edge between two corners are no corners (Andrew's monotone chain).
 */
export function convexHull(points) {
  const order = points.map((_, i) => i)
    .sort((i, j) => points[i][0] - points[j][0] || points[i][1] - points[j][1]);
  const chain = (places) => {
    const kept = [];
    for (const i of places) {
      while (kept.length > 1 && turn(points[kept.at(-2)], points[kept.at(-1)], points[i]) <= 0) kept.pop();
      kept.push(i);
    }
    return kept.slice(0, -1);
  };
  return [...chain(order), ...chain([...order].reverse())];
}

const edges = (corners) => corners.map((corner, i) => [corner, corners[(i + 1) % corners.length]]);

const signed = (points, corners) => edges(corners).reduce((sum, [here, there]) =>
  sum + points[here][0] * points[there][1] - points[there][0] * points[here][1], 0);

/** The area inside an outline that does not cross itself. */
export const area = (points, corners) => Math.abs(signed(points, corners)) / 2;

const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** How long an outline is, the way back to its beginning included. */
export const length = (points, corners) =>
  edges(corners).reduce((sum, [here, there]) => sum + apart(points[here], points[there]), 0);

/**
 * The shortest tour, counter-clockwise from the leftmost (then lowest) point, by the method of Held
 * and Karp: time and memory double with each point.
 */
export function shortestTour(points) {
  const [first, ...others] = points.map((_, i) => i)
    .sort((i, j) => points[i][0] - points[j][0] || points[i][1] - points[j][1]);
  const m = others.length;
  const far = others.map((i) => others.map((j) => apart(points[i], points[j])));
  const home = others.map((i) => apart(points[first], points[i]));
  // For each set of others, and each that may be the last of them: the length, and the one before.
  const best = new Float64Array(m << m).fill(Infinity);
  const before = new Int8Array(m << m);
  home.forEach((value, j) => { best[(1 << j) * m + j] = value; });
  for (let held = 1; held < 1 << m; held += 1) {
    for (let j = 0; j < m; j += 1) {
      const rest = held ^ (1 << j);
      if (!(held >> j & 1) || !rest) continue;
      for (let k = 0; k < m; k += 1) {
        const way = rest >> k & 1 ? best[rest * m + k] + far[k][j] : Infinity;
        if (way >= best[held * m + j]) continue;
        best[held * m + j] = way;
        before[held * m + j] = k;
      }
    }
  }
  let held = (1 << m) - 1;
  const round = home.map((value, j) => best[held * m + j] + value);
  let last = round.indexOf(Math.min(...round));
  const walk = [];
  while (held) {
    walk.push(others[last]);
    [held, last] = [held ^ (1 << last), before[held * m + last]];
  }
  const tour = [first, ...walk];
  return signed(points, tour) > 0 ? tour : [first, ...walk.reverse()];
}

/** Whether two edges of an outline that share no corner meet. */
export function crossesItself(points, corners) {
  const all = edges(corners);
  return all.some(([a, b], i) => all.slice(i + 1).some(([c, d]) => {
    if (a === c || a === d || b === c || b === d) return false;
    const [p, q, r, s] = [points[a], points[b], points[c], points[d]];
    return turn(p, q, r) * turn(p, q, s) < 0 && turn(r, s, p) * turn(r, s, q) < 0;
  }));
}

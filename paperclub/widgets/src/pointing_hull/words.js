import { area, convexHull, crossesItself, length, shortestTour } from "./geometry.js";

/** The most points of which the page computes the shortest tour. */
export const MOST_EXACT = 12;

export const named = (choice, n) => (choice === n ? "END" : `point ${choice + 1}`);

/** Which place has the largest share but for `best`; the first of them when several are equal. */
export function secondOf(shares, best) {
  const others = shares.map((share, i) => (i === best ? -1 : share));
  return others.indexOf(Math.max(...others));
}

/** Whether there are more points, or fewer, than in any training problem. */
export const isBeyond = (count, [fewest, most]) => count < fewest || count > most;

function hullOutcome(points, corners) {
  const hull = convexHull(points);
  const count = corners.length;
  const text = `${points.length} points, ${count} ${count === 1 ? "corner" : "corners"} pointed out: `;
  if (corners.join() === hull.join()) return `${text}exactly the hull.`;
  if (count > 3 && crossesItself(points, corners)) return `${text}the outline crosses itself, so it is no hull.`;
  const share = area(points, corners) / area(points, hull);
  return `${text}not the hull, which has ${hull.length}; the outline covers ${share.toFixed(3)} of its area.`;
}

function tourOutcome(points, corners) {
  const text = `${points.length} points, all visited`;
  if (points.length <= MOST_EXACT) {
    const ratio = length(points, corners) / length(points, shortestTour(points));
    if (ratio < 1 + 1e-9) return `${text}: exactly the shortest tour.`;
    return `${text}: the tour is ${ratio.toFixed(3)} times as long as the shortest.`;
  }
  const crossing = crossesItself(points, corners) ? ", by a tour that crosses itself: there is a shorter one" : "";
  return `${text}${crossing}. The shortest tour is computed for up to ${MOST_EXACT} points only.`;
}

function outcome({ points, trained, task }, corners) {
  let text = task === "tour" ? tourOutcome(points, corners) : hullOutcome(points, corners);
  if (isBeyond(points.length, trained)) text += ` The network was trained on ${trained[0]} to ${trained[1]} points.`;
  return text;
}

/**
 * What the figure shows, in words, for pointing `step` (from 1) and a point that the reader asks for.
 *
 * `board` is {points, trained, task}.
 *
 * `sentence` in pointing_hull.py gives the same words; a test holds the two together.
 */
export function sentence(board, { chosen, shares }, step, point) {
  if (step === chosen.length && point === null) return outcome(board, chosen.slice(0, -1));
  const { points, task } = board;
  const [now, best, n] = [shares[step - 1], chosen[step - 1], points.length];
  const start = step > 1 ? `from point ${chosen[step - 2] + 1}` : `before the first ${task === "tour" ? "point" : "corner"}`;
  const text = `Pointing ${step} of ${chosen.length}, ${start}: ${now[best].toFixed(2)} of the weight is on ${named(best, n)}`;
  if (point !== null && point !== best) {
    const used = chosen.slice(0, step - 1).includes(point) ? " (used)" : "";
    return `${text}, ${now[point].toFixed(2)} on ${named(point, n)}${used}.`;
  }
  const second = secondOf(now, best);
  return `${text}, ${now[second].toFixed(2)} on ${named(second, n)}.`;
}

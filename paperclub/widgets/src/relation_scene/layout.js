/**
 * Where scene and panel stand, in CSS pixels: side by side, or one above the other when narrow.
 *
 * @param {Space} space room for the picture, and the size of type
 * @returns {Size & {scene: {x: number, y: number, side: number}, panel: Box, narrow: boolean}}
 */
export function layout({ width, height, size }) {
  const narrow = width < 32 * size;
  if (narrow) {
    const panel = size * 8;
    const side = Math.floor(Math.min(width, Math.max(height - panel, size * 14)));
    return {
      scene: { x: 0, y: 0, side }, panel: { x: 0, y: side + size * 0.6, width, height: panel },
      width, height: Math.ceil(side + size * 0.6 + panel), narrow,
    };
  }
  const side = Math.floor(Math.min(height, width * 0.56));
  const x = side + size * 1.5;
  return { scene: { x: 0, y: 0, side }, panel: { x, y: 0, width: width - x, height: side }, width, height: side, narrow };
}

/**
 * From the scene's own numbers to the picture's, and back. The frame leaves room for an object.
 *
 * @param {{x: number, y: number, side: number}} scene
 * @param {number} reach
 */
export function mapper({ x, y, side }, reach) {
  const inner = side * 0.9;
  const edge = (side - inner) / 2;
  return {
    /** @param {number[]} place */
    toPicture: ([u, v]) => [x + edge + ((u + reach) / (2 * reach)) * inner, y + edge + ((reach - v) / (2 * reach)) * inner],
    /** @type {(left: number, top: number) => number[]} */
    toScene: (left, top) => [((left - x - edge) / inner) * 2 * reach - reach, reach - ((top - y - edge) / inner) * 2 * reach],
    scale: inner / (2 * reach),
  };
}

export const radiusOf = ({ side }) => Math.max(9, side * 0.032);

/** The object under a point of the picture, the nearest within a finger's reach; or null. */
export function objectAt(places, map, left, top, reach = 24) {
  const away = places.map((place) => {
    const [x, y] = map.toPicture(place);
    return Math.hypot(x - left, y - top);
  });
  const best = away.indexOf(Math.min(...away));
  return away[best] <= reach ? best : null;
}

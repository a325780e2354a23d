/**
 * Where everything stands in the picture, in CSS pixels: a strip with the mark and END, the square
 * board below it, and the list of candidates beside the board, or below it when there is no room.
 *
 * @param {{width: number, height: number, size: number}} space - room for the picture, and the size of type
 */
export function layout({ width, height, size }) {
  const strip = Math.round(size * 2);
  const list = Math.round(size * 13);
  const beside = width >= size * 34;
  const rows = beside ? 6 : 3;
  const below = beside ? 0 : Math.round(size * 1.5 * rows + size * 1.4);
  const side = Math.floor(Math.min(beside ? width - list - size * 1.5 : width - size, height - strip - below - size));
  const left = Math.floor(beside ? (width - side - list - size * 1.5) / 2 : (width - side) / 2);
  const board = { x: left, y: strip, side };
  const panel = beside
    ? { x: left + side + size * 1.5, y: strip, width: list, rows }
    : { x: left, y: strip + side + size * 0.8, width: side, rows };
  const end = { width: size * 3.2, height: size * 1.5 };
  return {
    board, panel, size, beside, width,
    height: Math.ceil(strip + side + below + size * 0.6),
    end: { ...end, x: left + side - end.width, y: (strip - end.height) / 2 },
  };
}

/**
 * A point of [0, 1] × [0, 1], y upwards, on the canvas.
 *
 * @param {{board: {x: number, y: number, side: number}}} place
 * @param {number[]} point
 */
export const toCanvas = ({ board }, [x, y]) => [board.x + x * board.side, board.y + (1 - y) * board.side];

/** A place on the canvas as a point, which may lie outside [0, 1]. */
export const toBoard = ({ board }, left, top) => [(left - board.x) / board.side, 1 - (top - board.y) / board.side];

// Which blocks stand on one screen together, and when each of them comes into view.

/**
 * A screen: the blocks that come into view at each of its steps.
 *
 * @template Block
 * @typedef {{title: string, id: string, steps: Block[][], alone: boolean, pause: boolean}} Shown
 */

/**
 * Where a talk stands.
 *
 * @typedef {{screen: number, step: number}} At
 */

/**
 * Cut the cells of a talk into screens.
 *
 * A slide begins a screen, a fragment is one more step on it. What does not fit begins another screen.
 * Between sections, after one with minutes of its own, comes a pause.
 *
 * @template Block
 * @param {{kind: string, groups: Block[][], title: string, id: string}[]} cells of the short path; a
 *   group is a list of blocks that stay together
 * @param {(group: Block[]) => {top: number, bottom: number, alone: boolean}} measure where a group
 *   stands when all stand in one column; `alone` asks for a screen to itself
 * @param {number} room the height of a screen
 * @param {(id: string) => boolean} planned whether a section has its own minutes
 * @returns {Shown<Block>[]}
 */
export function screensOf(cells, measure, room, planned) {
  /** @type {Shown<Block>[]} */
  const screens = [];
  /** @type {Shown<Block> | null} */
  let current = null;
  let start = 0;
  cells.forEach((cell, place) => {
    /** @type {Block[] | null} */
    let step = null;
    cell.groups.forEach((group, i) => {
      const { top, bottom, alone } = measure(group);
      const opens = i === 0 && cell.kind !== "fragment";
      if (!current || opens || alone || current.alone || bottom - start > room) {
        current = { title: cell.title, id: cell.id, steps: [], alone, pause: false };
        screens.push(current);
        start = top;
        step = null;
      }
      if (!step) {
        step = [];
        current.steps.push(step);
      }
      step.push(...group);
    });
    const next = cells[place + 1];
    if (next && cell.id !== next.id && planned(cell.id)) {
      screens.push({ title: cell.title, id: cell.id, steps: [[]], alone: false, pause: true });
      current = null;
    }
  });
  return screens;
}

/**
 * The blocks of a cell in groups: a heading never stands alone at a screen's foot.
 *
 * @template Block
 * @param {{blocks: Block[]}} cell
 * @param {(block: Block) => boolean} isHeading
 */
export function groupsOf({ blocks }, isHeading) {
  /** @type {Block[][]} */
  const groups = [];
  /** @type {Block[]} */
  let carried = [];
  for (const block of blocks) {
    carried.push(block);
    if (isHeading(block)) continue;
    groups.push(carried);
    carried = [];
  }
  if (carried.length) groups.push(carried);
  return groups;
}

/**
 * The step after or before { screen, step }, or the same where the talk ends.
 *
 * @param {At} at
 * @param {number} by
 * @param {{steps: unknown[]}[]} screens
 */
export function moved({ screen, step }, by, screens) {
  const next = step + by;
  if (next >= 0 && next < screens[screen].steps.length) return { screen, step: next };
  const other = Math.min(screens.length - 1, Math.max(0, screen + by));
  if (other === screen) return { screen, step };
  return { screen: other, step: by > 0 ? 0 : screens[other].steps.length - 1 };
}

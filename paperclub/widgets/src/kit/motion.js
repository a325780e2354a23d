const DURATION = 200;

const wantsLess = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Move numbers from where they are to where they should be, so that the eye can follow an object.
 *
 * `draw(values)` is called for every frame, and once with the final values when the reader asked
 * for less motion. A second call to `to` starts from whatever is on the screen.
 *
 * @param {(values: number[]) => void} draw
 */
export function tween(draw) {
  /** @type {number[] | null} */
  let shown = null;
  let frame = 0;

  /** @param {number[]} values */
  function jump(values) {
    cancelAnimationFrame(frame);
    shown = values;
    draw(values);
  }

  /** @param {number[]} values */
  function to(values) {
    if (!shown || shown.length !== values.length || wantsLess()) {
      jump(values);
      return;
    }
    cancelAnimationFrame(frame);
    const from = shown;
    const start = performance.now();
    /** @param {number} now */
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - start) / DURATION));
      const eased = 1 - (1 - t) ** 3;
      shown = values.map((value, i) => from[i] + (value - from[i]) * eased);
      draw(shown);
      if (t < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }

  return { to, jump, stop: () => cancelAnimationFrame(frame) };
}

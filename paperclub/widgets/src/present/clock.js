// How the hour stands against its plan.

/**
 * A row of the hour's plan, in minutes, and the section that it leads to.
 *
 * @typedef {{from: number, to: number, what: string, id: string}} Stop
 */

/**
 * Seconds as minutes and seconds: 65 is "1:05"; what is over has a true minus.
 *
 * @param {number} seconds
 */
export function minutes(seconds) {
  const whole = Math.round(Math.abs(seconds));
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return seconds < 0 && whole > 0 ? `−${text}` : text;
}

/**
 * The stop of the plan that belongs to a section: the first one that leads to it and, for what follows
 * it, the last that was met. Returns its index, or null before the first.
 *
 * @param {Stop[]} plan
 * @param {string[]} ids the sections of the talk in order, up to and with the present one
 */
export function stopOf(plan, ids) {
  const stops = ids.map((id) => plan.findIndex((stop) => stop.id === id)).filter((i) => i >= 0);
  return stops.at(-1) ?? null;
}

/**
 * What the clock says: { text, over } for the stop at hand after `elapsed` seconds.
 *
 * @param {Stop[]} plan
 * @param {number | null} stop
 * @param {number} elapsed
 */
export function standing(plan, stop, elapsed) {
  if (stop === null) return { text: minutes(elapsed), over: false };
  const left = plan[stop].to * 60 - elapsed;
  return left >= 0
    ? { text: `${minutes(left)} left for this stop`, over: false }
    : { text: `${minutes(-left)} over`, over: true };
}

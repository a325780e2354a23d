// What a room counted outlives a reload of the page: it is kept in the tab's own storage.
import { isLab } from "./surroundings.js";

const PREFIX = "paperclub room";

/** The tab's storage; null where a page may have none, such as in a frame that is shut off. */
function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
const sameKind = (a, b) => typeof a === typeof b && Array.isArray(a) === Array.isArray(b);

/**
 * Keeps a figure's state for the page at hand: { read, write }.
 *
 * It is found again by the page, the figure's name and the state that it began with: a figure with
 * other words begins anew. In Lab the kernel holds the state, so nothing is kept there.
 *
 * @template {Record<string, any>} State
 * @param {string} name
 * @param {State} initial
 */
export function keptFor(name, initial) {
  const store = isLab() ? null : storage();
  const key = `${PREFIX} ${location.pathname} ${name} ${JSON.stringify(initial)}`;
  /** @param {any} state */
  const fits = (state) => state !== null && typeof state === "object"
    && Object.keys(initial).every((part) => sameKind(state[part], initial[part]));
  return {
    /**
     * What was kept, or null; what is not of the figure's kind is left alone.
     *
     * @returns {State | null}
     */
    read() {
      const text = store?.getItem(key) ?? null;
      if (text === null) return null;
      const state = JSON.parse(text);
      return fits(state) ? state : null;
    },
    /** @param {State} state */
    write(state) { store?.setItem(key, JSON.stringify(state)); },
  };
}

/**
 * A buffer of a saved state, as the DataView that a kernel would have sent.
 *
 * @param {string} base64
 */
export function viewOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new DataView(bytes.buffer);
}

/**
 * A widget's model without a kernel: the saved state, and events when something in it changes.
 *
 * It offers what anywidget offers to a figure. `save_changes` and `send` have nobody to talk to.
 *
 * @param {{state: Record<string, any>, buffers?: {path: string[], data: string}[]}} saved as in a notebook's
 *   widget state, buffers as base64 with their path
 * @returns {Model & {send: () => void}}
 */
export function createModel({ state, buffers = [] }) {
  const values = { ...state };
  for (const { path, data } of buffers) {
    const last = path[path.length - 1];
    const holder = path.slice(0, -1).reduce((inner, name) => inner[name], values);
    holder[last] = viewOf(data);
  }
  /** @type {Map<string, Set<(...told: any[]) => void>>} */
  const listeners = new Map();
  /** @param {string} events */
  const names = (events) => events.split(/\s+/);
  /** @param {string} event */
  const heard = (event) => listeners.get(event) ?? new Set();
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of heard(`change:${name}`)) listener(this, value);
      for (const listener of heard("change")) listener(this);
    },
    on(events, listener) {
      for (const event of names(events)) listeners.set(event, heard(event).add(listener));
    },
    off(events, listener) {
      for (const event of names(events)) {
        if (listener) heard(event).delete(listener);
        else listeners.delete(event);
      }
    },
    save_changes() {},
    send() {},
  };
}

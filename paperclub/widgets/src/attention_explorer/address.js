// What of a figure stands in the page's address, so that it can be sent to somebody.

/** The part of an address after #. Layers, heads and tokens are counted from 1, as they are shown. */
export function toAddress({ text, layer, head, query }) {
  const parts = new URLSearchParams({ sentence: text, layer: layer + 1, head: head + 1, token: query + 1 });
  return `#${parts}`;
}

/**
 * What an address asks for, as { text, layer, head, query } counted from 0, or null when it is not one
 * of ours or asks for a head that there is not. `query` is Infinity for a token beyond the text's end.
 */
export function fromAddress(hash, [layers, heads]) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const text = parts.get("sentence");
  if (text === null) return null;
  const count = (name, most) => {
    const value = Number(parts.get(name) ?? 1);
    return Number.isInteger(value) && value >= 1 && value <= most ? value - 1 : null;
  };
  const at = { layer: count("layer", layers), head: count("head", heads), query: count("token", 64) };
  if (Object.values(at).includes(null)) return null;
  return { text: text.slice(0, 1000), ...at };
}

const REST = 200; // milliseconds; a browser refuses an address that changes with every key held down

/**
 * Keeps a figure's choice in the address of the page: of the page's first explorer, and only on a page
 * that our host shows. In Lab the address is Lab's.
 */
export class Address {
  #due = 0;

  constructor(root, shape, found) {
    this.shape = shape;
    this.found = found;
    this.root = root;
    this.isOurs = root.closest(".paperclub-figure") !== null && document.querySelector(".pc-explorer") === root;
    this.follow = () => this.read();
    if (this.isOurs) addEventListener("hashchange", this.follow);
  }

  /** Go to what the address asks for, if it asks for anything. */
  read() {
    const at = this.isOurs ? fromAddress(location.hash, this.shape) : null;
    if (!at) return;
    this.found(at);
    this.root.scrollIntoView({ block: "nearest" });
  }

  /** Write the choice down once the reader pauses. */
  write(chosen) {
    if (!this.isOurs) return;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => history.replaceState(history.state, "", toAddress(chosen)), REST);
  }

  forget() {
    clearTimeout(this.#due);
    removeEventListener("hashchange", this.follow);
  }
}

// What a page shows in a talk, read from the marks that the book's extension left in it.

const SHOWN = new Set(["slide", "subslide", "fragment"]);

/**
 * A cell of the page.
 *
 * @typedef {object} Cell
 * @property {string} kind its slide type or "none"
 * @property {HTMLElement[]} blocks the elements that it became
 * @property {string} title of the heading of the first or second level above it; empty above the first
 * @property {string} id of that heading's section
 */

/**
 * The page's cells in order.
 *
 * @param {Element} article
 */
export function cellsOf(article) {
  /** @type {Cell[]} */
  const cells = [];
  /** @type {HTMLElement[]} */
  let blocks = [];
  let heading = { title: "", id: "" };
  /** @param {string} kind */
  const push = (kind) => {
    if (blocks.length) cells.push({ kind, blocks, ...heading });
    blocks = [];
  };
  for (const element of leaves(article)) {
    if (element.matches("h1, h2")) {
      heading = { title: textOf(element), id: element.parentElement?.id ?? "" };
    }
    if (element.matches(".slide-end")) {
      push(element.dataset.slide ?? "none");
    } else if (element.matches("div.cell")) {
      push("none");
      blocks = [element];
      push(kindOf(element));
    } else if (!element.matches(".actions, script, style")) {
      blocks.push(element);
    }
  }
  return cells;
}

/** @param {Cell} cell */
export const isShown = ({ kind }) => SHOWN.has(kind);

/**
 * @param {Element} parent
 * @returns {Generator<HTMLElement>}
 */
function* leaves(parent) {
  // A page's blocks are HTML; drawings stand deeper.
  for (const child of /** @type {HTMLCollectionOf<HTMLElement>} */ (parent.children)) {
    if (child.tagName === "SECTION" || child.matches(".tex2jax_ignore, .bd-article > div")) yield* leaves(child);
    else yield child;
  }
}

/** @param {Element} cell */
function kindOf(cell) {
  return [...cell.classList].find((name) => name.startsWith("tag_slide-"))?.slice("tag_slide-".length) ?? "none";
}

/**
 * The words of an element, without the link that the theme puts behind a heading, and without `but`.
 *
 * @param {Element} element
 * @param {string} [but] a selector
 */
export function textOf(element, but = ".headerlink") {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const part of copy.querySelectorAll(`.headerlink, ${but}`)) part.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/**
 * The hour as the facilitator's table plans it: [{ from, to, what, id }] in minutes, where `id` is the
 * section that a row leads to, if it leads to one.
 *
 * @param {Element} article
 */
export function planOf(article) {
  const rows = article.querySelectorAll("details.facilitator tr");
  return [...rows].flatMap((row) => {
    const [minutes, what, where] = row.querySelectorAll("td");
    const span = minutes?.textContent.match(/^\s*(\d+)\s*[–-]\s*(\d+)\s*$/);
    if (!span || !what) return [];
    /** @type {HTMLAnchorElement | null} */
    const link = where?.querySelector("a[href*='#']") ?? null;
    const id = link?.hash.slice(1) ?? "";
    return [{ from: Number(span[1]), to: Number(span[2]), what: textOf(what), id: decodeURIComponent(id) }];
  });
}

// What a page shows in a talk, read from the marks that the book's extension left in it.

const SHOWN = new Set(["slide", "subslide", "fragment"]);

/**
 * The page's cells in order: { kind, blocks, section, title, id }.
 *
 * `kind` is the cell's slide type or "none"; `blocks` are the elements that it became; `section` is the
 * heading of the second level above it.
 */
export function cellsOf(article) {
  const cells = [];
  let blocks = [];
  /** @type {{title: string, id: string} | null} */
  let heading = null;
  const push = (kind) => {
    if (blocks.length) cells.push({ kind, blocks, ...heading });
    blocks = [];
  };
  for (const element of leaves(article)) {
    if (element.matches("h1, h2")) {
      heading = { title: textOf(element), id: element.parentElement.id };
    }
    if (element.matches(".slide-end")) {
      push(element.dataset.slide);
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

export const isShown = ({ kind }) => SHOWN.has(kind);

function* leaves(parent) {
  for (const child of parent.children) {
    if (child.tagName === "SECTION" || child.matches(".tex2jax_ignore, .bd-article > div")) yield* leaves(child);
    else yield child;
  }
}

function kindOf(cell) {
  return [...cell.classList].find((name) => name.startsWith("tag_slide-"))?.slice("tag_slide-".length) ?? "none";
}

/** The words of an element, without the link that the theme puts behind a heading, and without `but`. */
export function textOf(element, but = ".headerlink") {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll(`.headerlink, ${but}`)) part.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/**
 * The hour as the facilitator's table plans it: [{ from, to, what, id }] in minutes, where `id` is the
 * section that a row leads to, if it leads to one.
 */
export function planOf(article) {
  const rows = article.querySelectorAll("details.facilitator tr");
  return [...rows].flatMap((row) => {
    const [minutes, what, where] = row.querySelectorAll("td");
    const span = minutes?.textContent.match(/^\s*(\d+)\s*[–-]\s*(\d+)\s*$/);
    if (!span || !what) return [];
    const id = where?.querySelector("a[href*='#']")?.hash.slice(1) ?? "";
    return [{ from: Number(span[1]), to: Number(span[2]), what: textOf(what), id: decodeURIComponent(id) }];
  });
}

/**
 * An element with properties and children. Strings become text nodes: nothing is ever parsed as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && !name.startsWith("aria")) Object.assign(element, { [name]: value });
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * A line icon drawn from one SVG path on a 24 × 24 grid.
 *
 * @param {string} path
 */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// Every figure's module counts for itself, and several stand on a page: labels must find their own.
const bundle = Math.random().toString(36).slice(2, 8);
let count = 0;

/**
 * A name that no other element of the page has.
 *
 * @param {string} stem
 */
export function uniqueName(stem) {
  count += 1;
  return `pc-${stem}-${bundle}-${count}`;
}

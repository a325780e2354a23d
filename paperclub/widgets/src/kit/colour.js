// Colour means one thing in every week: these are the roles, for marks and (where a mark's colour
// is too pale to read) for text. Hues are Okabe and Ito's; dark mode keeps them and lifts lightness.
import { interpolateCividis } from "d3-scale-chromatic";

const LIGHT = {
  query: "#0072B2", queryText: "#0072B2",
  key: "#D55E00", keyText: "#AD4B00",
  value: "#009E73", valueText: "#00765A",
  emphasis: "#E69F00",
  control: "#767676", controlText: "#6B6B6B",
  ink: "#1C1C1E", muted: "#595959", rule: "#D4D4D4", paper: "#FFFFFF",
};

const DARK = {
  query: "#56B4E9", queryText: "#7CC6F0",
  key: "#FF8A4C", keyText: "#FF9D68",
  value: "#2FC79A", valueText: "#4FD3AB",
  emphasis: "#FFC04D",
  control: "#A3A3A3", controlText: "#B0B0B0",
  ink: "#ECECEC", muted: "#B3B3B3", rule: "#4A4A4A", paper: "#14181E",
};

/** @typedef {typeof LIGHT} Roles */

/** @type {(dark: boolean) => Roles} */
export const roles = (dark) => (dark ? DARK : LIGHT);

/** @param {number} t */
const clamp = (t) => Math.min(1, Math.max(0, t));

/**
 * An amount in [0, 1] as a colour: cividis, the same in light and dark.
 *
 * @param {number} t
 */
export const amount = (t) => interpolateCividis(clamp(t));

/** @param {string} hex */
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/**
 * A signed amount in [-1, 1]: blue below, vermilion above, the page's own ground at zero.
 *
 * @param {number} t
 * @param {boolean} [dark]
 */
export function signed(t, dark = false) {
  const ends = roles(dark);
  const from = channels(dark ? ends.paper : "#FFFFFF");
  const to = channels(t < 0 ? ends.query : ends.key);
  const share = clamp(Math.abs(t));
  return `rgb(${from.map((a, i) => Math.round(a + (to[i] - a) * share)).join(", ")})`;
}

/** The 256 amounts that a byte can stand for, as RGBA pixels for an ImageData. */
export function amountPixels() {
  const pixels = new Uint8ClampedArray(256 * 4);
  for (let byte = 0; byte < 256; byte += 1) {
    const [r, g, b] = Array.from(amount(byte / 255).matchAll(/\d+/g), Number);
    pixels.set([r, g, b, 255], byte * 4);
  }
  return pixels;
}

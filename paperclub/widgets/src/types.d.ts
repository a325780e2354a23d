// Shapes that many modules share, for the type comments; nothing of it is built.

declare module "*.css" {
  const text: string;
  export default text;
}

// Of d3, what the figures use.
declare module "d3-scale" {
  export function scaleLinear(domain: number[], range: number[]): Scale;
  export function scaleLog(domain: number[], range: number[]): Scale;
}
declare module "d3-scale-chromatic" {
  export function interpolateCividis(amount: number): string;
}

interface Size { width: number; height: number }

/** A rectangle in CSS pixels. */
interface Box extends Size { x: number; y: number }

/** Room for a picture, and the size of type. */
interface Space extends Size { size: number }

/** A word of a sentence: text of ours, or a token of the reader's or the data's. */
type Part = string | { token: string };

/** What anywidget, or a page without a kernel, gives a figure of its traits. */
interface Model {
  get(name: string): any;
  set(name: string, value: any): void;
  on(events: string, listener: (...told: any[]) => void): void;
  off(events: string, listener?: (...told: any[]) => void): void;
  save_changes(): void;
}

/** What a figure is mounted with. */
interface Place { model: Model; el: HTMLElement }

/** How text is written on a canvas. */
interface Face { mono?: boolean; bold?: boolean; size?: number }

// What the theme brings to a page of the book.
declare var MathJax: { startup?: { promise?: Promise<void> } } | undefined;

// What the kit makes, by name.
type Slider = ReturnType<typeof import("./kit/controls.js").slider>;
type Select = ReturnType<typeof import("./kit/controls.js").select>;
type Choice = ReturnType<typeof import("./kit/controls.js").choice>;
type TextField = ReturnType<typeof import("./kit/controls.js").textField>;
type WordButton = ReturnType<typeof import("./kit/controls.js").wordButton>;
type RecordPanel = ReturnType<typeof import("./kit/record.js").recordPanel>;
type Tooltip = ReturnType<typeof import("./kit/tooltip.js").tooltip>;

/** A scale of d3: a value's place, and back. */
interface Scale {
  (value: number): number;
  ticks(count?: number): number[];
  tickFormat(count?: number): (value: number) => string;
  range(ends: number[]): Scale;
  invert(place: number): number;
}

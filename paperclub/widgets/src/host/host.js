// Mounts the figures of a page that has no kernel, from the state that the page carries.
//
// The page holds one script of type FIGURES: {model id: {code, state, buffers}}; a figure stands
// where a notebook put its view. The code of a figure comes in a classic script that sets
// `paperclubCode[hash] = {esm, css}`, because a page opened from disk can fetch nothing. Data that a
// figure can do without at first come in such scripts too, `paperclubData[hash] = base64`, once the
// figures stand. A page's other scripts (mathematics, menus) carry the type LATE: they come once the
// first figure is on the screen, since each of them would hold it up.
import { createModel, viewOf } from "./model.js";

const FIGURES = "application/vnd.paperclub.figures+json";
const PLAIN = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";
const LATE = "application/vnd.paperclub.late";

// Known only while this script is first run.
const home = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";

const scripts = (type) => [...document.querySelectorAll(`script[type="${type}"]`)];
const modules = new Map();

/** The module of a piece of code, imported once however many figures use it. */
function moduleOf(hash) {
  if (!modules.has(hash)) {
    const code = globalThis.paperclubCode?.[hash];
    if (!code) throw new Error(`the code ${hash} of this figure is missing from the page`);
    if (code.css) addStyle(code.css);
    const address = URL.createObjectURL(new Blob([code.esm], { type: "text/javascript" }));
    modules.set(hash, import(address).finally(() => URL.revokeObjectURL(address)));
  }
  return modules.get(hash);
}

const loading = new Map();

/** Late data as base64, asked for once however many figures wait for them. */
function dataOf(hash) {
  const held = () => globalThis.paperclubData?.[hash];
  if (!loading.has(hash)) {
    loading.set(hash, held() ? Promise.resolve(held()) : new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(`figures/${hash}.js`, home).href;
      script.onload = () => done(held());
      script.onerror = () => failed(new Error(`the data ${hash} of this figure are missing from the page`));
      document.head.append(script);
    }));
  }
  return loading.get(hash);
}

/** After the next picture is on the screen; a page in a tab behind has no screen, and waits for none. */
const painted = () => (document.hidden ? Promise.resolve()
  : new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

async function bringLateData(figure, model) {
  if (!Object.keys(figure.late ?? {}).length) return;
  await painted();
  for (const [trait, hash] of Object.entries(figure.late)) model.set(trait, viewOf(await dataOf(hash)));
}

function addStyle(css) {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
}

async function mount(figure, model, place) {
  const { default: exported } = await moduleOf(figure.code);
  const widget = typeof exported === "function" ? await exported() : exported;
  await widget.initialize?.({ model });
  await widget.render({ model, el: place });
  bringLateData(figure, model).catch((error) => {
    model.set("late_error", error.message);
    reportError(error);
  });
}

function fail(place, error) {
  place.textContent = `This figure could not be drawn: ${error.message}`;
  reportError(error);
}

/** Mount the page's figures, the first of them before the others. */
async function mountFigures() {
  const figures = Object.assign({}, ...scripts(FIGURES).map((script) => JSON.parse(script.textContent)));
  const models = {};
  const places = scripts(VIEW).flatMap((tag) => {
    const { model_id: id } = JSON.parse(tag.textContent);
    if (!figures[id]) return [];
    const place = document.createElement("div");
    place.className = "paperclub-figure";
    tag.replaceWith(place);
    return [{ id, place }];
  });
  const show = ({ id, place }) => {
    models[id] ??= createModel(figures[id]);
    return mount(figures[id], models[id], place).catch((error) => fail(place, error));
  };
  const [first, ...others] = places;
  if (!first) return;
  await show(first);
  await painted();
  await Promise.all(others.map(show));
}

/** Bring the scripts that waited, in their order; who waits for MathJax waits for it from the first. */
function lateScripts() {
  const waiting = scripts(LATE);
  if (!waiting.length) return () => {};
  /** @type {(value?: unknown) => void} */
  let arrived;
  const all = new Promise((done) => { arrived = done; });
  // Where MathJax did not come, this still stands, and there is nothing to wait for.
  const come = () => (globalThis.MathJax?.startup === startup ? null : globalThis.MathJax?.startup?.promise);
  const startup = { promise: all.then(come) };
  globalThis.MathJax = { ...globalThis.MathJax, startup };
  return async () => {
    await Promise.all(waiting.map((tag) => new Promise((done) => {
      const script = document.createElement("script");
      script.async = false;
      script.src = /** @type {HTMLScriptElement} */ (tag).src;
      script.onload = done;
      script.onerror = done; // the browser says so itself; the others are not held up
      tag.replaceWith(script);
    })));
    arrived();
  };
}

/** Plain ipywidgets need a widget manager of their own: it is fetched only by a page that has some. */
async function bringPlainWidgets() {
  if (!scripts(PLAIN).length) return;
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  // It must be there first: ipywidgets' labels speak to it.
  await globalThis.MathJax?.startup?.promise;
  const script = document.createElement("script");
  script.src = new URL("plain-widgets.js", home).href;
  document.head.append(script);
}

function start() {
  const bringLateScripts = lateScripts();
  mountFigures().catch(reportError).finally(bringLateScripts);
  bringPlainWidgets();
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();

// Mounts the figures of a page that has no kernel, from the state that the page carries.
//
// The page holds one script of type FIGURES: {model id: {code, state, buffers}}; a figure stands
// where a notebook put its view. The code of a figure comes in a classic script that sets
// `paperclubCode[hash] = {esm, css}`, because a page opened from disk can fetch nothing. Data that a
// figure can do without at first come in such scripts too, `paperclubData[hash] = base64`, once the
// figures stand.
import { createModel, viewOf } from "./model.js";

const FIGURES = "application/vnd.paperclub.figures+json";
const PLAIN = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";

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

/** After the next picture is on the screen. */
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

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

function mountFigures() {
  const figures = Object.assign({}, ...scripts(FIGURES).map((script) => JSON.parse(script.textContent)));
  const models = {};
  for (const tag of scripts(VIEW)) {
    const { model_id: id } = JSON.parse(tag.textContent);
    if (!figures[id]) continue;
    const place = document.createElement("div");
    place.className = "paperclub-figure";
    tag.replaceWith(place);
    models[id] ??= createModel(figures[id]);
    mount(figures[id], models[id], place).catch((error) => fail(place, error));
  }
}

/** Plain ipywidgets need a widget manager of their own: it is fetched only by a page that has some. */
function loadPlainWidgets() {
  if (!scripts(PLAIN).length) return;
  const script = document.createElement("script");
  script.src = new URL("plain-widgets.js", home).href;
  document.head.append(script);
}

function start() {
  mountFigures();
  if (document.readyState === "complete") loadPlainWidgets();
  // MathJax must be there first: ipywidgets' labels speak to it.
  else addEventListener("load", loadPlainWidgets);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();

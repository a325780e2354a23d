// Shows plain ipywidgets (sliders, boxes, labels) on a page without a kernel. Loaded by host.js only
// where there are some. It is a smaller @jupyter-widgets/html-manager: the same manager, base and
// controls, without the Output widget's renderers, a module loader, and a need for eval.
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import "./plain-widgets.css";

const KNOWN = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls };
const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

class PageManager extends ManagerBase {
  async loadClass(className, moduleName) {
    const found = KNOWN[moduleName]?.[className];
    if (!found) throw new Error(`a static page cannot show the widget ${className} of ${moduleName}`);
    return found;
  }

  async _get_comm_info() { return {}; }

  /** @returns {Promise<any>} of a comm, what is called where nobody answers */
  async _create_comm() {
    return { on_close() {}, on_msg() {}, close() {} };
  }
}

/**
 * ipywidgets' labels call MathJax 2 and write $…$; the page carries MathJax 3, which reads \\(…\\)
 * and passes over whatever is not marked.
 */
function bridgeMathJax() {
  const { MathJax } = /** @type {any} */ (globalThis);
  if (!MathJax || MathJax.Hub) return;
  MathJax.Hub = {
    Queue([, , element]) {
      respell(element);
      element.classList.add("mathjax_process");
      MathJax.startup.promise.then(() => MathJax.typesetPromise([element])).catch(reportError);
    },
  };
}

function respell(element) {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = /** @type {Text} */ (texts.currentNode);
    text.data = text.data
      .replace(/\$\$(.+?)\$\$/gs, "\\[$1\\]").replace(/\$(.+?)\$/gs, "\\($1\\)");
  }
}

/** The style lies beside this script, whose address is known only while it is first run. */
function addStyle(script) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = script.src.replace(/\.js(\?.*)?$/, ".css");
  document.head.append(link);
}

async function show() {
  bridgeMathJax();
  const manager = new PageManager();
  for (const tag of document.querySelectorAll(STATE)) await manager.set_state(JSON.parse(tag.textContent));
  for (const tag of document.querySelectorAll(VIEW)) {
    const { model_id: id } = JSON.parse(tag.textContent);
    if (!manager.has_model(id)) continue;
    const place = document.createElement("div");
    tag.before(place);
    const view = await manager.create_view(await manager.get_model(id));
    Widget.attach(view.luminoWidget, place);
  }
}

addStyle(document.currentScript);
show().catch(reportError);

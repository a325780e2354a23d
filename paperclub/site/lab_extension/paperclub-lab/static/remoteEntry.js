// What the course adds to JupyterLab: a way home, running a notebook without being carried to its
// end, type for the back of a room, and links from a notebook to the book. Lab loads this as a prebuilt extension; it is plain
// JavaScript because it imports nothing.
"use strict";

(() => {
  const HOME = "paperclub:home";
  const RUN_ALL = "paperclub:run-all";
  const LARGE = "paperclub:large";
  // Lab's own sizes, in pixels, and what they become on a projector.
  const SIZES = {
    "--jp-content-font-size1": "22px", "--jp-code-font-size": "19px", "--jp-cell-prompt-width": "48px",
  };

  function base() {
    const config = document.getElementById("jupyter-config-data");
    return (config && JSON.parse(config.textContent).baseUrl) || "/";
  }

  function notebookOf(app) {
    const widget = app.shell.currentWidget;
    return widget && widget.content && widget.content.widgets && widget.context ? widget.content : null;
  }

  // Lab moves to the last cell when it runs all; the reader stays where they were.
  async function runAll(app) {
    const notebook = notebookOf(app);
    if (!notebook) return;
    const active = notebook.activeCellIndex;
    const viewport = notebook.node.querySelector(".jp-WindowedPanel-outer") || notebook.node;
    const top = viewport.scrollTop;
    const running = app.commands.execute("notebook:run-all-cells");
    notebook.activeCellIndex = active;
    stayAt(viewport, top);
    await running;
  }

  // Lab scrolls more than once on its way: hold on for a second, unless the reader scrolls.
  function stayAt(viewport, top) {
    const moves = ["wheel", "touchmove", "keydown", "pointerdown"];
    const end = performance.now() + 1000;
    let readerMoved = false;
    const letGo = () => (readerMoved = true);
    moves.forEach((move) => document.addEventListener(move, letGo, { once: true, capture: true }));
    const hold = () => {
      if (!readerMoved && viewport.scrollTop !== top) viewport.scrollTop = top;
      if (!readerMoved && performance.now() < end) requestAnimationFrame(hold);
      else moves.forEach((move) => document.removeEventListener(move, letGo, { capture: true }));
    };
    hold();
  }

  // Figures watch the attribute: they grow, and each has its button that fills the screen.
  function toggleLarge() {
    const root = document.documentElement;
    const large = root.toggleAttribute("data-present");
    for (const [name, size] of Object.entries(SIZES)) {
      if (large) document.body.style.setProperty(name, size);
      else document.body.style.removeProperty(name);
    }
  }

  // A chapter links to pages of the book by their source, which the book needs and Lab has not.
  function openInBook(event) {
    const link = event.target.closest && event.target.closest(".jp-RenderedMarkdown a[href]");
    const found = link && new URL(link.href).pathname.match(/\/book\/([\w-]+)\.md$/);
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    window.open(`${base()}book/book/${found[1]}.html${new URL(link.href).hash}`, "paperclub-book");
  }

  const plugin = {
    id: "paperclub-lab:plugin",
    autoStart: true,
    activate(app) {
      app.commands.addCommand(HOME, {
        label: "Course",
        caption: "The course’s home, in a tab of its own",
        execute: () => void window.open(`${base()}course`, "paperclub-home"),
      });
      app.commands.addCommand(RUN_ALL, {
        label: "Run all",
        caption: "Run all cells, and stay here",
        isEnabled: () => notebookOf(app) !== null,
        execute: () => runAll(app),
      });
      app.commands.addCommand(LARGE, {
        label: "Large type",
        caption: "Type and figures for the back of a room, and back again",
        isToggled: () => document.documentElement.hasAttribute("data-present"),
        execute: () => {
          toggleLarge();
          app.commands.notifyCommandChanged(LARGE);
        },
      });
      document.addEventListener("click", openInBook, true);
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["paperclub-lab"] = {
    init: async () => {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();

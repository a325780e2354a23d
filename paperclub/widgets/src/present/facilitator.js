// The facilitator's own window: clock, plan, what comes next, and the notes of the group kit.
//
// It is the same page, opened with `?facilitator=1`. Both windows talk by messages, which also works
// for a page opened from disk.
import { make } from "../kit/dom.js";
import { minutes } from "./clock.js";
import { planOf } from "./parts.js";

const MARK = "paper-club-talk";
/** @type {Record<string, number>} */
const STEPS = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1 };

/**
 * In the talk's window: open the second one, and tell it after every change how things stand.
 *
 * @param {import("./show.js").Show} show
 */
export function leadFrom(show) {
  /** @type {Window | null} */
  let other = null;
  const tell = () => {
    if (!other || other.closed) return;
    const { screen, step } = show.at;
    const state = {
      screen: screen + 1, screens: show.screens.length, step: step + 1, steps: show.screens[screen].steps.length,
      title: show.screens[screen].title, next: show.next, elapsed: show.elapsed, stop: show.stopAtHand,
      time: show.time.textContent, over: show.time.classList.contains("slides-over"),
    };
    other.postMessage({ [MARK]: "state", state }, "*");
  };
  show.heard = tell;
  show.openFacilitator = () => {
    const address = new URL(location.href);
    address.search = "?facilitator=1";
    address.hash = "";
    other = open(address, "paper-club-facilitator", "width=900,height=1000");
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== other || !data?.[MARK]) return;
    if (data[MARK] === "ready") tell();
    if (data[MARK] === "by") show.by(data.by);
  });
}

/**
 * In the second window: put the panel above the notes.
 *
 * @param {Element} article
 */
export function follow(article) {
  document.documentElement.dataset.facilitator = "";
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const notes = article.querySelectorAll("details.facilitator");
  for (const one of notes) one.open = true;
  const plan = planOf(article);
  const parts = Object.fromEntries(["title", "time", "clock", "next", "stop"].map((name) =>
    [name, make("p", { className: `lead-${name}` })]));
  /**
   * @param {string} message
   * @param {number} [by] how many steps
   */
  const send = (message, by) => opener?.postMessage({ [MARK]: message, by }, "*");
  /**
   * @param {string} text
   * @param {number} by how many steps
   */
  const button = (text, by) => {
    const element = make("button", { type: "button" }, text);
    element.addEventListener("click", () => send("by", by));
    return element;
  };
  const panel = make(
    "aside", { className: "lead-panel", "aria-label": "The talk" },
    make("div", { className: "lead-row" }, parts.clock, parts.time, parts.title),
    parts.stop, make("h2", {}, "Next"), parts.next,
    make("div", { className: "lead-row" }, button("Back", -1), button("Next", 1)),
  );
  article.before(panel);
  parts.title.textContent = opener ? "Waiting for the talk …" : "Open this window from the talk, with the key S.";
  addEventListener("message", ({ source, data }) => {
    if (source !== opener || data?.[MARK] !== "state") return;
    const { state } = data;
    parts.title.textContent = `${state.screen} / ${state.screens} · ${state.title}`;
    parts.clock.textContent = minutes(state.elapsed);
    parts.time.textContent = state.time;
    parts.time.classList.toggle("slides-over", state.over);
    parts.next.textContent = state.next;
    const stop = plan[state.stop];
    parts.stop.textContent = stop ? `${stop.from}–${stop.to} min: ${stop.what}` : "";
  });
  addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    send("by", by);
  });
  send("ready");
}

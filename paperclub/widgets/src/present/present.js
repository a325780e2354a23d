// A chapter's page presents itself: `?present=1`, or its button, sets the attribute `data-present`, and
// this turns the page into a talk for as long as it is there. `?facilitator=1` is the second window.
import { follow, leadFrom } from "./facilitator.js";
import { Show } from "./show.js";

const page = document.documentElement;
/** @type {HTMLElement | null} */
const article = document.querySelector(".bd-article");

/** Wait until everything has its size: pictures, letters, mathematics. */
async function settled() {
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await Promise.all([document.fonts?.ready, globalThis.MathJax?.startup?.promise]);
}

/** @param {HTMLElement} article */
function watch(article) {
  /** @type {Show | null} */
  let show = null;
  const follow = async () => {
    const wanted = page.hasAttribute("data-present");
    if (!wanted && show) {
      show.stop();
      show = null;
    }
    if (!wanted || show) return;
    show = new Show(article);
    if (!show.hasScreens) return;
    await settled();
    if (!page.hasAttribute("data-present")) return;
    leadFrom(show);
    show.start();
  };
  new MutationObserver(follow).observe(page, { attributeFilter: ["data-present"] });
  follow();
}

if (article && new URLSearchParams(location.search).get("facilitator") === "1") follow(article);
else if (article?.querySelector(".slide-end")) watch(article);

// The pages' few moving parts. Everything here is an addition: without it the lists are whole, the
// links lead somewhere, and nothing is hidden. No request leaves the page's own origin.

const page = document.documentElement;

function present(on) {
  page.toggleAttribute("data-present", on);
  const button = document.querySelector('[data-action="present"]');
  if (button) button.textContent = on ? "Stop presenting" : "Present";
}

function wirePresenting() {
  present(new URLSearchParams(location.search).get("present") === "1");
  document.querySelector('[data-action="present"]')?.addEventListener("click", (event) => {
    event.preventDefault();
    present(!page.hasAttribute("data-present"));
  });
  // Before the theme's own listener: it closes the search dialog, and takes every Escape for itself.
  const leave = (event) => {
    const elsewhere = document.fullscreenElement || document.querySelector("dialog[open]");
    if (event.key === "Escape" && !elsewhere) present(false);
  };
  addEventListener("keydown", leave, { capture: true });
}

// The course's server serves the book under /book/ and itself answers under /course/, below
// whatever address a hub puts before both.
const courseAddress = (path) =>
  new URL(`../course/${path}`, new URL(page.dataset.content_root ?? "./", location.href));

async function courseAnswers() {
  if (!location.protocol.startsWith("http")) return false;
  try {
    return (await fetch(courseAddress("api/ping"))).ok;
  } catch {
    return false;
  }
}

function sayHowToStart(button) {
  const row = button.parentElement;
  if (row.querySelector(".how-to-start")) return;
  const note = document.createElement("p");
  note.className = "how-to-start";
  note.setAttribute("role", "status");
  const command = document.createElement("code");
  command.textContent = "python course.py start";
  const more = document.createElement("a");
  more.href = button.href;
  more.textContent = "How to start";
  note.append("This page is not served by a running course. In the course’s folder, type ", command);
  note.append(" and open the page from the home that appears. ", more, ".");
  row.append(note);
}

function wireLive() {
  document.querySelector('[data-action="live"]')?.addEventListener("click", async (event) => {
    const button = /** @type {HTMLAnchorElement} */ (event.currentTarget);
    event.preventDefault();
    if (await courseAnswers()) location.href = courseAddress(`open/${button.dataset.page}`).href;
    else sayHowToStart(button);
  });
}

function wireReadingList() {
  const form = document.getElementById("reading-filter");
  const count = document.getElementById("reading-count");
  if (!(form instanceof HTMLFormElement) || !count) return;
  /** @type {NodeListOf<HTMLElement>} */
  const works = document.querySelectorAll("#reading-works > li");
  const choose = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value);
    let shown = 0;
    for (const work of works) {
      work.hidden = !wanted.every(([name, value]) => (work.dataset[name] ?? "").split(" ").includes(String(value)));
      if (!work.hidden) shown += 1;
    }
    count.textContent =
      shown === works.length ? `${shown} works.` : `${shown} of ${works.length} works.`;
  };
  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(choose));
  form.hidden = false;
  choose();
}

function wirePicture() {
  const picture = document.querySelector(".arcs");
  if (!picture) return;
  const name = (slug) => picture.querySelector(`[data-week="${slug}"]`);
  const point = (slug) => {
    for (const lit of picture.querySelectorAll(".lit")) lit.classList.remove("lit");
    picture.classList.toggle("pointing", Boolean(slug));
    if (!slug) return;
    for (const arc of picture.querySelectorAll("path")) {
      if (arc.dataset.to !== slug && arc.dataset.from !== slug) continue;
      arc.classList.add("lit");
      name(arc.dataset.to === slug ? arc.dataset.from : arc.dataset.to)?.classList.add("lit");
    }
  };
  const week = (event) => event.target.closest("[data-week]")?.dataset.week;
  for (const type of ["pointerover", "focusin"]) {
    picture.addEventListener(type, (event) => point(week(event)));
  }
  for (const type of ["pointerleave", "focusout"]) {
    picture.addEventListener(type, () => point(null));
  }
}

// What is wider than the screen scrolls by itself; the arrow keys must reach it as a finger does.
// The theme sees to its tables and code.
async function wireWideParts() {
  await globalThis.MathJax?.startup?.promise;
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll('.wide, mjx-container[display="true"]');
  for (const part of parts) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

// The theme's label leaves out the keys that the button shows; without it they are its name too.
document.querySelector(".search-button-field")?.removeAttribute("aria-label");
wirePresenting();
wireLive();
wireReadingList();
wirePicture();
for (const type of ["load", "resize"]) addEventListener(type, wireWideParts);

// The home is whole without this script; it keeps the book's status fresh and starts its build.
"use strict";

const base = document.documentElement.dataset.base;

/**
 * A part of the page about the book. They stand there all together, or none of them does.
 *
 * @param {string} id
 */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

// The token opened the page and is in a cookie now: it need not stand in the address, or in history.
const here = new URL(location.href);
if (here.searchParams.has("token")) {
  here.searchParams.delete("token");
  history.replaceState(null, "", here);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

function sentence(book) {
  if (book.state === "building") {
    const far = book.percent === null ? "" : ` ${book.percent} %,`;
    return `The book is being built:${far} ${book.doing || "starting"}. Lessons open meanwhile.`;
  }
  if (book.state === "failed") {
    return book.message;
  }
  return book.state === "built"
    ? "The book is built."
    : "The book is not built yet. It takes a few minutes, and lessons open without it.";
}

function show(book) {
  const says = part("book-says");
  const words = sentence(book);
  // A screen reader reads each change of this line aloud: it changes every tenth, the bar always.
  const told = `${book.state} ${Math.floor((book.percent || 0) / 10)}`;
  if (says.dataset.told !== told) {
    says.textContent = words;
    says.dataset.told = told;
  }
  part("book").dataset.state = book.state;
  const bar = /** @type {HTMLProgressElement} */ (part("book-bar"));
  bar.hidden = book.state !== "building";
  if (book.percent !== null) bar.value = book.percent;
  else bar.removeAttribute("value");
  part("book-open").hidden = !book.built;
  const button = part("book-build");
  button.hidden = book.state === "building";
  button.textContent = book.built ? "Build it again" : "Build the book";
}

async function ask(method) {
  const answer = await fetch(`${base}course/api/book`, {
    method,
    headers: { "X-XSRFToken": cookie("_xsrf") },
    cache: "no-store",
  });
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Error(said.message || `the server answered ${answer.status}`);
  }
  return answer.json();
}

async function follow(method = "GET") {
  let book;
  try {
    book = await ask(method);
  } catch (error) {
    part("book-says").textContent =
      error instanceof TypeError
        ? "The course’s server does not answer. Start it again: python course.py start"
        : `The book’s state is not known: ${error instanceof Error ? error.message : error}`;
    return;
  }
  show(book);
  if (book.state === "building") setTimeout(follow, 1000);
}

if (document.getElementById("book-says")) {
  part("book-build").addEventListener("click", () => follow("POST"));
  if (part("book").dataset.state === "building") follow();
}

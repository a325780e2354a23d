"""Where readers meet a figure: a page over http, a page from disk, a file of its own."""

import functools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from watching import Watched

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PLACES = ["http", "file", "alone"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def places(book: Path, figure: object, tmp_path_factory) -> Iterator[dict[str, str]]:
    """Serve a built book, and save its figure as a file; give the address of each place's folder.

    The page with the figure is called ``figure.html`` in each of them.
    """
    alone = tmp_path_factory.mktemp("alone, with a space")
    figure.save_html(alone / "figure.html")
    handler = functools.partial(Quiet, directory=str(book))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {
            "http": f"http://127.0.0.1:{server.server_port}/",
            "file": book.as_uri() + "/",
            "alone": alone.as_uri() + "/",
        }
        server.shutdown()


@contextmanager
def visits(browser, addresses: dict[str, str]) -> Iterator:
    """Give a function that opens a page of a place; whatever it complains of fails at the end."""
    visited = []

    def opened(place: str = "http", name: str = "figure.html", **options) -> Watched:
        context = browser.new_context(**({"viewport": WIDE} | options))
        watched = Watched(context.new_page(), addresses[place])
        visited.append((context, watched))
        watched.page.goto(addresses[place] + name, wait_until="load")
        return watched

    yield opened
    complaints = [text for _, watched in visited for text in watched.complaints]
    for context, _ in visited:
        context.close()
    assert complaints == []


def figure_on(watched: Watched) -> Locator:
    """Return the page's first figure once its picture is drawn."""
    return drawn(watched.page)


def drawn(page: Page) -> Locator:
    """Return the page's first figure once its picture has been given its size.

    The page's policy refuses text that is run as code, so nothing here polls with a script:
    a browser lets the first such poll pass, and a slow machine needs a second one.
    """
    figure = page.locator(".pc-figure").first
    wide_enough = re.compile(r"^([3-9]\d\d|\d{4,})$")
    expect(figure.locator("canvas.pc-picture")).to_have_attribute("width", wide_enough)
    return figure


def pixels(figure) -> str:
    """Return what is on the canvas once all motion has ended."""
    return figure.evaluate(
        """async (root) => {
            const picture = root.querySelector('canvas.pc-picture');
            let before = null;
            while (before !== picture.toDataURL()) {
                before = picture.toDataURL();
                await new Promise((done) => setTimeout(done, 300));
            }
            return before;
        }"""
    )


def said(figure) -> str:
    """Return the sentence below the picture."""
    return figure.locator(".pc-sentence").text_content()

"""The system's Chromium with software rendering: visits with an empty cache, and timed steps."""

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paperclub.bench.figures.bertviz import CDN
from paperclub.checks.chromium import find_chromium, flags
from paperclub.errors import CourseError

PROBE = Path(__file__).with_name("probe.js")
WINDOW = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds
# A step is timed by the work that it takes, not by the wait for the screen's next refresh.
UNPACED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")


@dataclass(frozen=True)
class Visit:
    """One visit to a page with an empty cache.

    Attributes:
        ms: From the start of the navigation to the end of the frame with the first picture.
        first_bytes: What had been transferred by then, headers included, nothing compressed; and
            the mathematics, which come once the picture stands.
        all_bytes: What had been transferred when the page was at rest.
    """

    ms: float
    first_bytes: int
    all_bytes: int


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as by any host of static pages

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give the address of its root."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def require_browser() -> None:
    """Make sure that there is a browser and what drives it.

    Raises:
        CourseError: One is missing; the message says what to install.
    """
    if find_spec("playwright") is None:
        raise CourseError(
            "Measuring figures needs the packages of the checks; "
            "python course.py test --quick installs them."
        )
    if find_chromium() is None:
        raise CourseError(
            "No Chromium, Chrome or Edge was found to measure figures in; install one of them, or "
            "name it in PAPERCLUB_CHROMIUM."
        )


class Browser:
    """A running browser. ``unpaced`` draws frames as fast as they come, for timing steps."""

    def __init__(self, playwright: Any, scripts: dict[str, bytes], unpaced: bool):
        self.scripts = scripts
        self.running = playwright.chromium.launch(
            executable_path=str(find_chromium()), args=[*flags(), *(UNPACED if unpaced else ())]
        )

    @contextmanager
    def page(self) -> Iterator[Any]:
        """Open a page that has cached nothing and carries the probe."""
        context = self.running.new_context(viewport=WINDOW)
        context.set_default_timeout(PATIENCE)
        context.route(CDN, self._answer)
        context.add_init_script(path=PROBE)
        try:
            yield context.new_page()
        finally:
            context.close()

    def visit(self, address: str) -> Visit:
        """Open a page with an empty cache and wait until it is at rest."""
        with self.page() as page:
            page.goto(address, wait_until="networkidle")
            first = _first(page)
            mathematics = page.evaluate("paperclubProbe.mathematics()")
            in_all = page.evaluate("paperclubProbe.transferred()")
            return Visit(first["ms"], first["bytes"] + mathematics, in_all)

    def steps(self, address: str, take: Callable[[Any], list[float]]) -> list[float]:
        """Open a page, let it come to rest, and return what ``take`` measures on it (ms)."""
        with self.page() as page:
            page.goto(address, wait_until="networkidle")
            _first(page)
            return take(page)

    def close(self) -> None:
        """End the browser."""
        self.running.close()

    def _answer(self, route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        # Without the header a page is not told how much came from another host.
        headers = {"timing-allow-origin": "*"}
        route.fulfill(
            body=self.scripts[name], headers=headers, content_type="text/javascript; charset=utf-8"
        )


def _first(page: Any) -> dict[str, Any]:
    if not page.evaluate("(patience) => paperclubProbe.drawn(patience)", PATIENCE):
        raise CourseError(f"No figure was drawn on {page.url} within 30 s.")
    return page.evaluate("paperclubProbe.first")

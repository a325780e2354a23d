"""`course.py club check WEEK`: try, on this machine, what will happen in the room."""

import ast
import importlib.util
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from paperclub import models, paths, widgets
from paperclub.checks.chromium import find_chromium, flags
from paperclub.checks.talk import troubles, walk
from paperclub.errors import CourseError
from paperclub.models.dates import read_date_weights
from paperclub.notebooks.format import read_notebook
from paperclub.notebooks.run import chapter_path, execute
from paperclub.widgets.soft_alignment import MODEL as DATES

PROJECTORS = ((1280, 720), (1920, 1080))
PATIENCE = 30_000  # milliseconds until a page must have turned into a talk


@dataclass(frozen=True)
class Finding:
    """What was tried, and what came of it: ``state`` is ``ok``, ``fails`` or ``not tried``."""

    what: str
    state: str
    says: str = ""


def rehearse(slug: str) -> Iterator[Finding]:
    """Try a week's page, its talk, its models, and its chapter, one after the other.

    Raises:
        CourseError: There is no such week, or its chapter is planned.
    """
    chapter = chapter_path(slug)
    page = paths.HTML / "chapters" / f"{slug}.html"
    yield _page(chapter, page)
    if page.is_file():
        yield _talk(page)
    yield from map(_model, models_of(chapter))
    yield _run(chapter)


def _page(chapter: Path, page: Path) -> Finding:
    what = "the book's page"
    if not page.is_file():
        return Finding(what, "fails", "not built; python course.py book build")
    if page.stat().st_mtime < chapter.stat().st_mtime:
        return Finding(what, "fails", "older than the chapter; python course.py book build")
    return Finding(what, "ok")


def _talk(page: Path) -> Finding:
    what = "every screen and figure of the talk"
    if importlib.util.find_spec("playwright") is None:
        return Finding(what, "not tried", "python course.py test --quick brings what it needs")
    browser = find_chromium()
    if browser is None:
        return Finding(what, "not tried", "no Chromium, Chrome or Edge on this machine")
    found = _walked(page, browser)
    return Finding(what, "fails" if found else "ok", "; ".join(found[:5]))


def _walked(page: Path, browser: Path) -> list[str]:
    from playwright.sync_api import Error, sync_playwright

    found: list[str] = []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(browser), args=flags())
        for width, height in PROJECTORS:
            tab = running.new_page(viewport={"width": width, "height": height})
            tab.on("pageerror", partial(_threw, found))
            tab.goto(f"{page.as_uri()}?present=1")
            try:
                tab.locator(".slides-bar").wait_for(timeout=PATIENCE)
            except Error:
                found.append("the page does not turn into a talk")
                continue
            at = f"{width} × {height}"
            found += [f"{at}, {said}" for screen in walk(tab) for said in troubles(screen)]
        running.close()
    return found


def _threw(found: list[str], error: object) -> None:
    found.append(f"the page threw {error}")


def models_of(chapter: Path) -> list[str]:
    """Return the names of the models that a chapter opens, or that its figures show."""
    cells = [cell for cell in read_notebook(chapter).cells if cell.cell_type == "code"]
    found: list[str] = []
    for cell in cells:
        try:
            calls = [
                node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)
            ]
        except SyntaxError:  # a line of IPython's own; the run of the chapter tries it
            continue
        found += filter(None, map(_model_of, calls))
    return list(dict.fromkeys(found))


def _model_of(call: ast.Call) -> str | None:
    """Return the model that a call opens: ``load("…")``, or a figure of one."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    if name in ("load", "untrained") and isinstance(first, str):
        return first
    figure = getattr(widgets, name, None)
    if isinstance(figure, type) and issubclass(figure, widgets.Figure):
        return getattr(sys.modules[figure.__module__], "MODEL", None)
    return None


def _model(name: str) -> Finding:
    what, begun = f"the model {name}", time.monotonic()
    try:
        read_date_weights() if name == DATES else models.load(name)
    except CourseError as error:
        return Finding(what, "fails", str(error))
    # A package that is too old, or a disk or memory that is full, shows itself in one of these.
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        return Finding(what, "fails", f"{type(error).__name__}: {error}")
    return Finding(what, "ok", f"opened in {time.monotonic() - begun:.0f} seconds")


def _run(chapter: Path) -> Finding:
    what = "the chapter, run from a cold kernel"
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="paperclub-rehearsal-") as folder:
        try:
            execute(chapter, {}, Path(folder) / chapter.name)
        except CourseError as error:
            return Finding(what, "fails", str(error).split(" As far as")[0])
    return Finding(what, "ok", f"{time.monotonic() - begun:.0f} seconds")

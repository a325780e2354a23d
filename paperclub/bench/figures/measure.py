"""``course.py bench figures``: the rows that go into ``book/measured.json``."""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from paperclub import paths
from paperclub.bench.figures import specimens, steps
from paperclub.bench.figures.bertviz import cdn_scripts, head_view_page, require_bertviz
from paperclub.bench.figures.browser import Browser, Visit, require_browser, served

VISITS = 9
MB = 10**6
Row = dict[str, Any]
# Milliseconds (median, worst) and megabytes that the course promises.
STEP, TYPING, FIRST, FIRST_SIZE, SIX_SIZE = (16, 50), 100, 1000, 3, 4
LENGTHS, PROMISED = (8, 16, 32, 64), 32  # tokens of a sentence in the page's own model
NAMES = {specimens.HEADS: "AttentionHeads", specimens.EXPLORER: "AttentionExplorer"}


def measure_figures() -> dict[str, list[Row]]:
    """Measure figures and chapters in a browser, in one run: ``{"rows": […]}``.

    A row says ``figure``, ``what``, ``unit``, our number (``ours``) and, where there are such, the
    ``worst`` of the steps, the promised limits (``limit``, ``limit_worst``), what BertViz takes for
    the same (``bertviz``, ``bertviz_worst``), and how many times as much that is (``ratio``).

    Raises:
        CourseError: Something needed is missing, or a figure does not show.
    """
    require_bertviz()
    require_browser()
    from playwright.sync_api import sync_playwright

    scripts = cdn_scripts()
    with tempfile.TemporaryDirectory(prefix="paperclub-figures-") as name:
        folder = Path(name)
        html = specimens.build_pages(folder)
        look = specimens.look()
        head_view_page(look.weights[[specimens.LAYER]], look.tokens, html / "bertviz-heads.html")
        head_view_page(look.weights, look.tokens, html / "bertviz-explorer.html")
        with sync_playwright() as playwright, served(html) as root:
            rows = step_rows(playwright, scripts, root)
            rows += visit_rows(playwright, scripts, root)
    return {"rows": rows}


def step_rows(playwright: Any, scripts: dict[str, bytes], root: str) -> list[Row]:
    """Time hovering, keys and typing, with frames that come as fast as they can."""
    browser = Browser(playwright, scripts, unpaced=True)
    rows = []
    for page, name in NAMES.items():
        shown = f"{name}, {_size(page)}"
        ours = browser.steps(f"{root}{page}.html", steps.hover)
        theirs = browser.steps(f"{root}bertviz-{page}.html", steps.bertviz_hover)
        rows.append(step_row(shown, "hover to another token", ours, theirs, STEP))
    slider = browser.steps(
        f"{root}{specimens.HEADS}.html",
        lambda page: steps.keys(page, "input[type=range]", "ArrowRight", "ArrowLeft"),
    )
    rows.insert(1, step_row(rows[0]["figure"], "a step of the slider", slider, None, STEP))
    address = f"{root}{specimens.EXPLORER}.html"
    arrows = browser.steps(
        address, lambda page: steps.keys(page, steps.CANVAS, "ArrowDown", "ArrowUp")
    )
    rows.append(step_row(rows[-1]["figure"], "arrow key to another token", arrows, None, STEP))
    for tokens in LENGTHS:
        typed = browser.steps(address, steps.typing(specimens.sentence_of(tokens)))
        most = TYPING if tokens == PROMISED else None
        figure = f"AttentionExplorer, {tokens} tokens"
        what = "a typed letter: the model anew, all heads drawn"
        rows.append(step_row(figure, what, typed, None, (most, None)))
    browser.close()
    return rows


def visit_rows(playwright: Any, scripts: dict[str, bytes], root: str) -> list[Row]:
    """Visit pages with an empty cache: time and size up to the first picture, and in all."""
    browser = Browser(playwright, scripts, unpaced=False)

    def visits(address: str) -> list[Visit]:
        return [browser.visit(address) for _ in range(VISITS)]

    rows = []
    for page, name in NAMES.items():
        ours, theirs = visits(f"{root}{page}.html"), visits(f"{root}bertviz-{page}.html")
        rows += page_rows(f"A page with one {name}, {_size(page)}", ours, theirs)
    six = visits(f"{root}{specimens.SIX}.html")
    rows += page_rows("A page with six figures", six, most=SIX_SIZE)[-1:]
    chapter = paths.HTML / "chapters" / "attention.html"
    if chapter.is_file():
        with served(paths.HTML) as book:
            rows += page_rows("The chapter attention", visits(f"{book}chapters/attention.html"))
    browser.close()
    return rows


def step_row(
    figure: str,
    what: str,
    ours: list[float],
    theirs: list[float] | None,
    limits: tuple[float | None, float | None],
) -> Row:
    """Return the row of a step, from its times in milliseconds."""
    row: Row = {"figure": figure, "what": what, "unit": "ms"}
    row |= {"ours": round(statistics.median(ours), 1)}
    row |= {"worst": round(max(ours), 1), "steps": len(ours)}
    named = {"limit": limits[0], "limit_worst": limits[1]}
    row |= {name: limit for name, limit in named.items() if limit is not None}
    if theirs:
        row |= {"bertviz": round(statistics.median(theirs), 1)}
        row |= {"bertviz_worst": round(max(theirs), 1)}
    return with_ratio(row)


def page_rows(
    figure: str, ours: list[Visit], theirs: list[Visit] | None = None, most: float | None = None
) -> list[Row]:
    """Return the rows of a page: time and size up to its first picture, size of the whole."""
    asked = [
        ("to the first picture", "ms", lambda visit: visit.ms, FIRST),
        (
            "transferred by then, and the mathematics",
            "MB",
            lambda visit: visit.first_bytes / MB,
            FIRST_SIZE,
        ),
        ("transferred in all", "MB", lambda visit: visit.all_bytes / MB, most),
    ]
    rows = []
    for what, unit, number, limit in asked:
        digits = None if unit == "ms" else 2  # None: whole numbers
        row: Row = {"figure": figure, "what": what, "unit": unit}
        row["ours"] = round(statistics.median(map(number, ours)), digits)
        if unit == "ms":
            row |= {"worst": round(max(map(number, ours))), "visits": len(ours)}
        if limit is not None:
            row["limit"] = limit
        if theirs:
            row["bertviz"] = round(statistics.median(map(number, theirs)), digits)
        rows.append(with_ratio(row))
    return rows


def with_ratio(row: Row) -> Row:
    """Return the row with how many times ours BertViz takes, if it is beside it."""
    if row.get("bertviz") is not None and row["ours"]:
        row["ratio"] = round(row["bertviz"] / row["ours"], 2)
    return row


def _size(page: str) -> str:
    layers, heads, tokens, _ = specimens.attentions().shape
    return f"{tokens} tokens × {heads if page == specimens.HEADS else layers * heads} heads"

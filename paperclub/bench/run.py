"""``course.py bench``: run each measurement several times and write the medians."""

import functools
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paperclub import paths
from paperclub.bench import areas
from paperclub.bench.machine import machine, same_machine, use_a_laptop
from paperclub.curriculum.checked_yaml import suggest
from paperclub.curriculum.measured import CHECKS, GROWTH, measured
from paperclub.errors import CourseError
from paperclub.files import require_place, write_atomically
from paperclub.notebooks.parameters import defaults

RUNS = {
    "chapters": 3,
    "notebooks": 1,
    "book": 1,
    "growth": 1,
    "checks": 1,
    "setup": 1,
    "start": 3,
    "figures": 1,
    "grading": 1,
}
UNNAMED = ("chapters", "book", "start")


def run_bench(names: list[str], json_file: Path | None = None) -> None:
    """Measure what is named, print it, and write it into ``book/measured.json``.

    Areas that are not measured keep their figures there, as long as those come from the same
    machine; figures of another machine are left out, and that is said.

    Args:
        names: Of ``RUNS``, or chapters' slugs. If empty: ``chapters``, ``book`` and ``start``.
            The others take long (``notebooks``, ``growth``, ``checks``) or need more than the
            course does: ``setup`` fetches and installs everything into a temporary folder,
            ``figures`` needs BertViz and npm, ``grading`` needs nbgrader and Linux.
        json_file: Also write what ``book/measured.json`` now holds here.

    Raises:
        CourseError: A name is unknown, or what should be measured fails.
    """
    console = Console(soft_wrap=True, highlight=False)
    slugs, others = chosen(names)
    if json_file:
        require_place("--json", json_file)
    here = machine()
    figures = kept(measured(), here, console)
    use_a_laptop()
    jobs: list[tuple[str, Callable[[], areas.Figures]]] = [
        (f"chapters/{slug}", functools.partial(areas.chapter, slug)) for slug in slugs
    ]
    jobs += [(name, getattr(areas, name)) for name in others]
    for place, job in jobs:
        area, _, slug = place.partition("/")
        console.print(f"{place}, {RUNS[area]} times" if RUNS[area] > 1 else place, style="dim")
        result = medians([job() for _ in range(RUNS[area])]) | {"date": here["date"]}
        if slug:
            result["scale"] = defaults(paths.CHAPTERS / f"{slug}.ipynb").get("SCALE", "small")
            figures.setdefault("chapters", {})[slug] = result
        else:
            figures[area] = result
        # At once, so that an interruption loses nothing that was measured.
        write_atomically(paths.MEASURED, as_json(figures))
    console.print(table(figures))
    if "figures" in figures:
        console.print(figures_table(figures["figures"]["rows"]))
    if "growth" in figures:
        console.print(rows_table(GROWTH, figures["growth"]["rows"]))
    if "checks" in figures:
        console.print(rows_table(CHECKS, figures["checks"]["rows"]))
    if "grading" in figures:
        console.print(grading_table(figures["grading"]))
    if json_file:
        write_atomically(json_file, as_json(figures))
    console.print(escape(f"Written: {paths.MEASURED}"))
    if not names:
        console.print(
            "Measured only if they are named: python course.py bench "
            f"{' '.join(name for name in RUNS if name not in UNNAMED)}."
        )


def chosen(names: list[str]) -> tuple[list[str], list[str]]:
    """Return the chapters and the other areas that ``names`` stand for, in a fixed order.

    Raises:
        CourseError: A name is neither an area nor a written chapter.
    """
    written = sorted(path.stem for path in paths.CHAPTERS.glob("*.ipynb"))
    known = [*RUNS, *written]
    for name in names:
        if name not in known:
            raise CourseError(
                f"There is no {name!r} to measure. {suggest(name, known)} Areas: "
                f"{', '.join(RUNS)}; chapters: {', '.join(written) or 'none yet'}."
            )
    names = names or list(UNNAMED)
    slugs = [slug for slug in written if slug in names or "chapters" in names]
    return slugs, [area for area in RUNS if area in names and area != "chapters"]


def medians(runs: list[areas.Figures]) -> dict[str, Any]:
    """Return the median of each figure: seconds with one decimal, memory as a whole number.

    Rows are kept as they are: what makes them takes its medians itself.
    """
    if "rows" in runs[0]:
        return runs[-1]
    middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    rounded = {
        key: round(value) if key == "peak_mib" else round(value, 1) for key, value in middle.items()
    }
    return rounded | {"runs": len(runs)}


def kept(before: dict[str, Any], here: dict[str, Any], console: Console) -> dict[str, Any]:
    """Return the figures so far that may stand beside new ones, with this machine's description."""
    figures = {key: value for key, value in before.items() if key != "machine"}
    if figures and not same_machine(before.get("machine", {}), here):
        console.print(
            f"{', '.join(figures)} were measured on another machine and are left out; "
            "measure them here to have them back."
        )
        figures = {}
    there = {path.stem for path in paths.CHAPTERS.glob("*.ipynb")}
    if "chapters" in figures:
        chapters = figures["chapters"]
        figures["chapters"] = {slug: chapters[slug] for slug in chapters if slug in there}
    return {"machine": here, **figures}


def table(figures: dict[str, Any]) -> Table:
    """Return what was measured as a table for the terminal."""
    shown = Table("what", "seconds", "peak MiB", "runs", "date")
    rows = {slug: result for slug, result in figures.get("chapters", {}).items()}
    rows |= {
        area: figures[area] for area in ("notebooks", "book", "setup", "start") if area in figures
    }
    for name, result in rows.items():
        columns = (result.get(key, "") for key in ("seconds", "peak_mib", "runs", "date"))
        shown.add_row(name, *map(str, columns))
    return shown


def rows_table(titles: dict[str, str], rows: list[dict[str, Any]]) -> Table:
    """Return rows as a table for the terminal; ``titles`` gives each column's key and title."""
    shown = Table(*titles.values())
    for row in rows:
        shown.add_row(*(str(row[key]) for key in titles))
    return shown


def figures_table(rows: list[dict[str, Any]]) -> Table:
    """Return what was measured of the figures, beside BertViz, as a table for the terminal."""
    shown = Table("figure", "what", "unit", "ours", "worst", "limit", "BertViz", "times ours")
    keys = ("figure", "what", "unit", "ours", "worst", "limit", "bertviz", "ratio")
    before = None
    for row in rows:
        first, *others = (escape(str(row.get(key, ""))) for key in keys)
        shown.add_row(first if first != before else "", *others)
        before = first
    return shown


def grading_table(found: dict[str, Any]) -> Table:
    """Return what grading a class took, beside nbgrader, as a table for the terminal."""
    title = f"nbgrader takes {found['ratio']} times as long for each"
    shown = Table("grading", "submissions", "seconds", "ms for each", "peak MiB", title=title)
    for row in found["rows"]:
        keys = ("what", "count", "seconds", "each_ms", "peak_mib")
        shown.add_row(*(str(row[key]) for key in keys))
    return shown


def as_json(figures: dict[str, Any]) -> str:
    """Return the text of ``book/measured.json``."""
    return json.dumps(figures, indent=1, ensure_ascii=False) + "\n"

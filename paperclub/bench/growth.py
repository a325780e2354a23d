"""How the course's own costs grow with its weeks, 8 to 52.

In a copy of the course, weeks that are not written yet get copies of written ones, with the outputs
that those gave: nothing is executed, so that what is timed is everything else.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from paperclub import paths
from paperclub.curriculum import syllabus, written_weeks
from paperclub.errors import CourseError
from paperclub.site.execution import CACHE, keep, open_cache, read_as_on_its_page

SIZES = (8, 16, 32, 52)
FOLDERS = ("chapters", "exercises", "solutions")
MB = 10**6


def measure_growth(left_out: Any) -> dict[str, list[dict[str, float]]]:
    """Measure the course at several numbers of weeks: ``rows``.

    A row says ``weeks``; ``pages_s``, making all pages from kept outputs; ``edit_s``, making the
    book after an edit of one page's text; ``home_ms``, working out the learner's home with a copy
    of every notebook in ``work/``; ``update_s``, bringing news into these copies; ``book_mb``.

    Args:
        left_out: What is not copied, as ``shutil.copytree`` takes it.

    Raises:
        CourseError: The book is not built (its outputs are what is copied), or a step failed.
    """
    if not CACHE.is_dir():
        raise CourseError("Growth is measured with the book's outputs: python course.py book build")
    with tempfile.TemporaryDirectory(prefix="paperclub-growth-") as name:
        course = Path(name) / "course"
        shutil.copytree(paths.ROOT, course, ignore=left_out)
        shutil.copytree(CACHE, course / CACHE.relative_to(paths.ROOT))
        return {"rows": [measured_at(course, size) for size in SIZES]}


def measured_at(course: Path, weeks: int) -> dict[str, float]:
    """Return the row of a course that is brought to so many weeks first."""
    planted = json.loads(_run(course, "-m", "paperclub.bench.growth", "plant", str(weeks))[1])
    shutil.rmtree(course / "_build" / "stage", ignore_errors=True)
    build = ("-m", "paperclub.cli", "book", "build")
    pages, _ = _run(course, *build)
    page = course / "book" / "for-learners.md"
    page.write_text(page.read_text("utf-8") + "\nOne more line.\n", "utf-8")
    edit, _ = _run(course, *build)
    home = json.loads(_run(course, "-m", "paperclub.bench.growth", "home")[1])
    update, _ = _run(course, "-m", "paperclub.cli", "update")
    files = (course / "_build" / "html").rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file())
    return {
        "weeks": planted,
        "pages_s": round(pages, 1),
        "edit_s": round(edit, 1),
        "home_ms": round(home),
        "update_s": round(update, 1),
        "book_mb": round(size / MB, 1),
    }


def plant(weeks: int) -> int:
    """Bring the course in hand to so many weeks, with copies of written ones; return how many.

    A week is copied whole: notebooks, references, and the outputs that its notebooks gave.
    """
    written = [week.slug for week in written_weeks()]
    # A name of one word is a word of the prose as well.
    sources = [slug for slug in written if "-" in slug] or written
    bare = [week.slug for week in syllabus().weeks if not week.written]
    for source, slug in zip(itertools.cycle(sources), bare[: max(0, weeks - len(written))]):
        for folder in FOLDERS:
            for file in (paths.ROOT / folder).glob(f"{source}.*"):
                text = re.sub(rf"\b{source}\b", slug, file.read_text("utf-8"))
                file.with_name(slug + file.suffix).write_text(text, "utf-8")
        for folder in FOLDERS:  # once all is there: a chapter's outputs depend on the references
            _keep_as(f"{folder}/{source}", f"{folder}/{slug}")
    return len(written_weeks())


def _keep_as(source: str, page: str) -> None:
    """Keep for a page the outputs of another one with as many cells."""
    if not (paths.ROOT / f"{page}.ipynb").is_file():
        return
    cache = open_cache()
    record = cache.match_cache_notebook(read_as_on_its_page(source))
    executed = cache.get_cache_bundle(record.pk).nb
    notebook = read_as_on_its_page(page)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, run in zip(code, executed.cells, strict=True):  # the cache keeps nothing else
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    for name in ("widgets", "language_info"):
        if name in executed.metadata:
            notebook.metadata[name] = executed.metadata[name]
    keep(page, notebook, record.data["execution_seconds"])


def home_ms() -> float:
    """Return how long the learner's home takes to be worked out, with a copy of every notebook."""
    from paperclub.learner.copies import ensure_copies
    from paperclub.site.home import home

    ensure_copies()
    began = time.perf_counter()
    home()
    return 1000 * (time.perf_counter() - began)


def _run(course: Path, *words: str) -> tuple[float, str]:
    """Run Python in the copy as nobody in particular; return its seconds and what it said."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=course,
        env=os.environ | {"PAPERCLUB_DATA": str(course.parent / "data"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise CourseError(f"Growth cannot be measured: {(done.stderr or done.stdout)[-2000:]}")
    return time.perf_counter() - began, done.stdout


if __name__ == "__main__":
    print(plant(int(sys.argv[2])) if sys.argv[1] == "plant" else home_ms())

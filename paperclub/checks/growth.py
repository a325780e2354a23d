"""How long the checks would take with the whole year written, from what they take now.

A check grows with the year when it names a written week or one of the figures: a chapter's cells,
the bank of wrong answers of its exercises, the screens of its page. The rest is counted as fixed.
Where weeks take turns (:mod:`paperclub.checks.turns`), it grows only up to what a run makes.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from paperclub import paths
from paperclub.curriculum import syllabus, written_weeks

FIGURES = paths.ROOT / "paperclub" / "widgets" / "dist"
AT_ONCE = 8  # up to so many weeks, a run makes the own tests of all of them
IN_TURN = 3  # beyond, those of so many by the day (Monday's run makes all),
WORKED_ON = 2  # and of the weeks that were worked on: so many, where one a week is written


def weekly_share(report: Path) -> float:
    """Return which part of the tests' time in a JUnit report grows with the year, 0 to 1."""
    return _share(report, lambda said: bool(named_in(said)))


def chapters_share(report: Path) -> float:
    """Return which part of that time chapters take, 0 to 1."""
    return _share(report, lambda said: said.startswith("chapters."))


def named_in(test: str) -> set[str]:
    """Return the weeks and figures that a test's id names, in bare letters."""
    said = bare(test)
    return {name for name in weekly_names() if name in said}


def _share(report: Path, counts: Callable[[str], bool]) -> float:
    tests = list(ElementTree.parse(report).getroot().iter("testcase"))
    seconds = [float(test.get("time", "0")) for test in tests]
    said = [f"{test.get('classname', '')} {test.get('name', '')}" for test in tests]
    counted = sum(time for time, words in zip(seconds, said, strict=True) if counts(words))
    return counted / sum(seconds) if sum(seconds) else 0.0


def share_of_pages(book: Path, folders: Iterable[str]) -> float:
    """Return which part of the bytes of a built book's pages lies in ``folders``, 0 to 1.

    A week's pages are long ones: counted by their number, the book would seem to grow less than
    ``course.py bench growth`` finds.
    """
    pages = [page for page in book.rglob("*.html") if "_static" not in page.parts]
    size = {page: page.stat().st_size for page in pages}
    weekly = sum(size[page] for page in pages if page.relative_to(book).parts[0] in folders)
    return weekly / sum(size.values()) if any(size.values()) else 0.0


@cache
def weekly_names() -> frozenset[str]:
    """Return what the ids of such tests name: weeks and figures, in bare letters."""
    return frozenset({*(bare(week.slug) for week in written_weeks()), *figures()})


@cache
def figures() -> tuple[str, ...]:
    """Return the figures, in bare letters."""
    return tuple(sorted(bare(file.stem) for file in FIGURES.glob("*.js")))


def bare(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def in_a_year(seconds: float, weekly: float, in_turn: bool = False) -> float:
    """Return the seconds of a stage once every week of the syllabus is written.

    Args:
        seconds: What it takes now.
        weekly: Which part of that grows with the year, 0 to 1.
        in_turn: Whether a run leaves out the own tests of weeks whose turn it is not.
    """
    year, written = len(syllabus().weeks), max(1, len(written_weeks()))
    if in_turn:
        year, written = made_of(year), made_of(written)
    return seconds * (1 - weekly + weekly * year / written)


def made_of(weeks: int) -> int:
    """Return of how many out of so many weeks a run makes the own tests."""
    return weeks if weeks <= AT_ONCE else IN_TURN + WORKED_ON

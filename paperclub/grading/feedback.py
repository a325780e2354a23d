"""``course.py feedback``: a page for each submission that counts."""

import hashlib
import re
import unicodedata
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.grading.book import Book
from paperclub.grading.folder import ClassFolder
from paperclub.grading.pages import page
from paperclub.grading.policy import Standing, standings


def feedback(weeks: list[str], folder: ClassFolder, to: Path | None = None) -> None:
    """Write the pages of some weeks, or of all that were released.

    Raises:
        CourseError: A week was not released, or the folder cannot be written to.
    """
    console = Console(soft_wrap=True, highlight=False)
    with Book(folder.book) as book:
        for week in weeks or folder.weeks():
            folder.release(week)
            place = (to or folder.feedback) / week
            graded = [one for one in standings(book, week) if one.grading and one.submission]
            for one in graded:
                try:
                    write_atomically(place / file_name(one), feedback_page(week, one))
                except OSError as error:
                    raise CourseError(f"{place} cannot be written to: {error.strerror}.") from error
            console.print(escape(f"{week}: {len(graded)} pages in {place}"))


def feedback_page(week: str, one: Standing) -> str:
    """Return the page for a student: nobody else's data, and nothing of a hidden case."""
    return page(
        "feedback.html",
        week=week,
        title=f"Feedback: {week}",
        standing=one,
        out_of=sum(mark.out_of for mark in one.marks),
        remarks=one.grading.graded.remarks if one.grading else (),
    )


def file_name(one: Standing) -> str:
    """Return a file name that any system takes and no two students share."""
    name = unicodedata.normalize("NFC", one.name)
    readable = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "student"
    mark = hashlib.sha256(one.student.encode()).hexdigest()[:8]
    return f"{readable}-{mark}.html"

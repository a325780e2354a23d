"""Marks for other programs: CSV, Canvas, Moodle, nbgrader's gradebook, and a page on the class."""

import contextlib
import csv
import io
import os
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.grading.book import Book
from paperclub.grading.folder import ClassFolder
from paperclub.grading.layouts import sender
from paperclub.grading.marks import STATUSES
from paperclub.grading.notebook import Asked, asked_in
from paperclub.grading.pages import page
from paperclub.grading.policy import Standing, standings

BINS = 10


def write_export(kind: str, week: str, file: Path, folder: ClassFolder) -> str:
    """Write a week's marks to a file; return what is to be said of it.

    Args:
        kind: ``csv``, ``canvas``, ``moodle``, ``nbgrader`` or ``page``.
        week: The week.
        file: The file; for nbgrader its gradebook, which is made if it is missing.
        folder: The class.

    Raises:
        CourseError: There is no such kind or week, or the file cannot be written.
    """
    if kind not in KINDS:
        raise CourseError(f"There is no export {kind!r}; there are {', '.join(KINDS)}.")
    release = folder.release(week)
    with Book(folder.book) as book:
        found = standings(book, week)
    asked = asked_in((release.place / "exercises.ipynb").read_bytes())
    try:
        if kind == "nbgrader":
            return to_nbgrader(week, found, asked, file)
        write_atomically(file, KINDS[kind](week, found))
    except OSError as error:
        raise CourseError(f"{file} cannot be written: {error.strerror}.") from error
    return f"{week}: {len(found)} students in {file}"


def as_csv(week: str, found: list[Standing]) -> str:
    """Return everything in a table: points and status of each exercise, lateness, total."""
    exercises = _exercises(found)
    head = ["student", "name", "total", "out of", "late seconds", "penalty", "attempts", "file"]
    head += [column for id in exercises for column in (id, f"{id} status", f"{id} mistake")]
    rows = [head]
    for one in found:
        by_id = {mark.exercise: mark for mark in one.marks}
        row = [
            one.student, one.name, _number(one.total), _number(_out_of(one)), f"{one.late:g}",
            f"{one.penalty:g}", str(one.attempts), one.submission.file if one.submission else "",
        ]  # fmt: skip
        for id in exercises:
            mark = by_id.get(id)
            values = [_number(one.points_of(mark)), mark.status, mark.mistake] if mark else [""] * 3
            row += values
        rows.append(row)
    return _table(rows)


def as_canvas(week: str, found: list[Standing]) -> str:
    """Return the columns that Canvas's gradebook imports.

    Canvas looks a student up by its own number (*ID*), else by the number or the login of the
    student information system. Its own number is known of what came in its own export; whatever
    else names a student may be somebody else's number there.
    """
    most = max((_out_of(one) or 0 for one in found), default=0)
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", week]]
    rows.append(["    Points Possible", "", "", "", "", _number(most)])
    for one in found:
        theirs = _came_from(one) == "canvas"
        ids = [one.student, "", ""] if theirs else ["", one.student, one.student]
        rows.append([one.name, *ids, "", _number(one.total)])
    return _table(rows)


def as_moodle(week: str, found: list[Standing]) -> str:
    """Return the columns of Moodle's offline grading worksheet.

    Its upload insists on *Identifier*, *Grade* and *Last modified (grade)*; with the last empty, it
    writes over a grade that is there only if told to. *Identifier* is known of what came in
    Moodle's own export; for the others there is *ID number*, by which its import of a CSV file
    into the gradebook finds a student.
    """
    rows = [
        ["Identifier", "Full name", "ID number", "Status", "Grade", "Maximum grade",
         "Last modified (grade)", "Feedback comments"]
    ]  # fmt: skip
    for one in found:
        theirs = _came_from(one) == "moodle"
        status = "Submitted for grading" if one.submission else "No submission"
        says = "; ".join(f"{m.title}: {STATUSES[m.status]}" for m in one.marks)
        rows.append(
            [
                f"Participant {one.student}" if theirs else "", one.name,
                "" if theirs else one.student, status, _number(one.total),
                _number(_out_of(one)), "", says,
            ]
        )  # fmt: skip
    return _table(rows)


def _came_from(one: Standing) -> str:
    """Return whose export names the student: its files have names of their own."""
    file = one.submission.file if one.submission else ""
    return sender(PurePosixPath(file).parts, 0, []).layout if file else ""


def as_page(week: str, found: list[Standing]) -> str:
    """Return a page: how the points are spread, which mistakes were made, where it was stuck."""
    totals = [one.total for one in found if one.total is not None]
    most = max((_out_of(one) or 0 for one in found), default=0)
    exercises = [_about(id, found) for id in _exercises(found)]
    counted = [one for one in exercises if one["count"]]
    stuck = min(counted, key=lambda one: one["right"] / one["count"])["title"] if counted else "–"
    spread = _spread(totals, most)
    return page(
        "overview.html",
        week=week,
        count=len(found),
        graded=len(totals),
        middle=statistics.median(totals) if totals else None,
        out_of=most,
        spread=spread,
        most=max((number for _, number in spread), default=1) or 1,
        exercises=exercises,
        stuck=stuck,
    )


def _spread(totals: list[float], most: float) -> list[tuple[str, int]]:
    width = most / BINS if most else 1
    counts = Counter(min(int(total / width), BINS - 1) for total in totals)
    return [
        (f"{place * width:g} to {(place + 1) * width:g}", counts[place]) for place in range(BINS)
    ]


def _about(id: str, found: list[Standing]) -> dict[str, Any]:
    marks = [mark for one in found for mark in one.marks if mark.exercise == id]
    graded = [mark for mark in marks if mark.points is not None]
    return {
        "title": marks[0].title,
        "count": len(graded),
        "right": sum(mark.status == "passed" for mark in graded),
        "statuses": Counter(STATUSES[mark.status] for mark in marks).most_common(),
        "mistakes": Counter(mark.mistake for mark in marks if mark.mistake).most_common(),
    }


def _exercises(found: Iterable[Standing]) -> list[str]:
    return list(dict.fromkeys(mark.exercise for one in found for mark in one.marks))


def _out_of(one: Standing) -> float | None:
    return sum(mark.out_of for mark in one.marks) if one.marks else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _table(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[_harmless(c) for c in row] for row in rows])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: a student chose some of the texts."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def to_nbgrader(week: str, found: list[Standing], asked: tuple[Asked, ...], file: Path) -> str:
    """Write marks into nbgrader's own gradebook, where its export and formgrader show them.

    Raises:
        CourseError: nbgrader is not installed.
    """
    try:
        from nbgrader.api import Gradebook, MissingEntry
    except ImportError as error:
        raise CourseError("This export needs nbgrader: pip install nbgrader") from error
    with _alembic_found(), Gradebook(f"sqlite:///{file.absolute()}") as gradebook:
        _assignment(gradebook, week, found, asked, MissingEntry)
        done = 0
        for one in found:
            if one.total is None:
                continue
            _into(gradebook, week, one, asked)
            done += 1
    return f"{week}: {done} students in nbgrader's gradebook {file}"


@contextlib.contextmanager
def _alembic_found() -> Iterator[None]:
    """Let nbgrader find the program that it calls; it lies beside the Python that runs this."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _assignment(
    gradebook: Any,
    week: str,
    found: list[Standing],
    asked: tuple[Asked, ...],
    missing: type[Exception],
) -> None:
    """Make the assignment and its graded cells where nbgrader does not have them yet."""
    gradebook.update_or_create_assignment(week)
    gradebook.update_or_create_notebook(week, week)
    out_of = {mark.exercise: mark.out_of for one in found for mark in one.marks}
    for one in asked:
        if one.role == "answer":
            continue
        points = one.points or out_of.get(one.exercise, 0)
        kind = "code" if one.role == "check" else "markdown"
        try:
            gradebook.find_grade_cell(one.grade_id, week, week)
        except missing:
            gradebook.add_grade_cell(one.grade_id, week, week, max_score=points, cell_type=kind)


def _into(gradebook: Any, week: str, one: Standing, asked: tuple[Asked, ...]) -> None:
    gradebook.update_or_create_student(one.student)
    submission = gradebook.update_or_create_submission(week, one.student)
    if one.submission and one.submission.submitted not in ("", "late"):
        at = datetime.fromisoformat(one.submission.submitted)
        submission.timestamp = at.replace(tzinfo=None)
    notebook = gradebook.find_submission_notebook(week, week, one.student)
    by_id = {mark.exercise: mark for mark in one.marks}
    for grade in notebook.grades:
        cell = next((a for a in asked if a.grade_id == grade.name), None)
        mark = by_id.get(cell.exercise if cell and cell.role == "check" else grade.name)
        if mark is None:
            continue
        grade.auto_score = mark.points
        decided = one.by_person.get(mark.exercise)
        grade.manual_score = float(decided.value) if decided else None
        grade.needs_manual_grade = one.points_of(mark) is None
    # What late costs is nbgrader's own column, taken off the score that it exports.
    earned = sum(one.points_of(mark) or 0 for mark in one.marks)
    notebook.late_submission_penalty = round(earned * one.penalty, 2)
    gradebook.db.commit()


KINDS: dict[str, Callable[[str, list[Standing]], str]] = {
    "csv": as_csv,
    "canvas": as_canvas,
    "moodle": as_moodle,
    "page": as_page,
    "nbgrader": as_csv,  # named here so that it is listed; it is written in another way
}

"""``course.py gradebook``: show it, decide something, export it."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paperclub.errors import CourseError
from paperclub.grading.book import Book
from paperclub.grading.export import write_export
from paperclub.grading.folder import ClassFolder
from paperclub.grading.marks import STATUSES
from paperclub.grading.policy import Standing, set_due, set_points, set_rules, standings


@dataclass(frozen=True)
class Wishes:
    """What the command line asked of the gradebook; None where it did not."""

    week: str | None = None
    student: str | None = None
    exercise: str | None = None
    points: float | None = None
    reason: str = ""
    attempts: str | None = None
    late: str | None = None
    due: Path | None = None
    export: str | None = None
    to: Path | None = None
    history: bool = False


def gradebook(wishes: Wishes, folder: ClassFolder) -> None:
    """Do what is asked: decisions first, then the export, else show.

    Raises:
        CourseError: Something that was asked for is not there, or not enough was said.
    """
    console = Console(soft_wrap=True, highlight=False)
    if not folder.book.exists():
        raise CourseError(f"There is no gradebook in {folder.root} yet: collect makes it.")
    with Book(folder.book) as book:
        if wishes.attempts is not None or wishes.late is not None:
            set_rules(book, wishes.attempts, wishes.late)
            console.print("Written down. The gradings themselves are unchanged.")
        if wishes.due is not None:
            console.print(f"{set_due(book, wishes.due)} due times written down.")
        if wishes.points is not None:
            if not (wishes.week and wishes.student and wishes.exercise):
                raise CourseError("--points needs the week, --student and --exercise.")
            set_points(
                book, wishes.week, wishes.student, wishes.exercise, wishes.points, wishes.reason
            )
            console.print("Written down, with your name, the time and the reason.")
        if wishes.history:
            _show_history(book, console)
    if wishes.export is not None:
        if wishes.to is None or wishes.week is None:
            raise CourseError("--export needs the week and --to FILE.")
        console.print(escape(write_export(wishes.export, wishes.week, wishes.to, folder)))
        return
    decided = (wishes.attempts, wishes.late, wishes.due, wishes.points)
    if wishes.history or any(one is not None for one in decided):
        return
    with Book(folder.book) as book:
        weeks = [wishes.week] if wishes.week else folder.weeks()
        for week in weeks:
            folder.release(week)
            _show_week(week, standings(book, week), wishes.student, console)


def _show_week(week: str, found: list[Standing], student: str | None, console: Console) -> None:
    if student is not None:
        found = [one for one in found if student in (one.student, one.name)]
    table = Table("student", "number", "points", "late", "attempts", "what is open", title=week)
    for one in found:
        open_ = ", ".join(one.open) or ("" if one.marks else "not graded")
        late = f"{one.late / 3600:.1f} h" if one.late else "" if one.time_known else "time unknown"
        cells = (one.name, one.student, _points(one.total), late, str(one.attempts), open_)
        table.add_row(*map(escape, cells))
    console.print(table)
    if student is not None:
        for one in found:
            for mark in one.marks:
                points = f"{_points(one.points_of(mark))} of {mark.out_of:g}"
                how = f"{STATUSES[mark.status]}: {mark.headline}"
                console.print(escape(f"{mark.exercise}: {points} ({how})"))
            for remark in one.grading.graded.remarks if one.grading else ():
                console.print(escape(remark))


def _show_history(book: Book, console: Console) -> None:
    table = Table("when", "who", "what", "week", "student", "exercise", "value", "reason")
    for one in book.decisions():
        row = (one.at, one.author, one.kind, one.week, one.student, one.exercise, one.value,
               one.reason)  # fmt: skip
        table.add_row(*map(escape, row))
    console.print(table)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"

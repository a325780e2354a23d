"""Progress as a small table, for notebooks and for the command line."""

import os
from dataclasses import dataclass
from html import escape

from paperclub.curriculum import Week, syllabus, written_weeks
from paperclub.learner import store
from paperclub.learner.outline import Task, tasks
from paperclub.learner.tally import Standing, Tally, Totals, best, tally, totals

IN_THE_BOOK = "Your own copy of this notebook shows your progress here. To open it: {command}"
COMMAND = "python course.py start"
# Relative to the text's own colour, so that it is right on a light and on a dark page.
LINE = "1px solid color-mix(in srgb, currentColor 25%, transparent)"
CELL = "padding:.25em .9em .25em 0;font-variant-numeric:tabular-nums;vertical-align:top"


@dataclass(frozen=True)
class Progress:
    """A table: what stands in the first column is text, in the others numbers."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    says: tuple[str, ...]

    def _repr_html_(self) -> str:
        head = _row("th", self.head)
        rows = "".join(_row("td", row) for row in self.rows)
        says = "".join(f'<p style="margin:.3em 0">{escape(line)}</p>' for line in self.says)
        table = (
            f'<table style="border-collapse:collapse;margin:.3em 0;font-size:inherit;'
            f'color:inherit;background:transparent"><thead style="border-bottom:{LINE}">{head}'
            f"</thead><tbody>{rows}</tbody></table>"
        )
        return (
            '<section style="max-width:46em;overflow-x:auto;margin:.4em 0;'
            'font-size:15px;line-height:1.5">'
            f'<p style="margin:.3em 0;font-weight:600">{escape(self.title)}</p>'
            f"{table if self.rows else ''}{says}</section>"
        )

    def __repr__(self) -> str:
        rows = [self.head, *self.rows] if self.rows else []
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([self.title, *lines, *self.says])


@dataclass(frozen=True)
class NoReader:
    """What stands in the book in place of a reader's progress."""

    def _repr_html_(self) -> str:
        command = f"<code>{COMMAND}</code>"
        return f'<p class="course-progress">{IN_THE_BOOK.format(command=command)}</p>'

    def __repr__(self) -> str:
        return IN_THE_BOOK.format(command=COMMAND)


def progress(slug: str | None = None) -> Progress | NoReader:
    """Show how you stand: with the exercises of a week, or with the whole year.

    Raises:
        CourseError: There is no such week; near matches are named.
    """
    # In the book a page is the same for everybody; the build says so.
    if os.environ.get("PAPERCLUB_BOOK"):
        return NoReader()
    week = None if slug is None else syllabus().week(slug)
    tallied, remarks = standing()
    found = _of_year(tallied) if week is None else _of_week(week, tallied)
    return Progress(found.title, found.head, found.rows, (*found.says, *remarks))


def standing() -> tuple[Tally, list[str]]:
    """Return how the learner stands, and what is to be said of the file that tells it."""
    try:
        found = tally(store.read())
    except store.NotKept as error:
        return tally(store.held()), [f"Your progress cannot be read: {error.why}."]
    return found, store.remarks()


def _of_week(week: Week, tallied: Tally) -> Progress:
    asked = tasks(week.slug)
    rows = tuple(_exercise(task, tallied.of(task.id)) for task in asked)
    read = "You marked this week as read." if week.slug in tallied.weeks_read else ""
    if not asked:
        read = f"This week has no exercises{'' if week.written else ' yet; it is planned'}. {read}"
    return Progress(
        f"Your progress: {week.title}",
        ("exercise", "standing", "points", "attempts", "hints"),
        (*rows, _sum(totals(asked, tallied))) if rows else (),
        (read.strip(),) if read else (),
    )


def _exercise(task: Task, here: Standing) -> tuple[str, ...]:
    return (
        task.title,
        _how(here),
        f"{best(task, here):g} of {task.points:g}",
        f"{here.attempts or ''}",
        f"{here.hints or ''}{' and the solution' if here.solution_seen else ''}",
    )


def _how(here: Standing) -> str:
    if here.prediction:
        outcome = {None: "", True: ", rightly", False: ", wrongly"}[here.prediction.right]
        return f"✓ predicted {here.prediction.choice}{outcome}"
    if here.passed:
        return "✓ passed"
    return "tried" if here.attempts else ""


def _sum(all: Totals) -> tuple[str, ...]:
    return (
        "together",
        f"{all.passed} of {all.exercises}",
        f"{all.points:g} of {all.out_of:g}",
        f"{all.attempts or ''}",
        f"{all.hints or ''}",
    )


def _of_year(tallied: Tally) -> Progress:
    weeks = [(week, tasks(week.slug)) for week in written_weeks()]
    rows = [
        _week(week.title, "✓" if week.slug in tallied.weeks_read else "", totals(asked, tallied))
        for week, asked in weeks
    ]
    read = f"{len(tallied.weeks_read & {week.slug for week, _ in weeks})} of {len(weeks)}"
    all = totals([task for _, asked in weeks for task in asked], tallied)
    return Progress(
        "Your progress",
        ("week", "read", "exercises", "points", "attempts", "hints", "predictions right"),
        (*rows, _week("together", read, all)),
        (),
    )


def _week(title: str, read: str, all: Totals) -> tuple[str, ...]:
    return (
        title,
        read,
        f"{all.passed} of {all.exercises}",
        f"{all.points:g} of {all.out_of:g}",
        f"{all.attempts or ''}",
        f"{all.hints or ''}",
        f"{all.right} of {all.settled}" if all.settled else "",
    )


def _row(tag: str, cells: tuple[str, ...]) -> str:
    style = f"text-align:left;{CELL}{';font-weight:600' if tag == 'th' else ''}"
    first, *others = map(escape, cells)
    inner = f'<{tag} style="{style}">{first}</{tag}>' + "".join(
        f'<{tag} style="{style};white-space:nowrap">{cell}</{tag}>' for cell in others
    )
    return f'<tr style="background:transparent">{inner}</tr>'

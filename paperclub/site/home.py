"""What the course's home shows: the year, what is next, and what has been done.

Everything is read from files: the syllabus, the chapters that exist, the learner's copies and their
progress.
"""

import datetime
from typing import Literal

from pydantic import BaseModel

from paperclub.curriculum import Week, reading_list, syllabus
from paperclub.curriculum.measured import minutes
from paperclub.errors import CourseError
from paperclub.learner.copies import CopyState, copy_states
from paperclub.learner.outline import Task, tasks
from paperclub.learner.places import Kind, Place
from paperclub.learner.shown import standing as standing_of_learner
from paperclub.learner.tally import Tally, Totals, totals

Standing = Literal["planned", "ready", "opened", "run", "answered"]
Coming = Literal["first", "begun", "new", "again"]


class WeekShown(BaseModel):
    """A week as it stands on the home. Links are relative to the server's base URL."""

    slug: str
    title: str
    part: str
    number: int
    written: bool
    standing: Standing
    papers: list[str] = []
    claim: str = ""
    takes: str = ""
    lesson: str | None = None
    exercises: str | None = None
    page: str | None = None
    newer: bool = False
    read: bool = False
    done: Totals | None = None
    troubles: list[str] = []


class PartShown(BaseModel):
    """A stretch of the year."""

    title: str
    weeks: list[WeekShown]


class Counts(BaseModel):
    """How much of what is written has been opened, run, read and answered."""

    planned: int
    written: int
    opened: int
    run: int
    answered: int
    read: int
    done: Totals


class Home(BaseModel):
    """All that the home shows but the book's build.

    ``coming`` says why ``next`` is what comes next: nothing was opened yet (``first``), it was
    opened last (``begun``), what was opened is read (``new``), or all is read (``again``).
    """

    parts: list[PartShown]
    next: WeekShown | None
    coming: Coming
    counts: Counts
    newer: bool
    remarks: list[str]


def home() -> Home:
    """Look at the year, at the learner's copies and at their progress.

    Raises:
        CourseError: The syllabus or the reading list is not as it should be.
    """
    states = copy_states()
    tallied, remarks = standing_of_learner()
    year = syllabus()
    numbers = {week.slug: number for number, week in enumerate(year.weeks, start=1)}
    parts = [
        PartShown(
            title=part.title,
            weeks=[
                _shown(week, part.title, numbers[week.slug], states, tallied) for week in part.weeks
            ],
        )
        for part in year.parts
    ]
    weeks = [week for part in parts for week in part.weeks]
    chosen, coming = _next(weeks, states)
    return Home(
        parts=parts,
        next=chosen,
        coming=coming,
        counts=_counts(weeks, states, tallied),
        newer=any(week.newer for week in weeks),
        remarks=remarks,
    )


def _shown(
    week: Week, part: str, number: int, states: dict[Place, CopyState], tallied: Tally
) -> WeekShown:
    if not week.written:
        return WeekShown(
            slug=week.slug,
            title=week.title,
            part=part,
            number=number,
            written=False,
            standing="planned",
        )
    mine = [state for place, state in states.items() if place.slug == week.slug]
    has_exercises = Place("exercises", week.slug) in states
    works = [reading_list().work(paper) for paper in week.papers]
    asked = _tasks(week.slug)
    return WeekShown(
        slug=week.slug,
        title=week.title,
        part=part,
        number=number,
        written=True,
        standing=_standing(week.slug, states),
        papers=[f"{work.title} ({work.year})" for work in works],
        claim=works[0].printable_headline or week.claim,
        takes=_takes(week.slug),
        lesson=f"course/open/chapters/{week.slug}",
        exercises=f"course/open/exercises/{week.slug}" if has_exercises else None,
        page=f"book/chapters/{week.slug}.html",
        newer=any(state.newer for state in mine),
        read=week.slug in tallied.weeks_read,
        done=totals(asked, tallied) if asked else None,
        troubles=[state.trouble for state in mine if state.trouble],
    )


def _takes(slug: str) -> str:
    """Say how long a week takes, if its chapter says it."""
    try:
        known = minutes(slug)
    except CourseError:
        # The chapter cannot be read: that is said among the week's troubles.
        return ""
    words = [f"{known[key]} for the {key}" for key in known]
    return f"Minutes: {', '.join(words)}." if words else ""


def _tasks(slug: str) -> list[Task]:
    try:
        return tasks(slug)
    except CourseError:
        # The exercises cannot be read: that too is said among the week's troubles.
        return []


def _standing(slug: str, states: dict[Place, CopyState]) -> Standing:
    chapter, exercises = _state("chapters", slug, states), _state("exercises", slug, states)
    if exercises.touched:
        return "answered"
    if chapter.has_run or exercises.has_run:
        return "run"
    if chapter.opened or exercises.opened or chapter.touched:
        return "opened"
    return "ready"


def _next(
    weeks: list[WeekShown], states: dict[Place, CopyState]
) -> tuple[WeekShown | None, Coming]:
    """Return the week that was opened last and is not read, or else the first that is not read."""
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)

    def last_opened(week: WeekShown) -> datetime.datetime:
        times = [state.opened for place, state in states.items() if place.slug == week.slug]
        return max((time for time in times if time), default=never)

    written = [week for week in weeks if week.written]
    unread = [week for week in written if not week.read]
    if not written:
        return None, "first"
    latest = max(unread or written, key=last_opened)
    if not unread:
        return latest, "again"
    if last_opened(latest) > never:
        return latest, "begun"
    return latest, "first" if len(unread) == len(written) else "new"


def _counts(weeks: list[WeekShown], states: dict[Place, CopyState], tallied: Tally) -> Counts:
    written = [week for week in weeks if week.written]
    chapters = [_state("chapters", week.slug, states) for week in written]
    exercises = [_state("exercises", week.slug, states) for week in written]
    return Counts(
        planned=len(weeks) - len(written),
        written=len(written),
        opened=sum(bool(state.opened) for state in chapters),
        run=sum(state.has_run for state in chapters),
        answered=sum(state.touched for state in exercises),
        read=sum(week.read for week in written),
        done=totals([task for week in written for task in _tasks(week.slug)], tallied),
    )


def _state(kind: Kind, slug: str, states: dict[Place, CopyState]) -> CopyState:
    return states.get(Place(kind, slug), CopyState())

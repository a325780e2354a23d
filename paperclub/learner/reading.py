"""The reading tracker: how far somebody is with each work of the reading list."""

from collections import Counter
from dataclasses import dataclass
from typing import get_args

from paperclub.curriculum import Work, reading_list
from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError
from paperclub.learner import store
from paperclub.learner.events import Pass, WorkMarked

PASSES: tuple[Pass, ...] = get_args(Pass)
LONGEST = 10_000


@dataclass(frozen=True)
class Tracked:
    """A work, the pass that it came to, and what its reader thinks of it."""

    work: Work
    status: Pass = "to-read"
    blurb: str = ""


def mark(work: str, status: str | None, blurb: str | None = None) -> Tracked:
    """Mark a work as read to a pass, or write a blurb, or both; return it as it stands then.

    Raises:
        CourseError: No such work or pass (near matches are named), nothing to mark, or it cannot
            be written.
    """
    found = reading_list().work(work)
    if status is None and blurb is None:
        raise CourseError(
            f"What is to be marked of “{found.title}”? Name a pass ({', '.join(PASSES)}), or "
            '--blurb "…".'
        )
    if status is not None and status not in PASSES:
        raise CourseError(f"There is no pass {status!r}. {suggest(status, PASSES)}")
    if blurb is not None and len(blurb) > LONGEST:
        raise CourseError(f"A blurb has at most {LONGEST} characters; this one has {len(blurb)}.")
    store.add([WorkMarked(work=work, status=status, blurb=blurb)])
    return next(one for one in tracked() if one.work.id == work)


def tracked(category: str | None = None, status: str | None = None) -> list[Tracked]:
    """Return the reading list as it stands: all works, or those of a category or a pass.

    Raises:
        CourseError: No such category or pass; near matches are named.
    """
    works = reading_list().works
    topics = sorted({work.topic for work in works})
    if category is not None and category not in topics:
        raise CourseError(
            f"There is no category {category!r}. {suggest(category, topics)} "
            "All of them: python course.py reading"
        )
    if status is not None and status not in PASSES:
        raise CourseError(f"There is no pass {status!r}. {suggest(status, PASSES)}")
    statuses, blurbs = _marks()
    standing = [
        Tracked(work, statuses.get(work.id, "to-read"), blurbs.get(work.id, "")) for work in works
    ]
    return [
        one
        for one in standing
        if category in (None, one.work.topic) and status in (None, one.status)
    ]


def counts() -> dict[str, Counter[Pass]]:
    """Return how many works of each category came to each pass, categories in their order."""
    found: dict[str, Counter[Pass]] = {}
    for one in sorted(tracked(), key=lambda one: one.work.topic):
        found.setdefault(one.work.topic, Counter())[one.status] += 1
    return found


def _marks() -> tuple[dict[str, Pass], dict[str, str]]:
    """Return the last pass and the last blurb of each work that has one."""
    statuses: dict[str, Pass] = {}
    blurbs: dict[str, str] = {}
    for event in store.read():
        if isinstance(event, WorkMarked):
            if event.status is not None:
                statuses[event.work] = event.status
            if event.blurb is not None:
                blurbs[event.work] = event.blurb
    return statuses, blurbs

"""What a submission earned, exercise by exercise, as plain data that can be kept and shown."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from paperclub.exercises.compare import number
from paperclub.exercises.verdict import Code, Pair, Part, Table

# A status is not a score. `infrastructure` and `by-hand` have none.
STATUSES = {
    "passed": "right",
    "mistake": "a known mistake",
    "wrong": "not right",
    "error": "stopped with an error",
    "timeout": "did not come to an end",
    "memory": "asked for more memory than there is",
    "died": "ended the process that ran it",
    "forbidden": "tried what the sandbox forbids",
    "unanswered": "not answered",
    "by-hand": "marked by hand",
    "infrastructure": "could not be graded: our failure, not the answer's",
}
NOT_A_SCORE = ("infrastructure", "by-hand")


@dataclass(frozen=True)
class Mark:
    """What one exercise earned.

    Attributes:
        exercise: The exercise; for a text marked by hand, nbgrader's name of its cell.
        title: Its title.
        status: One of :data:`STATUSES`.
        points: Points earned; None where there is no score.
        out_of: Points to be had.
        headline: A few words.
        mistake: The known mistake's name, or nothing.
        says: What the student is told: pairs of kind (text, code, table) and content. Nothing of
            a hidden case stands in it.
    """

    exercise: str
    title: str
    status: str
    points: float | None
    out_of: float
    headline: str
    mistake: str = ""
    says: tuple[tuple[str, Any], ...] = field(default=())

    def __post_init__(self):
        if self.status not in STATUSES:
            raise ValueError(f"{self.status!r} is no status of a mark")
        if (self.points is None) != (self.status in NOT_A_SCORE):
            raise ValueError(f"{self.status} with {self.points} points")


@dataclass(frozen=True)
class Graded:
    """What a submission earned, and what was noticed on the way.

    Attributes:
        marks: One for each exercise, and for each text marked by hand.
        remarks: Repairs and skipped statements, one sentence each.
        seconds: Processor time in the sandbox.
        peak_kib: The largest of its children.
    """

    marks: tuple[Mark, ...]
    remarks: tuple[str, ...]
    seconds: float
    peak_kib: int

    def has(self, status: str) -> bool:
        """Tell whether an exercise has this status."""
        return any(mark.status == status for mark in self.marks)

    def plain(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return asdict(self)


def graded_from(plain: dict[str, Any]) -> Graded:
    """Return what :meth:`Graded.plain` gave, also after JSON."""
    marks = tuple(
        Mark(**{**one, "says": tuple((kind, content) for kind, content in one["says"])})
        for one in plain["marks"]
    )
    return Graded(marks, tuple(plain["remarks"]), plain["seconds"], plain["peak_kib"])


def shown(parts: tuple[Part, ...]) -> tuple[tuple[str, Any], ...]:
    """Return a verdict's parts as plain data: text, code, and tables of text."""
    return tuple(map(_shown, parts))


def _shown(part: Part) -> tuple[str, Any]:
    if isinstance(part, str):
        return ("text", part)
    if isinstance(part, Code):
        return ("code", part.lines)
    if isinstance(part, Table):
        return ("table", [[str(cell) for cell in row] for row in part.rows])
    return ("table", _differences(part))


def _differences(pair: Pair) -> list[list[str]]:
    rows = [["place", "yours", "expected"]]
    for place in map(tuple, np.argwhere(pair.wrong)[:8].tolist()):
        at = f"{pair.name}[{', '.join(map(str, place))}]" if place else pair.name
        rows.append([at, number(pair.mine[place]), number(pair.expected[place])])
    return rows

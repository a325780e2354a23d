"""What a check says: points for the grader, a message for the person."""

from dataclasses import dataclass, field

import numpy as np

from paperclub.exercises.compare import number
from paperclub.exercises.picture import MARKS, card, code, pair, paragraph, table

STATUSES = tuple(MARKS)


@dataclass(frozen=True)
class Code:
    """Lines to be shown as they are."""

    lines: str


@dataclass(frozen=True)
class Pair:
    """An output beside what was expected, with the places where they differ."""

    name: str
    mine: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray


@dataclass(frozen=True)
class Table:
    """Rows of text or numbers; the first row holds the columns' names."""

    rows: list[list]


Part = str | Code | Pair | Table


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, as a value.

    ``repr`` is the number of points, which is what nbgrader reads from the last line of a graded
    cell; a notebook shows the message instead; ``str`` is the message as plain text.

    Attributes:
        id: The exercise.
        status: passed, mistake, wrong, error, late, unanswered, noted (a prediction, a hint).
        points: Points earned.
        out_of: Points to be had.
        headline: The verdict in a few words; for a known mistake, its name.
        parts: What follows. In a string, `words between backticks` are code.
    """

    id: str
    status: str
    points: float
    out_of: float
    headline: str
    parts: tuple[Part, ...] = field(default=())

    def __post_init__(self):
        if self.status not in STATUSES:
            raise ValueError(f"{self.status!r} is no status of a verdict: {', '.join(STATUSES)}")

    def __repr__(self) -> str:
        return f"{self.points:g}"

    def __str__(self) -> str:
        lines = [f"{MARKS[self.status][0]} {self._title()}{self._points()}"]
        return "\n".join(lines + [_text(part) for part in self.parts])

    def _repr_html_(self) -> str:
        return card(
            self.status, self._title(), self._points(), "".join(_html(part) for part in self.parts)
        )

    def _title(self) -> str:
        return f"A known mistake: {self.headline}" if self.status == "mistake" else self.headline

    def _points(self) -> str:
        return f" · {self.points:g} of {self.out_of:g} points" if self.out_of else ""


def _text(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Code):
        return "\n".join(f"    {line}" for line in part.lines.splitlines())
    if isinstance(part, Table):
        return "\n".join(
            "    " + "".join(f"{_cell(cell):>22}" for cell in row) for row in part.rows
        )
    places = np.argwhere(part.wrong)[:5]
    lines = [f"    {'place':<24}{'yours':>12}{'expected':>12}"]
    for place in map(tuple, places.tolist()):
        at = f"{part.name}[{', '.join(map(str, place))}]" if place else part.name
        values = f"{number(part.mine[place]):>12}{number(part.expected[place]):>12}"
        lines.append(f"    {at:<24}{values}")
    return "\n".join(lines)


def _html(part: Part) -> str:
    if isinstance(part, str):
        return paragraph(part)
    if isinstance(part, Code):
        return code(part.lines)
    if isinstance(part, Table):
        return table([[_cell(cell) for cell in row] for row in part.rows])
    return pair(part.name, part.mine, part.expected, part.wrong)


def _cell(value) -> str:
    return number(np.float64(value)) if isinstance(value, float) else str(value)

"""From marks to a final number: which attempt counts, what late costs, what a person decided."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from pathlib import Path

from paperclub.errors import CourseError
from paperclub.grading.book import Book, Decision, Grading, Submission
from paperclub.grading.collect import moment, read_csv
from paperclub.grading.marks import Mark

EVERYONE = "*"
DAY = 24 * 3600
LATE = re.compile(r"^(?P<percent>\d{1,3})% a day(?: up to (?P<most>\d{1,3})%)?$")


@dataclass(frozen=True)
class Standing:
    """How a student stands in a week.

    Attributes:
        student: What names the student.
        name: The name as the export writes it.
        submission: The attempt that counts; None where nothing could be taken.
        grading: Its marks; None where it is not graded.
        attempts: How many attempts there are.
        by_person: The points that a person gave, by exercise, with the reason.
        late: Seconds after the due time; 0 where no time is known.
        penalty: The share that late costs, from 0 to 1.
        time_known: Does the export say when it was handed in?
    """

    student: str
    name: str
    submission: Submission | None
    grading: Grading | None
    attempts: int
    by_person: dict[str, Decision] = field(default_factory=dict)
    late: float = 0.0
    penalty: float = 0.0
    time_known: bool = False

    def points_of(self, mark: Mark) -> float | None:
        """Return what an exercise earned, a person's decision first; None where there is none."""
        decided = self.by_person.get(mark.exercise)
        return float(decided.value) if decided else mark.points

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return the marks, if it is graded."""
        return self.grading.graded.marks if self.grading else ()

    @property
    def open(self) -> list[str]:
        """Return what still has no points: to be marked by hand, or not graded by our fault."""
        return [mark.exercise for mark in self.marks if self.points_of(mark) is None]

    @property
    def total(self) -> float | None:
        """Return the points with what late costs; None where nothing was graded."""
        if not self.marks or any(
            mark.status == "infrastructure" and self.points_of(mark) is None for mark in self.marks
        ):
            return None
        earned = sum(self.points_of(mark) or 0 for mark in self.marks)
        return round(earned * (1 - self.penalty), 2)


@dataclass(frozen=True)
class Policy:
    """A class's rules, from the newest decision of each kind.

    Attributes:
        attempts: ``last`` or ``best``.
        late: ``none``, ``refuse``, or ``N% a day`` (``up to M%``).
        due: Due times by week, and by student where there is an extension.
        points: A person's points, by week, student and exercise.
    """

    attempts: str
    late: str
    due: dict[tuple[str, str], str]
    points: dict[tuple[str, str, str], Decision]

    def penalty(self, seconds: float) -> float:
        """Return the share that handing in so late costs.

        Raises:
            CourseError: The class's book holds a rule that is none of these.
        """
        if seconds <= 0 or self.late == "none":
            return 0.0
        if self.late == "refuse":
            return 1.0
        found = LATE.match(self.late)
        if found is None:
            raise CourseError(f"{self.late!r} is no rule for late ones; set one with --late.")
        percent, most = int(found["percent"]), int(found["most"] or 100)
        return min(percent * ceil(seconds / DAY), most, 100) / 100


def policy_of(book: Book) -> Policy:
    """Return the rules that hold now."""
    kept = {"attempts": "last", "late": "none"}
    due: dict[tuple[str, str], str] = {}
    points: dict[tuple[str, str, str], Decision] = {}
    for one in book.decisions():
        if one.kind == "due":
            due[one.week, one.student] = one.value
        elif one.kind == "points":
            points[one.week, one.student, one.exercise] = one
        else:
            kept[one.kind] = one.value
    return Policy(kept["attempts"], kept["late"], due, points)


def standings(book: Book, week: str) -> list[Standing]:
    """Return how everyone who handed something in stands, in the order of their names."""
    policy = policy_of(book)
    gradings = book.gradings(week)
    by_student: dict[str, list[Submission]] = {}
    for one in book.submissions(week):
        by_student.setdefault(one.student, []).append(one)
    found = [_standing(week, given, gradings, policy) for given in by_student.values()]
    return sorted(found, key=lambda one: (one.name.casefold(), one.student))


def _standing(
    week: str, given: list[Submission], gradings: dict[int, Grading], policy: Policy
) -> Standing:
    # Where no time is known, the order of collecting is all there is.
    taken = sorted(
        (one for one in given if one.status == "ok"),
        key=lambda one: (one.submitted if one.submitted != "late" else "", one.id),
    )
    student, name = given[-1].student, given[-1].name
    by_person = {
        exercise: one
        for (of, who, exercise), one in policy.points.items()
        if (of, who) == (week, student)
    }
    each = []
    for one in taken:
        late = _late(one, policy.due.get((week, student)) or policy.due.get((week, EVERYONE)))
        each.append(
            Standing(
                student, name, one, gradings.get(one.id), len(taken), by_person, late,
                policy.penalty(late), bool(one.submitted),
            )
        )  # fmt: skip
    if not each:
        return Standing(student, name, None, None, 0, by_person)
    if policy.attempts == "best":
        return max(each, key=lambda one: -1.0 if one.total is None else one.total)
    return each[-1]


def _late(one: Submission, due: str | None) -> float:
    if one.submitted == "late":
        return 1.0  # the export calls it late and does not say by how much
    if not due or not one.submitted:
        return 0.0
    apart = datetime.fromisoformat(one.submitted) - datetime.fromisoformat(due)
    return max(0.0, apart.total_seconds())


def set_rules(book: Book, attempts: str | None, late: str | None) -> None:
    """Write down how attempts and late ones count.

    Raises:
        CourseError: There is no such rule.
    """
    if attempts not in (None, "last", "best"):
        raise CourseError(f"--attempts is last or best, not {attempts!r}.")
    if late not in (None, "none", "refuse") and not LATE.match(late):
        raise CourseError(
            f'--late is none, refuse, or for example "10% a day up to 50%", not {late!r}.'
        )
    rules = [("attempts", attempts), ("late", late)]
    book.decide([(kind, "", "", "", value, "") for kind, value in rules if value is not None])


def set_due(book: Book, file: Path) -> int:
    """Write down due times and extensions from a CSV file: week, student, due; return how many.

    A row without a student, or with ``*``, is for everyone.

    Raises:
        CourseError: A column is missing, or a time is none.
    """
    rows = read_csv(file)
    if rows and not {"week", "due"} <= set(rows[0]):
        raise CourseError(f"{file} needs the columns week, student and due.")
    decisions = []
    for number, row in enumerate(rows, start=2):
        due = moment(row["due"], f"{file.name}, line {number}")
        student = row.get("student") or EVERYONE
        decisions.append(("due", row["week"], student, "", due, row.get("reason", "")))
    book.decide(decisions)
    return len(decisions)


def set_points(
    book: Book, week: str, student: str, exercise: str, points: float, reason: str
) -> None:
    """Write down points that a person gave in place of the grader's.

    Raises:
        CourseError: The student or the exercise is unknown, the points are more than there are, or
            no reason is given.
    """
    if not reason.strip():
        raise CourseError("Points by hand need a reason: --reason '…'. It is kept with them.")
    found = [one for one in standings(book, week) if student in (one.student, one.name)]
    if len(found) != 1:
        raise CourseError(
            f"{student!r} names {len(found)} students of {week}; "
            "gradebook shows their names and numbers."
        )
    marks = {mark.exercise: mark for mark in found[0].marks}
    if exercise not in marks:
        known = ", ".join(marks) or "none: it is not graded yet"
        raise CourseError(f"There is no exercise {exercise!r} there; there are: {known}.")
    most = marks[exercise].out_of
    if not 0 <= points <= most:
        raise CourseError(f"{exercise} has {most:g} points to give, not {points:g}.")
    book.decide([("points", week, found[0].student, exercise, f"{points:g}", reason)])

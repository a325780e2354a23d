"""The record of how sound a week's checks are: what was measured, and on which code.

``python course.py soundness`` writes it; the page for instructors shows it.
"""

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.ledger.code import essence

# What decides whether an answer passes and which mistake is told, and what measures both.
ENGINE = (
    "exercises/compare.py", "exercises/judge.py", "exercises/notion.py", "exercises/run.py",
    "checks/mutants.py", "checks/soundness.py",
)  # fmt: skip

Share = Annotated[float, Field(ge=0, le=1)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MistakeRecord(_Record):
    """How surely a mistake is told by its own name and hint.

    Attributes:
        name: The mistake.
        ways: In how many ways it is made; what follows is the worst of them.
        share: The share of seeds at each of which, alone, it is told as what it is.
        combined: Is it told so on the cases of all seeds together?
    """

    name: str
    ways: int
    share: Share
    combined: bool


class MutantsRecord(_Record):
    """What became of the mutants of the reference.

    Attributes:
        made: How many.
        equivalent: Those that pass: each with why it is no mistake.
        unjudged: Those that pass and of which nobody has said why.
    """

    made: int
    equivalent: dict[str, str]
    unjudged: tuple[str, ...]

    @property
    def killed(self) -> int:
        """How many do not pass."""
        return self.made - len(self.equivalent) - len(self.unjudged)


class ExerciseRecord(_Record):
    """How sound the check of one exercise is.

    Attributes:
        id: The exercise.
        title: Its title.
        points: What it earns.
        minutes: What it takes.
        cases: How many cases one seed gives.
        passes: At how many seeds the reference passes.
        tolerance: The largest difference allowed, as a share of the output's magnitude.
        rounding: The largest difference of the reference from itself in double precision.
        nearest: The smallest difference, over mistakes and seeds, of a mistake from the reference,
            as a share of the output's magnitude; 1 if it is larger.
        right: Different right ways that pass, by their functions' names.
        wrong: How many wrong answers that are no listed mistake were tried, and refused.
        mistakes: How each mistake is told.
        mutants: What became of the reference's mutants.
    """

    id: str
    title: str
    points: int
    minutes: int
    cases: int
    passes: int
    tolerance: float
    rounding: float
    nearest: float
    right: tuple[str, ...]
    wrong: int
    mistakes: tuple[MistakeRecord, ...]
    mutants: MutantsRecord


class Record(_Record):
    """How sound the checks of a week are.

    Attributes:
        slug: The week.
        code: ``code_of`` the week when it was measured.
        seeds: How many seeds were tried.
        learners: How many seeds a learner's own check puts together.
        exercises: The week's code exercises, in their order.
    """

    slug: str
    code: str
    seeds: int
    learners: int
    exercises: tuple[ExerciseRecord, ...]

    @property
    def stale(self) -> bool:
        """Has the code changed since?"""
        return self.code != code_of(self.slug)


def code_of(slug: str) -> str:
    """Return a hash of the week's exercises, of its bank of answers, and of what judges them.

    Comments, docstrings and layout are left out.
    """
    digest = hashlib.sha256()
    for file in [paths.SOLUTIONS / f"{slug}.py", _answers() / f"{slug}.py", *_engine()]:
        text = essence(file.read_text("utf-8")) if file.is_file() else ""
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()[:16]


def inputs() -> list[Path]:
    """Return the files that the page depends on: the records, and the code of all weeks."""
    written = (paths.BOOK / "soundness").glob("*.json")
    code = (*paths.SOLUTIONS.glob("*.py"), *_answers().glob("*.py"), *_engine())
    return sorted([*written, *code])


def _answers() -> Path:
    return paths.ROOT / "tests" / "answers"


def _engine() -> list[Path]:
    return [paths.ROOT / "paperclub" / name for name in ENGINE]


def place(slug: str) -> Path:
    """Return where a week's record stands."""
    return paths.BOOK / "soundness" / f"{slug}.json"


def read_record(slug: str) -> Record | None:
    """Return a week's record, or None where nothing is measured yet.

    Raises:
        CourseError: The file is no such record.
    """
    path = place(slug)
    if not path.is_file():
        return None
    try:
        return Record.model_validate_json(path.read_text("utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file as a whole"
        raise CourseError(
            f"{path} is not as `python course.py soundness {slug}` writes it: {where}: "
            f"{first['msg']}. Run that again."
        ) from error


def write_record(record: Record) -> None:
    """Write a week's record."""
    write_atomically(place(record.slug), record.model_dump_json(indent=2) + "\n")

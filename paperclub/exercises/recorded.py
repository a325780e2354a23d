"""An exercise whose cases were worked out beforehand: all that a check needs, and no answer's code.

What is recorded are inputs, the outcomes that are expected, and those of each known mistake. From
a file of this kind the same check is made as from ``solutions/``, with no reference and no mistake
within reach. A class is given some cases to practise with; others are kept for its marks.
"""

import inspect
import textwrap
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from paperclub.errors import CourseError
from paperclub.exercises import plain
from paperclub.exercises.judge import Row, rows_of
from paperclub.exercises.notion import Case, Exercise, Mistake, Prediction
from paperclub.exercises.run import Outcome, Raised, run
from paperclub.exercises.source import driver_of

FORMAT = 1
SUFFIX = ".cases"
FOLDER = "practice"  # beside a released notebook
_HEADING = (
    "id", "title", "points", "difficulty", "importance", "minutes", "hints", "symptoms",
)  # fmt: skip
_CODE = ("asks", "gradients", "tolerance", "covered", "next_step")


@dataclass(frozen=True, kw_only=True, eq=False)
class Recorded(Exercise):
    """An exercise of which the cases and their outcomes are recorded.

    Attributes:
        rows: The cases, what is expected, and what each known mistake gives.
        driver_source: The driver as text, for a process that does not have the course.
        seconds: The processor time that the reference took for its slowest case.
    """

    rows: tuple[Row, ...]
    driver_source: str
    seconds: float


def absent(*given: Any) -> Any:
    """Stand where an answer's code would be.

    Raises:
        CourseError: Always: a class's exercises come without solutions.
    """
    raise CourseError(
        "This class's exercises come without their solutions; they are handed out after the week."
    )


def record(
    exercises: Iterable[Exercise | Prediction], seeds: Callable[[Exercise], tuple[int, ...]]
) -> bytes:
    """Work out the cases of ``seeds`` for each exercise, and return all of it as bytes.

    Raises:
        CourseError: A driver does not run alone, or an exercise's inputs are no plain data.
    """
    written = [
        _prediction(one) if isinstance(one, Prediction) else _exercise(one, seeds(one))
        for one in exercises
    ]
    try:
        return zlib.compress(plain.pack({"format": FORMAT, "exercises": written}), 6)
    except plain.NotPlain as error:
        raise CourseError(f"An exercise's cases cannot be recorded: {error}.") from error


def _prediction(asked: Prediction) -> dict[str, Any]:
    # Neither why it is so nor how the run is read: that gives the answer away.
    about = {name: _plain(getattr(asked, name)) for name in _HEADING}
    return about | {"kind": "prediction", "question": asked.question, "choices": asked.choices}


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _exercise(asked: Exercise, seeds: tuple[int, ...]) -> dict[str, Any]:
    rows = rows_of(asked, seeds)
    about = {name: _plain(getattr(asked, name)) for name in (*_HEADING, *_CODE)}
    return about | {
        "kind": "code",
        "driver": driver_source(asked),
        "seconds": _slowest(asked, rows),
        "mistakes": [[one.name, one.hint, len(one.ways)] for one in asked.mistakes],
        "rows": [_row(asked, row) for row in rows],
    }


def driver_source(asked: Exercise) -> str:
    """Return an exercise's driver as text that defines one function and runs alone.

    Raises:
        CourseError: The driver is something else than a function with a name.
    """
    try:
        source = textwrap.dedent(inspect.getsource(asked.driver))
    except (OSError, TypeError) as error:
        raise CourseError(f"{asked.id}: its driver has no source to be read.") from error
    if not source.startswith("def "):
        raise CourseError(f"{asked.id}: its driver must be a function of its own (def …).")
    return source


def _slowest(asked: Exercise, rows: list[Row]) -> float:
    slowest = 0.0
    for row in rows:
        began = time.process_time()
        run(asked, asked.reference, [row.case], 600)
        slowest = max(slowest, time.process_time() - began)
    return slowest


def _row(asked: Exercise, row: Row) -> list[Any]:
    expected = _outcome(row.expected)
    same = plain.pack(expected)
    mistakes = []
    for mistake in asked.mistakes:
        given = [_outcome(outcome) for outcome in row.mistakes[mistake.name]]
        # Most mistakes are right in most cases: these are written as None.
        mistakes.append([None if plain.pack(one) == same else one for one in given])
    return [row.case.name, dict(row.case.inputs), expected, mistakes]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what is not usual in an outcome, as plain data."""
    usual = Outcome()
    found: dict[str, Any] = {}
    for name in ("values", "gradients", "changed", "fickle", "strange", "blank", "late"):
        value = getattr(outcome, name)
        if value != getattr(usual, name):
            found[name] = value
    for name in ("raised", "raised_in_gradients"):
        if (raised := getattr(outcome, name)) is not None:
            # Of a mistake only the kind is compared; its line would be its code.
            found[name] = asdict(replace(raised, line="", number=0))
    return found


def read(data: bytes) -> tuple[Recorded | Prediction, ...]:
    """Return the exercises that :func:`record` wrote.

    Raises:
        CourseError: The bytes are something else, or of another format.
    """
    try:
        found = plain.unpack(zlib.decompressobj().decompress(data, 1 << 30))
        if found["format"] != FORMAT:
            raise CourseError(
                f"The cases are of format {found['format']}, and this course reads {FORMAT}."
            )
        return tuple(
            _read_prediction(one) if one["kind"] == "prediction" else _read_exercise(one)
            for one in found["exercises"]
        )
    except (zlib.error, plain.NotPlain, KeyError, TypeError, ValueError) as error:
        raise CourseError(
            f"These are no recorded cases ({error}). Take the file from the release again."
        ) from error


def read_file(path: Path) -> tuple[Recorded | Prediction, ...]:
    """Return the exercises of a file of recorded cases.

    Raises:
        CourseError: It is not there, or it is something else.
    """
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error


def _heading(about: dict[str, Any]) -> dict[str, Any]:
    heading = {name: about[name] for name in _HEADING}
    symptoms = tuple(map(tuple, about["symptoms"]))
    return heading | {"hints": tuple(about["hints"]), "symptoms": symptoms, "why": ""}


def _read_prediction(about: dict[str, Any]) -> Prediction:
    return Prediction(
        **_heading(about),
        question=about["question"],
        choices=about["choices"],
        settle=_in_class,
        rubric=(),
    )


def _in_class(measured: Any) -> Any:
    raise CourseError(
        "The run is made; hold it against your prediction, which is stored. What it says is "
        "discussed in class."
    )


def _read_exercise(about: dict[str, Any]) -> Recorded:
    mistakes = tuple(
        Mistake(name, absent, hint, variants=(absent,) * (ways - 1))
        for name, hint, ways in about["mistakes"]
    )
    asks = tuple(about["asks"])
    return Recorded(
        **_heading(about),
        **{name: about[name] for name in ("tolerance", "covered", "next_step", "seconds")},
        asks=asks,
        gradients=tuple(about["gradients"]),
        reference=absent if len(asks) == 1 else (absent,) * len(asks),
        cases=absent,
        mistakes=mistakes,
        driver=driver_of(about["driver"]),
        driver_source=about["driver"],
        rows=tuple(_read_row(row, mistakes) for row in about["rows"]),
    )


def _read_row(row: list[Any], mistakes: tuple[Mistake, ...]) -> Row:
    name, inputs, expected, given = row
    right = _read_outcome(expected)
    return Row(
        Case(name, inputs),
        right,
        {
            mistake.name: tuple(right if one is None else _read_outcome(one) for one in ways)
            for mistake, ways in zip(mistakes, given, strict=True)
        },
    )


def _read_outcome(written: dict[str, Any]) -> Outcome:
    found = dict(written)
    for name in ("raised", "raised_in_gradients"):
        if name in found:
            found[name] = Raised(**found[name])
    if "changed" in found:
        found["changed"] = tuple(found["changed"])
    return Outcome(**found)

"""From what an answer gave to what it is told: passed, which mistake, or where it first differs.

Nothing here runs an answer. What an answer gave, what was expected and what each mistake gives are
plain data, so the verdict can be reached in another process than the one that ran the answer.
"""

import functools
import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from paperclub.exercises.compare import (
    ASPECTS,
    GRADIENT,
    INPUTS,
    OUTPUT,
    Difference,
    first_difference,
    raised,
    same,
)
from paperclub.exercises.meaning import meaning
from paperclub.exercises.notion import Answer, Case, Exercise, Heading, Mistake
from paperclub.exercises.run import Outcome, Raised, run
from paperclub.exercises.verdict import Code, Pair, Part, Verdict

SEEDS = 5
FICKLE = (
    "Called twice with the same inputs, your answer gave different values: something in it is "
    "random, such as dropout or a layer made anew with weights of its own."
)
LINES = 8  # of what an answer printed
PATIENCE = 600  # seconds for our own code: on a busy machine it is slow, never endless


@dataclass(frozen=True)
class Row:
    """A case, what is expected of it, and what each way of each mistake gives instead, by name."""

    case: Case
    expected: Outcome
    mistakes: dict[str, tuple[Outcome, ...]]


def seeds_of(exercise: Exercise) -> tuple[int, ...]:
    """Return the seeds of the learner's check: several, and the same on every machine."""
    first = zlib.crc32(exercise.id.encode())
    return tuple(first + step for step in range(SEEDS))


@functools.lru_cache(maxsize=32)
def rows_of(exercise: Exercise, seeds: tuple[int, ...]) -> list[Row]:
    """Work out what is expected, and what each mistake gives, for the cases of some seeds."""
    cases = [case for seed in seeds for case in exercise.cases(seed)]
    expected = run(exercise, exercise.reference, cases, PATIENCE)
    wrong = {
        mistake.name: [_outcomes_of(exercise, way, cases, expected) for way in mistake.ways]
        for mistake in exercise.mistakes
    }
    return [
        Row(
            case,
            expected[place],
            {name: tuple(given[place] for given in ways) for name, ways in wrong.items()},
        )
        for place, case in enumerate(cases)
    ]


def _outcomes_of(
    exercise: Exercise, wrong: Answer, cases: list[Case], expected: list[Outcome]
) -> list[Outcome]:
    """Run a mistake, with its gradients only where nothing else tells it from a right answer."""
    given = run(exercise, wrong, cases, PATIENCE, gradients=False)
    tolerance = exercise.tolerance
    pairs = list(zip(given, expected, strict=True))
    if all(same(*pair, aspect, tolerance) for pair in pairs for aspect in (OUTPUT, INPUTS)):
        return run(exercise, wrong, cases, PATIENCE)
    return given


def judge(exercise: Exercise, rows: list[Row], outcomes: list[Outcome], seconds: float) -> Verdict:
    """Say what is to be said of an answer that gave ``outcomes`` for the cases of ``rows``.

    ``seconds`` is the limit that the answer was given, for the message that it was reached.
    """
    verdict = _verdict(exercise, rows, outcomes, seconds)
    return replace(verdict, parts=(*verdict.parts, *_printed(rows, outcomes)))


def _verdict(
    exercise: Exercise, rows: list[Row], outcomes: list[Outcome], seconds: float
) -> Verdict:
    if all(outcome.blank for outcome in outcomes):
        return unanswered(exercise)
    if outcomes[-1].late:
        return _late(exercise, rows[len(outcomes) - 1], seconds)
    for aspect in ASPECTS:
        judged = _Judged(exercise, rows, outcomes, aspect)
        if judged.failing:
            return judged.verdict()
    return Verdict(
        id=exercise.id,
        status="passed",
        points=exercise.points,
        out_of=exercise.points,
        headline="Right",
        parts=(
            f"Covered: {exercise.covered} ({len(rows)} cases, edge cases among them).",
            f"Next: {exercise.next_step}",
        ),
    )


def unanswered(exercise: Heading) -> Verdict:
    """Return the verdict on a stub."""
    return Verdict(
        id=exercise.id,
        status="unanswered",
        points=0,
        out_of=exercise.points,
        headline="Not answered yet",
        parts=(
            f"Take your time; about {exercise.minutes} minutes is usual. Write your answer where "
            "it says `your answer here`, run that cell, and then this one again. "
            f'`hint("{exercise.id}")` points the way.',
        ),
    )


def _late(exercise: Exercise, row: Row, seconds: float) -> Verdict:
    return Verdict(
        id=exercise.id,
        status="late",
        points=0,
        out_of=exercise.points,
        headline=f"Stopped after {seconds:g} seconds",
        parts=(
            f"Your answer was still running ({row.case.name}). These inputs are small: a right "
            "answer takes a few thousandths of a second. Is there a `while` whose condition never "
            "becomes false, or a function that calls itself? Your notebook is unharmed.",
            *_inputs(row.case, "It was given"),
        ),
    )


@dataclass(frozen=True)
class _Judged:
    """An answer seen in one aspect: its outputs, its gradients, or what it did to its inputs."""

    exercise: Exercise
    rows: list[Row]
    outcomes: list[Outcome]
    aspect: str

    @functools.cached_property
    def failing(self) -> list[int]:
        """The cases that came out wrong, the smallest first."""
        pairs = enumerate(zip(self.rows, self.outcomes, strict=True))
        wrong = (place for place, (row, mine) in pairs if not self._same(mine, row.expected))
        return sorted(wrong, key=lambda place: _size(self.rows[place].case))

    @functools.cached_property
    def right(self) -> list[int]:
        """The other cases."""
        failing = set(self.failing)
        return [place for place in range(len(self.rows)) if place not in failing]

    def verdict(self) -> Verdict:
        for mistake in self.exercise.mistakes:
            if self._is(mistake):
                return self._known(mistake)
        return self._unknown()

    def _same(self, left: Outcome, right: Outcome) -> bool:
        return same(left, right, self.aspect, self.exercise.tolerance)

    def _is(self, mistake: Mistake) -> bool:
        """Does the answer do, in every case, what one way of making the mistake does?"""
        places = [*self.failing, *self.right]  # most mistakes are ruled out by the first of these
        return any(
            all(self._does(place, mistake, way) for place in places)
            for way in range(len(mistake.ways))
        )

    def _does(self, place: int, mistake: Mistake, way: int) -> bool:
        return self._same(self.outcomes[place], self.rows[place].mistakes[mistake.name][way])

    def _known(self, mistake: Mistake) -> Verdict:
        failing = self.failing
        # A case with values to look at says more than one that only raises.
        place = next((p for p in failing if not self.outcomes[p].raised), failing[0])
        parts = [mistake.hint]
        if not self.outcomes[place].raised and self._other_shape(place):
            parts.append(self._first_difference(place).says)
        return self._verdict("mistake", mistake.name, (*parts, *self._shown(place)))

    def _unknown(self) -> Verdict:
        failing = self.failing
        for place in failing:
            if problem := raised(self.outcomes[place], self.aspect):
                return self._raised(place, problem)
        # A shape says more than a value.
        place = next((p for p in failing if self._other_shape(p)), failing[0])
        heading = "The gradient is wrong" if self.aspect == GRADIENT else "Not yet"
        if self.aspect == INPUTS:
            heading = "An input was changed"
        parts = [self._first_difference(place).says, *self._in_part()]
        if any(self.outcomes[place].fickle for place in failing):
            parts.insert(0, FICKLE)
        if self.aspect == OUTPUT and len(failing) < len(self.rows):
            parts.append(
                f"{len(self.right)} of {len(self.rows)} cases are right, for example: "
                f"{self.rows[self.right[0]].case.name}."
            )
        return self._verdict("wrong", heading, (*parts, *self._shown(place), *self._help()))

    def _raised(self, place: int, problem: Raised) -> Verdict:
        parts: list[Part] = []
        if self.aspect == GRADIENT:
            parts.append("The values are right, but they cannot be differentiated.")
        if problem.line:
            parts.append(f"Your line {problem.number}:")
            parts.append(Code(problem.line))
        parts.append(
            f"{problem.kind}: {problem.message.splitlines()[0][:300]}"
            if problem.message
            else problem.kind
        )
        parts.append(meaning(problem.kind, problem.message, problem.line))
        parts.extend(_inputs(self.rows[place].case, "It happened with"))
        return self._verdict("error", "Your code stopped with an error", tuple(parts))

    def _in_part(self) -> list[str]:
        """Name the mistake that explains more of the wrong cases than any other, if one does."""
        failing = self.failing
        explained = sorted(
            (max(self._explained(failing, mistake)), mistake.hint, mistake.name)
            for mistake in self.exercise.mistakes
        )
        counts = [count for count, _, _ in explained] or [0]
        if counts[-1] * 4 < len(failing) or counts[-1] == 0 or counts[-2:-1] == counts[-1:]:
            return []
        count, hint, name = explained[-1]
        if count == len(failing):
            return [f"Wherever it is wrong, it does just what this mistake does: {name}. {hint}"]
        return [
            f"In {count} of the {len(failing)} wrong cases your answer does just what this mistake "
            f"does: {name}. {hint} Mend that first, then run this check again."
        ]

    def _explained(self, failing: list[int], mistake: Mistake) -> list[int]:
        """Count the wrong cases that each way of a mistake explains."""
        return [
            sum(self._does(place, mistake, way) for place in failing)
            for way in range(len(mistake.ways))
        ]

    def _other_shape(self, place: int) -> bool:
        mine, expected = self.outcomes[place].values, self.rows[place].expected.values
        return self.aspect == OUTPUT and any(
            name in mine and mine[name].shape != expected[name].shape for name in expected
        )

    def _first_difference(self, place: int) -> Difference:
        return first_difference(
            self.outcomes[place], self.rows[place].expected, self.aspect, self.exercise.tolerance
        )

    def _shown(self, place: int) -> tuple[Part, ...]:
        """Show a case: what went in, and both values side by side."""
        inputs = _inputs(self.rows[place].case)
        if self.outcomes[place].raised:
            return inputs
        found = self._first_difference(place)
        if found.mine is None or found.expected is None or found.wrong is None:
            return inputs
        return (*inputs, Pair(found.name, found.mine, found.expected, found.wrong))

    def _help(self) -> tuple[str, ...]:
        return (f'`hint("{self.exercise.id}")` points the way.',)

    def _verdict(self, status: str, headline: str, parts: tuple[Part, ...]) -> Verdict:
        return Verdict(
            id=self.exercise.id,
            status=status,
            points=0,
            out_of=self.exercise.points,
            headline=headline,
            parts=parts,
        )


def _size(case: Case) -> int:
    return sum(map(_numbers_in, case.inputs.values()))


def _numbers_in(value: Any) -> int:
    return value.numel() if hasattr(value, "numel") else 1


def _inputs(case: Case, says: str = "The smallest case that shows it") -> tuple[Part, ...]:
    """Say what went in: in full when all of it is small, else numbers by their shape only."""
    small = all(_numbers_in(value) <= 12 for value in case.inputs.values())
    lines = [f"{name} = {_short(value, small)}" for name, value in case.inputs.items()]
    return (f"{says}: {case.name}.", Code("\n".join(lines)))


def _short(value: Any, in_full: bool) -> str:
    if not hasattr(value, "shape"):
        return repr(value)
    array = np.asarray(value)
    is_mask = array.dtype == bool and array.size <= 12
    if in_full or is_mask:
        return f"{_nested(array.tolist())}  # shape {array.shape}"
    return f"an array of shape {array.shape}"


def _nested(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_nested, values))}]"
    return f"{values:.3g}" if isinstance(values, float) else str(values)


def _printed(rows: list[Row], outcomes: list[Outcome]) -> tuple[Part, ...]:
    """Show once what an answer printed, for it was called many times."""
    loud = [place for place, outcome in enumerate(outcomes) if outcome.printed.strip()]
    if not loud:
        return ()
    lines = outcomes[loud[0]].printed.rstrip().splitlines()
    shown = [*lines[:LINES], *(["…"] if len(lines) > LINES else [])]
    return (
        f"Your answer printed something in {len(loud)} of {len(rows)} cases; in the first of these "
        f"({rows[loud[0]].case.name}):",
        Code("\n".join(shown)),
    )

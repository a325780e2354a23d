"""What a learner calls in a notebook: check, hint, solution, predict; each is written down."""

import dataclasses
import functools
import inspect
import sys
from collections.abc import Callable
from types import EllipsisType
from typing import Any

from paperclub.errors import CourseError
from paperclub.exercises.judge import unanswered
from paperclub.exercises.load import exercise as find
from paperclub.exercises.load import practice
from paperclub.exercises.notion import Exercise, Prediction
from paperclub.exercises.recorded import Recorded, absent
from paperclub.exercises.run import SECONDS
from paperclub.exercises.trial import tried
from paperclub.exercises.verdict import Code, Part, Table, Verdict
from paperclub.learner import store
from paperclub.learner.events import (
    Attempt,
    Event,
    HintGiven,
    Predicted,
    Settled,
    SolutionSeen,
)
from paperclub.learner.tally import Standing, tally

_asked_for_solution: set[str] = set()


def _printed_in_a_terminal(ask: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Print what a notebook would show: the value of a verdict is a bare number for the grader."""

    @functools.wraps(ask)
    def asked(*given: Any, **named: Any) -> Verdict:
        verdict = ask(*given, **named)
        if not _in_a_notebook():
            print(verdict)
        return verdict

    return asked


def _in_a_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


@_printed_in_a_terminal
def check(id: str, *answers: Any, seconds: float = SECONDS) -> Verdict:
    """Check an answer and say what came of it.

    Args:
        id: The exercise, for example ``"attention.weights"``.
        answers: The functions or classes that the exercise asks for, in its order. For a
            prediction: the function that makes the run.
        seconds: The answer is stopped when all cases together take longer.

    Raises:
        CourseError: There is no such exercise, or it takes another number of answers.
    """
    found = find(id)
    if isinstance(found, Prediction):
        return _settle(found, answers)
    if len(answers) != len(found.asks):
        raise CourseError(
            f'"{id}" asks for {" and ".join(found.asks)}: check("{id}", {", ".join(found.asks)}).'
        )
    if any(answer is None or answer is ... for answer in answers):
        return unanswered(found)
    for name, answer in zip(found.asks, answers, strict=True):
        if not callable(answer):
            raise CourseError(
                f'check("{id}", {", ".join(found.asks)}) takes the function itself; '
                f"what was given for {name} is a {type(answer).__name__}. "
                f"Write {name}, not {name}(…)."
            )
        if getattr(answer, "__name__", name) in set(found.asks) - {name}:
            raise CourseError(
                f"{answer.__name__} stands where {name} is asked for: "
                f'check("{id}", {", ".join(found.asks)}).'
            )
    verdict = tried(found, dict(zip(found.asks, answers, strict=True)), seconds)
    if verdict.status == "unanswered":
        return verdict
    return _kept(
        verdict,
        Attempt(
            exercise=found.id,
            status=verdict.status,
            points=verdict.points,
            mistake=verdict.headline if verdict.status == "mistake" else None,
        ),
    )


@_printed_in_a_terminal
def predict(id: str, choice: str | EllipsisType | None) -> Verdict:
    """Store a prediction before the run that settles it. Points are for predicting at all.

    A prediction can be changed until its run has settled it; after that the first one stays.

    Raises:
        CourseError: There is no such prediction.
    """
    asked = find(id)
    if not isinstance(asked, Prediction):
        raise CourseError(f'"{id}" asks for code, not for a prediction: check("{id}", …).')
    if choice is None or choice is ...:
        return unanswered(asked)
    letter = str(choice).strip().lower()
    if letter not in asked.choices:
        letters = ", ".join(asked.choices)
        return _noted(asked, f"Choose one of {letters}; {str(choice)[:40]!r} is none of them")
    standing, remarks = _standing(id)
    made = standing.prediction
    if made is not None and made.holds is not None:
        letter = made.choice
        says = f"Your prediction from before the run stays: {letter}"
        after = f"The run has settled it: {made.holds}."
    else:
        says = f"Stored: {letter}"
        after = "Now run the next cells."
    verdict = _noted(asked, says, asked.choices[letter], after, *remarks)
    verdict = dataclasses.replace(verdict, points=asked.points, out_of=asked.points)
    if made is not None and made.choice == letter:
        return verdict
    return _kept(verdict, Predicted(exercise=id, choice=letter, points=asked.points))


@_printed_in_a_terminal
def hint(id: str) -> Verdict:
    """Give the next hint of an exercise, the second one last; it is remembered which was given.

    Raises:
        CourseError: There is no such exercise.
    """
    asked = find(id)
    standing, remarks = _standing(id)
    number = min(standing.hints + 1, len(asked.hints))
    after = (
        "Call it again for the second hint."
        if number == 1
        else f'That was the last hint. `solution("{id}")` shows the solution.'
    )
    # The first stands here too: a hint from another day is not in view any more.
    earlier = [f"Hint {n}: {asked.hints[n - 1]}" for n in range(1, number)]
    verdict = _noted(
        asked,
        f"Hint {number} of {len(asked.hints)}",
        asked.hints[number - 1],
        *earlier,
        after,
        *remarks,
    )
    if number == standing.hints:
        return verdict
    return _kept(verdict, HintGiven(exercise=id, number=number))


@_printed_in_a_terminal
def solution(id: str) -> Verdict:
    """Show the solution of an exercise with its why, at the second asking.

    Raises:
        CourseError: There is no such exercise.
    """
    asked = find(id)
    if isinstance(asked, Recorded) or practice(asked.slug).is_file():
        absent()
    standing, remarks = _standing(id)
    if id not in _asked_for_solution and not standing.solution_seen:
        _asked_for_solution.add(id)
        return _noted(
            asked,
            "Are you sure?",
            "An answer that you found stays longer than one that you read. If you have tried, "
            f'and `hint("{id}")` did not help, call `solution("{id}")` once more.',
            *remarks,
        )
    verdict = _noted(asked, f"Solution: {asked.title}", *_solution(asked), asked.why, *remarks)
    return verdict if standing.solution_seen else _kept(verdict, SolutionSeen(exercise=id))


def _solution(asked: Exercise | Prediction) -> tuple[Part, ...]:
    if isinstance(asked, Prediction):
        return tuple(f"A point for: {line}" for line in asked.rubric)
    functions = asked.reference if isinstance(asked.reference, tuple) else (asked.reference,)
    return tuple(Code(inspect.getsource(function).rstrip()) for function in functions)


def _settle(asked: Prediction, measures: tuple[Callable[[], Any], ...]) -> Verdict:
    if len(measures) != 1 or not callable(measures[0]):
        raise CourseError(
            f'check("{asked.id}", …) settles a prediction. It takes the function that makes the '
            "run, itself and alone: its name, without brackets after it."
        )
    standing, remarks = _standing(asked.id)
    made = standing.prediction
    if made is None:
        return _noted(
            asked,
            "Predict first",
            f'Then this cell makes the run: predict("{asked.id}", …) above stores your choice.',
            *remarks,
        )
    holds, rows = asked.settle(measures[0]())
    right = made.choice == holds
    headline = f"You predicted {made.choice}"
    says = () if right else (f"The run says {holds}: {asked.choices[holds]}",)
    verdict = _noted(
        asked,
        f"{headline}, and so it is" if right else headline,
        *says,
        Table(rows),
        "The next cell asks why." if asked.rubric else asked.why,
        *remarks,
    )
    if made.holds is not None:
        return verdict
    return _kept(verdict, Settled(exercise=asked.id, choice=made.choice, holds=holds))


def _standing(id: str) -> tuple[Standing, list[str]]:
    """Return how the learner stands with an exercise, and what is to be said of the records."""
    try:
        found = tally(store.read()).of(id)
    except store.NotKept as error:
        return tally(store.held()).of(id), [f"Your progress cannot be read: {error.why}."]
    return found, store.remarks()


def _kept(verdict: Verdict, event: Event) -> Verdict:
    """Write down what happened; the verdict stands whether or not that works."""
    refused = store.record(event)
    said = [*store.remarks(), *([refused] if refused else [])]
    return dataclasses.replace(verdict, parts=(*verdict.parts, *said))


def _noted(asked: Exercise | Prediction, headline: str, *parts: Part) -> Verdict:
    return Verdict(asked.id, "noted", 0, 0, headline, parts)

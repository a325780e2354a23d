"""Trying the answers of a notebook: as they stand, piece by piece, and with what they build on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paperclub.exercises.judge import judge, rows_of, seeds_of, unanswered
from paperclub.exercises.load import exercises_of
from paperclub.exercises.notion import Exercise, Prediction
from paperclub.exercises.recorded import Recorded
from paperclub.exercises.run import run
from paperclub.exercises.source import functions_called, has_a_blank
from paperclub.exercises.verdict import Verdict

Answers = dict[str, Callable[..., Any]]  # by the names that the exercise asks for


def tried(asked: Exercise, answers: Answers, seconds: float) -> Verdict:
    """Judge the answers to an exercise, which are stopped after ``seconds``.

    Of several functions, those that are written are judged even if others are not. A function of
    an earlier exercise that is wrong is blamed before the answer that calls it.
    """
    verdict = _judged(asked, answers, seconds)
    blanks = [name for name, answer in answers.items() if has_a_blank(answer)]
    if verdict.status == "passed" or not blanks:
        return _explained(asked, answers, verdict, seconds)
    written = {name: answer for name, answer in answers.items() if name not in blanks}
    if not written:
        return unanswered(asked)
    if isinstance(asked, Recorded):
        # There is no reference here that could stand in for what is blank.
        return _refused(asked, "Not all of it yet", f"{_named(blanks)} still to be written.")
    verdict = _judged(asked, written, seconds)
    if verdict.status == "passed":
        verdict = _refused(asked, "Not all of it yet", f"{_named(list(written))} right.")
    else:
        verdict = _explained(asked, written, verdict, seconds)
    return replace(verdict, parts=(*verdict.parts, f"{_named(blanks)} still to be written."))


def _explained(asked: Exercise, answers: Answers, verdict: Verdict, seconds: float) -> Verdict:
    if verdict.status in ("passed", "late"):
        return verdict
    if verdict.status == "unanswered":
        verdict = _nothing_came_back(asked, answers, seconds)
    return _with_blame(asked, answers, verdict, seconds)


def _judged(asked: Exercise, answers: Answers, seconds: float) -> Verdict:
    """Judge some answers of an exercise, with the reference in place of the others."""
    rows = list(asked.rows) if isinstance(asked, Recorded) else rows_of(asked, seeds_of(asked))
    reference = asked.reference if isinstance(asked.reference, tuple) else (asked.reference,)
    mixed = tuple((dict(zip(asked.asks, reference, strict=True)) | answers).values())
    cases = [row.case for row in rows]
    outcomes = run(asked, mixed[0] if len(mixed) == 1 else mixed, cases, seconds)
    return judge(asked, rows, outcomes, seconds)


def _nothing_came_back(asked: Exercise, written: Answers, seconds: float) -> Verdict:
    """Say which function gave nothing."""
    silent = [
        name
        for name, answer in written.items()
        if len(written) == 1
        or isinstance(asked, Recorded)
        or _judged(asked, {name: answer}, seconds).status == "unanswered"
    ]
    says = " and ".join(f"`{name}`" for name in silent)
    return _refused(
        asked,
        "Nothing came back",
        f"Your {says} ran and gave back None. Is a `return` missing at the end?",
    )


def _with_blame(asked: Exercise, answers: Answers, verdict: Verdict, seconds: float) -> Verdict:
    """Blame the first earlier exercise whose functions the answers call and which is not passed."""
    called: Answers = {}
    for answer in answers.values():
        called |= functions_called(answer)
    for earlier in exercises_of(asked.slug) if called else ():
        if earlier.id == asked.id:
            break
        if isinstance(earlier, Prediction):
            continue  # it has no function
        built_on = {name: called[name] for name in earlier.asks if name in called}
        if not built_on or (isinstance(earlier, Recorded) and len(built_on) < len(earlier.asks)):
            continue
        found = _judged(earlier, built_on, seconds)
        if found.status != "passed":
            return _blaming(verdict, earlier, list(built_on), found)
    return verdict


def _blaming(verdict: Verdict, earlier: Exercise, names: list[str], found: Verdict) -> Verdict:
    functions = " and ".join(f"`{name}`" for name in names)
    how = ""
    if found.status in ("mistake", "unanswered"):
        how = f" ({found.headline[0].lower()}{found.headline[1:]})"
    says = f"Your answer calls {functions}, and that does not pass `{earlier.id}`{how}."
    if verdict.status == "error" and found.status != "unanswered":
        return replace(verdict, parts=(*verdict.parts, says))
    return replace(
        verdict,
        status="wrong",
        headline="Something that your answer calls is wrong",
        parts=(
            f"{says} What is wrong there shows here too: mend it first, run its cell, and then "
            "this check again.",
        ),
    )


def _refused(asked: Exercise, headline: str, says: str) -> Verdict:
    return Verdict(asked.id, "wrong", 0, asked.points, headline, (says,))


def _named(names: list[str]) -> str:
    """``["a", "b"]`` becomes *`a` and `b` are*."""
    return f"{' and '.join(f'`{name}`' for name in names)} {'are' if len(names) > 1 else 'is'}"

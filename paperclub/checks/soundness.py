"""How sound are the checks of a week? Everything that is asked of them, asked of one exercise.

``python course.py soundness`` asks at many seeds and writes the answers down, for the page for
instructors. The tests hold the record to the code that it was measured on, refuse a bad answer in
it, and ask a sample again: another release of a library changes no hash.
"""

import functools
import importlib.util
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

from paperclub import exercises, paths
from paperclub.checks.mutants import mutants
from paperclub.errors import CourseError
from paperclub.exercises import Case, Exercise, Mistake, Prediction, Verdict
from paperclub.exercises.compare import ASPECTS, GRADIENT, OUTPUT, allowed, same
from paperclub.exercises.judge import PATIENCE, Row, judge, rows_of, seeds_of
from paperclub.exercises.notion import Answer
from paperclub.exercises.run import SECONDS, Outcome, run
from paperclub.site.soundness import (
    ExerciseRecord,
    MistakeRecord,
    MutantsRecord,
    Record,
    code_of,
    read_record,
    write_record,
)

SEEDS = range(200)
SEEDS_OF_DIFFERENCES = range(50)
SEEDS_OF_EQUIVALENTS = range(100)
SEEDS_OF_OTHER_WAYS = range(20)
# What the tests ask again.
SAMPLE, SAMPLE_OF_DIFFERENCES, SAMPLE_OF_EQUIVALENTS = SEEDS[::10], range(10), range(10)
SAMPLE_OF_OTHER_WAYS = SEEDS_OF_OTHER_WAYS[::4]
MUTANTS_SAMPLED = 4  # one in so many
ENOUGH = 0.95  # the share of single seeds at which a mistake must be told as what it is
NEAR = 10  # times the rounding a tolerance must be, and times the tolerance the nearest mistake
SECONDS_OF_A_MUTANT = 5  # it may have become endless


@dataclass(frozen=True)
class Bank:
    """Answers to one exercise of which we know what a check should say.

    Attributes:
        right: Different right ways.
        wrong: Wrong answers that are no listed mistake, each with words that it must be told.
        equivalent: Mutants of the reference that pass, each with why it is right that they do.
    """

    right: tuple[Answer, ...] = ()
    wrong: tuple[tuple[Answer, str], ...] = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)


def code_exercises(slug: str) -> list[Exercise]:
    """Return the exercises of a week that are answered by code."""
    return [one for one in exercises.exercises_of(slug) if isinstance(one, Exercise)]


def bank(exercise: Exercise | Prediction) -> Bank:
    """Return what ``tests/answers/SLUG.py`` knows of an exercise.

    Raises:
        CourseError: The week has no such file.
    """
    module = _answers(exercise.slug)
    return Bank(
        right=tuple(module.RIGHT.get(exercise.id, ())),
        wrong=tuple(getattr(module, "WRONG", {}).get(exercise.id, ())),
        equivalent=getattr(module, "EQUIVALENT", {}).get(exercise.id, {}),
    )


@functools.cache
def _answers(slug: str) -> ModuleType:
    path = paths.ROOT / "tests" / "answers" / f"{slug}.py"
    if not path.is_file():
        raise CourseError(
            f"{path} is missing: right answers to the week's exercises, written in other ways."
        )
    spec = importlib.util.spec_from_file_location(f"answers_of_{slug}", path)
    assert spec is not None and spec.loader is not None  # the path is a Python file's
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def _rows(id: str, seed: int) -> list[Row]:
    return rows_of(exercises.exercise(id), (seed,))


def rows(exercise: Exercise, seeds: Iterable[int]) -> list[Row]:
    """Return the cases of some seeds with what is expected and what each mistake gives."""
    return [row for seed in seeds for row in _rows(exercise.id, seed)]


def judged(
    exercise: Exercise, answer: Answer, seeds: Iterable[int], seconds: float = PATIENCE
) -> Verdict:
    """Say of an answer what a check with these seeds would say."""
    found = rows(exercise, seeds)
    outcomes = run(exercise, answer, [row.case for row in found], seconds)
    return judge(exercise, found, outcomes, SECONDS)


def passes(exercise: Exercise, answer: Answer, seeds: Iterable[int]) -> int:
    """Count the seeds at each of which, alone, an answer passes."""
    return sum(judged(exercise, answer, [seed]).status == "passed" for seed in seeds)


def is_right(exercise: Exercise, answer: Answer) -> bool:
    """Does an answer pass at each of the learner's seeds and of others, alone?"""
    tried = [*seeds_of(exercise), *SEEDS_OF_OTHER_WAYS]
    return passes(exercise, answer, tried) == len(tried)


def is_refused(exercise: Exercise, answer: Answer) -> bool:
    """Does an answer earn nothing at each seed alone?"""
    return all(judged(exercise, answer, [seed]).points == 0 for seed in SEEDS_OF_OTHER_WAYS)


def told(
    exercise: Exercise, mistake: Mistake, way: int, seeds: Iterable[int] = SEEDS
) -> list[Verdict]:
    """Return what is said of one way of a mistake at each seed alone."""
    return [told_together(exercise, mistake, way, [seed]) for seed in seeds]


def told_together(
    exercise: Exercise, mistake: Mistake, way: int, seeds: Iterable[int] = SEEDS
) -> Verdict:
    """Return what is said of one way of a mistake on the cases of all seeds together."""
    found = rows(exercise, seeds)
    given = [row.mistakes[mistake.name][way] for row in found]
    return judge(exercise, found, given, SECONDS)


def is_told(verdict: Verdict, mistake: Mistake) -> bool:
    """Does a verdict name this mistake and give its hint, and no other's?"""
    return (verdict.status, verdict.headline, *verdict.parts[:1]) == (
        "mistake",
        mistake.name,
        mistake.hint,
    )


def survivors(exercise: Exercise, every: int = 1) -> tuple[int, list[str]]:
    """Return how many mutants the reference has, and those that the learner's check passes.

    Args:
        exercise: The exercise.
        every: Try only one mutant in so many.
    """
    made, alive = 0, []
    for mutant in mutants(exercise, _reference_of(exercise)):
        made += 1
        if made % every == 0 and mutant.answer is not None and _survives(exercise, mutant.answer):
            alive.append(mutant.name)
    return made, alive


def equivalents(exercise: Exercise, seeds: Iterable[int] = SEEDS_OF_EQUIVALENTS) -> list[str]:
    """Return the mutants judged as equivalent that give what the reference gives at all seeds."""
    known = bank(exercise).equivalent
    cases = [case for seed in seeds for case in exercise.cases(seed)]
    expected = run(exercise, exercise.reference, cases, PATIENCE)
    found = []
    for mutant in mutants(exercise, _reference_of(exercise)):
        if mutant.name not in known or mutant.answer is None:
            continue
        given = run(exercise, mutant.answer, cases, PATIENCE)
        if all(
            same(mine, theirs, aspect, exercise.tolerance)
            for mine, theirs in zip(given, expected, strict=True)
            for aspect in ASPECTS
        ):
            found.append(mutant.name)
    return found


def _reference_of(exercise: Exercise) -> Path:
    return paths.SOLUTIONS / f"{exercise.slug}.py"


def _survives(exercise: Exercise, answer: Answer) -> bool:
    # A check passes what passes at each of its seeds; most mutants are dead at the first.
    return all(
        judged(exercise, answer, [seed], SECONDS_OF_A_MUTANT).status == "passed"
        for seed in seeds_of(exercise)
    )


def rounding(exercise: Exercise, seeds: Iterable[int] = SEEDS_OF_DIFFERENCES) -> float:
    """Return the largest difference of the reference from itself in double precision."""
    double = [
        Case(case.name, {name: _as_double(value) for name, value in case.inputs.items()})
        for seed in seeds
        for case in exercise.cases(seed)
    ]
    exact = run(exercise, exercise.reference, double, PATIENCE)
    found = rows(exercise, seeds)
    return max(_gap(row.expected, best) for row, best in zip(found, exact, strict=True))


def nearest(
    exercise: Exercise, mistake: Mistake, seeds: Iterable[int] = SEEDS_OF_DIFFERENCES
) -> float:
    """Return by how much, at the seed where it is nearest, a mistake differs in its worst case."""
    return min(
        max(_gap(row.mistakes[mistake.name][way], row.expected) for row in rows(exercise, [seed]))
        for seed in seeds
        for way in range(len(mistake.ways))
    )


def _as_double(value):
    return value.double() if torch.is_tensor(value) and value.is_floating_point() else value


def _gap(left: Outcome, right: Outcome) -> float:
    """Return the largest difference of two outcomes, as a share of the output's magnitude."""
    if left.raised or left.changed != right.changed:
        return math.inf
    largest = 0.0
    pairs: tuple[tuple[str, Mapping[str, np.ndarray | None], Mapping[str, np.ndarray | None]], ...]
    pairs = (
        (OUTPUT, left.values, right.values),
        (GRADIENT, left.gradients, right.gradients if left.gradients else {}),
    )
    for aspect, mine, theirs in pairs:
        for key, expected in theirs.items():
            given = mine.get(key)
            if expected is None:  # a gradient of zeros
                if given is None:
                    continue
                expected = np.zeros_like(given)
            if given is None or given.shape != expected.shape or np.isnan(given).any():
                return math.inf
            atol = allowed(right, aspect, key, 1.0)
            largest = max(
                largest, float(np.abs(given - expected.astype(float)).max(initial=0)) / atol
            )
    return largest


def measure(slug: str) -> Record:
    """Measure a week's checks; some half a minute."""
    return Record(
        slug=slug,
        code=code_of(slug),
        seeds=len(SEEDS),
        learners=len(seeds_of(code_exercises(slug)[0])),
        exercises=tuple(map(_measured, code_exercises(slug))),
    )


def _measured(exercise: Exercise) -> ExerciseRecord:
    known = bank(exercise)
    made, alive = survivors(exercise)
    equal = [name for name in equivalents(exercise) if name in alive]
    return ExerciseRecord(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        minutes=exercise.minutes,
        cases=len(exercise.cases(0)),
        passes=passes(exercise, exercise.reference, SEEDS),
        tolerance=exercise.tolerance,
        rounding=float(f"{rounding(exercise):.1g}"),
        nearest=float(f"{min(1.0, *(nearest(exercise, one) for one in exercise.mistakes)):.1g}"),
        right=tuple(name_of(answer) for answer in known.right if is_right(exercise, answer)),
        wrong=sum(is_refused(exercise, answer) for answer, _ in known.wrong),
        mistakes=tuple(_mistake(exercise, mistake) for mistake in exercise.mistakes),
        mutants=MutantsRecord(
            made=made,
            equivalent={name: known.equivalent[name] for name in equal},
            unjudged=tuple(name for name in alive if name not in equal),
        ),
    )


def _mistake(exercise: Exercise, mistake: Mistake) -> MistakeRecord:
    ways = range(len(mistake.ways))
    shares = [
        sum(is_told(verdict, mistake) for verdict in told(exercise, mistake, way)) / len(SEEDS)
        for way in ways
    ]
    return MistakeRecord(
        name=mistake.name,
        ways=len(ways),
        share=min(shares),
        combined=all(is_told(told_together(exercise, mistake, way), mistake) for way in ways),
    )


def name_of(answer: Answer) -> str:
    """Name an answer by its functions."""
    return " + ".join(map(name_of, answer)) if isinstance(answer, tuple) else answer.__name__


def measure_all(slugs: list[str], say: Callable[[str], None] = print) -> None:
    """Measure the named weeks, or without names those whose record is missing or out of step.

    Raises:
        CourseError: Something of what was found speaks against a week's checks; every record is
            written before that is said.
    """
    chosen = slugs or [slug for slug in exercises.slugs() if out_of_step(slug)]
    against: list[str] = []
    for slug in chosen:
        record = measure(slug)
        write_record(record)
        say(f"{slug}:")
        for one in record.exercises:
            say(
                f"  {one.id}: {len(one.mistakes)} mistakes told, {one.mutants.killed} of "
                f"{one.mutants.made} mutants killed, {len(one.mutants.equivalent)} equivalent, "
                f"{len(one.mutants.unjudged)} unjudged"
            )
        against += faults(record)
    if not chosen:
        say("Every record is in step.")
    if against:
        raise CourseError("\n".join(["The checks are not sound yet:", *against]))


def faults(record: Record) -> list[str]:
    """Return what in a week's record speaks against its checks, a sentence for each."""
    return [f"{one.id}: {fault}" for one in record.exercises for fault in _faults(one, record)]


def _faults(one: ExerciseRecord, record: Record) -> Iterator[str]:
    if one.passes < record.seeds:
        yield f"the reference passes at {one.passes} of {record.seeds} seeds only."
    for mistake in one.mistakes:
        if mistake.share < ENOUGH:
            yield f"“{mistake.name}” is told at {mistake.share:.0%} of the seeds only."
        if not mistake.combined:
            yield f"“{mistake.name}” is not told on the cases of all seeds together."
    if one.nearest <= NEAR * one.tolerance:
        yield f"a mistake comes as near as {one.nearest:g}; the tolerance is {one.tolerance:g}."
    if NEAR * one.rounding >= one.tolerance:
        yield f"rounding reaches {one.rounding:g}; the tolerance is {one.tolerance:g}."
    for name in one.mutants.unjudged:
        yield (
            f"the mutant “{name}” passes: mend the cases, or say in EQUIVALENT of "
            f"tests/answers/{record.slug}.py why that is right."
        )
    known = bank(exercises.exercise(one.id))
    if len(one.right) < len(known.right) or one.wrong < len(known.wrong):
        yield (
            f"a right answer of tests/answers/{record.slug}.py fails, or a wrong one earns points."
        )
    for name in known.equivalent.keys() - one.mutants.equivalent.keys():
        yield f"the mutant “{name}” is judged as equivalent, but made or passing no more."


def out_of_step(slug: str) -> bool:
    """Is a week's record missing, or of other code?"""
    record = read_record(slug)
    return record is None or record.stale

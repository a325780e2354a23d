"""Checks kill every mutant of a reference, but for those that are judged in writing."""

import pytest

from paperclub import exercises
from paperclub.checks import soundness
from paperclub.checks.mutants import mutants
from paperclub.checks.soundness import MUTANTS_SAMPLED, SAMPLE_OF_EQUIVALENTS
from paperclub.errors import CourseError
from paperclub.exercises import Exercise

CODE = [one for slug in exercises.slugs() for one in soundness.code_exercises(slug)]
TOY = '''
from paperclub.exercises import Case, Exercise, Mistake

START = 0.5
IDLE = 7


def other(x):
    return x - 1


def helper(x, y):
    """Twice."""
    return 2 * x - y


def reference(a: int | None, b, items=(1, 2)):
    """Add up."""
    total = START
    for place in range(len(items)):
        if a > 0 and not b < 0:
            total += helper(a, b)[1:place].sum(dim=-1)
    return other(~total) if total != 0 else max(total, b.T)


def exercise(id, reference):
    return Exercise(
        id=id, title="", asks=("f",), reference=reference, cases=lambda seed: [], points=1,
        difficulty=1, importance=1, minutes=1, mistakes=(), hints=("", ""), symptoms=(), why="",
        covered="", next_step="",
    )


EXERCISES = [exercise("toy.first", reference=reference), exercise(id="toy.other", reference=other)]
'''


@pytest.mark.parametrize("exercise", CODE, ids=lambda one: one.id)
def test_mutants_of_a_sample_are_killed_or_judged_equivalent_in_writing(exercise):
    """All of them are tried by ``soundness``, whose record a test of its own holds to the code."""
    made, alive = soundness.survivors(exercise, MUTANTS_SAMPLED)
    judged = soundness.bank(exercise).equivalent
    assert made >= 10, "is the reference elsewhere?"
    assert set(alive) <= judged.keys()
    assert all(len(reason.split()) >= 5 for reason in judged.values())


@pytest.mark.parametrize("exercise", CODE, ids=lambda one: one.id)
def test_what_is_judged_equivalent_equals_the_reference(exercise):
    judged = soundness.bank(exercise).equivalent
    assert set(soundness.equivalents(exercise, SAMPLE_OF_EQUIVALENTS)) == judged.keys()


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    path = tmp_path_factory.mktemp("toy") / "toy.py"
    path.write_text(TOY, "utf-8")
    namespace = {}
    exec(compile(TOY, str(path), "exec"), namespace)
    first, other = namespace["EXERCISES"]
    return path, first, other


def changes(path, exercise):
    return {mutant.name for mutant in mutants(exercise, path)}


@pytest.mark.parametrize(
    "change",
    [
        "START = 0.5 → START = 1.0",
        "helper: return 2 * x - y → return 2 * x + y",
        "helper: return 2 * x - y → return 2 * x",
        "helper: return 2 * x - y → return y - 2 * x",
        "helper: return 2 * x - y → return 3 * x - y",
        "helper: return 2 * x - y → return 2 * y - y",
        "reference: total = START → pass",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → pass",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total -= helper(a, b)[1:place].sum(dim=-1)",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total = helper(a, b)[1:place].sum(dim=-1)",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total += helper(b, a)[1:place].sum(dim=-1)",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total += helper(a, b)[1:place + 1].sum(dim=-1)",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total += helper(a, b)[1:place].sum(dim=-2)",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total += helper(a, b)[1:place].sum()",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → total += helper(a, b)[1:place]",
        "reference: total += helper(a, b)[1:place].sum(dim=-1) → "
        "total += helper(a, b)[1:place].mean(dim=-1)",
        "reference: if a > 0 and (not b < 0): → if a > 0 or not b < 0:",
        "reference: if a > 0 and (not b < 0): → if a >= 0 and (not b < 0):",
        "reference: if a > 0 and (not b < 0): → if a > 0 and b < 0:",
        "reference: if a > 0 and (not b < 0): → if not (a > 0 and (not b < 0)):",
        "reference: for place in range(len(items)): → for place in range(len(items) - 1):",
        "reference: return other(~total) if total != 0 else max(total, b.T) → "
        "return other(total) if total != 0 else max(total, b.T)",
        "reference: return other(~total) if total != 0 else max(total, b.T) → "
        "return other(~total) if total == 0 else max(total, b.T)",
        "reference: return other(~total) if total != 0 else max(total, b.T) → "
        "return other(~total) if total != 0 else max(total, b)",
    ],
)
def test_small_slips_of_every_kind_are_made(toy, change):
    path, first, _ = toy
    assert change in changes(path, first)


def test_what_is_mutated_is_the_reference_and_what_it_alone_uses(toy):
    path, first, other = toy
    mutated = {name.partition(":")[0].partition(" ")[0] for name in changes(path, first)}
    assert mutated == {"reference", "helper", "START"}
    assert {name.partition(":")[0] for name in changes(path, other)} == {"other"}


def test_no_mutant_is_the_reference_or_another_mutant(toy):
    path, first, _ = toy
    names = [mutant.name for mutant in mutants(first, path)]
    assert len(set(names)) == len(names)
    for name in names:
        before, after = name.split(": ", 1)[-1].split(" → ")
        assert before != after
    assert not any("int & None" in name or "→ def reference(a: int, b" in name for name in names)
    assert not any('"""' in name for name in names)


def test_a_reference_that_is_made_elsewhere_is_refused_with_a_reason(toy):
    path, first, _ = toy
    moved = Exercise(**{**vars(first), "reference": len})
    with pytest.raises(CourseError, match="made by len, which does not stand at the top"):
        list(mutants(moved, path))


def test_an_endless_mutant_counts_as_killed(monkeypatch):
    monkeypatch.setattr(soundness, "SECONDS_OF_A_MUTANT", 0.2)

    def endless(x):
        while True:
            x = x + 0

    exercise = CODE[0]
    assert not soundness._survives(exercise, endless)
    assert soundness._survives(exercise, exercise.reference)

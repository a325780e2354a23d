"""One bank of tests for every code exercise of every week: are its checks sound?

What is asked stands in ``paperclub.checks.soundness``, which asks it at all seeds and keeps a
record; ``test_soundness`` holds that to the code and refuses a bad answer in it. Here a sample is
asked again.
"""

import pytest
import torch

from paperclub import exercises
from paperclub.checks import soundness
from paperclub.checks.soundness import (
    ENOUGH,
    NEAR,
    SAMPLE,
    SAMPLE_OF_DIFFERENCES,
    SAMPLE_OF_OTHER_WAYS,
    bank,
    code_exercises,
    is_told,
    judged,
    name_of,
)
from paperclub.exercises.judge import seeds_of

CODE = [one for slug in exercises.slugs() for one in code_exercises(slug)]
MISTAKES = [
    pytest.param(one, mistake, way, id=f"{one.id}-{mistake.name}-{way}")
    for one in CODE
    for mistake in one.mistakes
    for way in range(len(mistake.ways))
]


def name(exercise):
    return exercise.id


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_reference_passes_on_every_seed(exercise):
    for seed in SAMPLE:
        verdict = judged(exercise, exercise.reference, [seed])
        assert verdict.status == "passed", f"seed {seed}: {verdict}"
        assert verdict.points == exercise.points


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_cases_of_one_seed_are_always_the_same(exercise):
    for left, right in zip(exercise.cases(3), exercise.cases(3), strict=True):
        assert left.name == right.name
        for value, again in zip(left.inputs.values(), right.inputs.values(), strict=True):
            assert torch.equal(value, again) if torch.is_tensor(value) else value == again


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_four_mistakes_and_three_right_ways_are_known(exercise):
    assert len(exercise.mistakes) >= 4
    assert len(bank(exercise).right) >= 3
    hints = [mistake.hint for mistake in exercise.mistakes]
    assert len(set(hints)) == len(hints)


@pytest.mark.parametrize(("exercise", "mistake", "way"), MISTAKES)
def test_mistake_is_told_by_its_own_name_and_hint(exercise, mistake, way):
    told = soundness.told(exercise, mistake, way, SAMPLE)
    assert all(verdict.points == 0 for verdict in told), "a mistake passed"
    own = sum(is_told(verdict, mistake) for verdict in told)
    others = {verdict.headline for verdict in told} - {mistake.name}
    assert own >= ENOUGH * len(told), f"{own} of {len(told)}; otherwise: {others}"


@pytest.mark.parametrize(("exercise", "mistake", "way"), MISTAKES)
def test_mistake_is_told_on_all_seeds_together(exercise, mistake, way):
    verdict = soundness.told_together(exercise, mistake, way, SAMPLE)
    assert is_told(verdict, mistake), verdict.headline


@pytest.mark.parametrize(("exercise", "mistake", "way"), MISTAKES)
def test_mistake_is_told_by_the_learners_own_check(exercise, mistake, way):
    verdict = judged(exercise, mistake.ways[way], seeds_of(exercise))
    assert is_told(verdict, mistake), verdict.headline
    assert not any(
        other.hint in str(verdict) for other in exercise.mistakes if other.name != mistake.name
    )


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_tolerance_is_far_above_rounding_and_far_below_every_mistake(exercise):
    """A right float32 answer differs from exact by rounding only; a wrong one by far more.

    Rounding is measured against the reference in float64. The factor of 10 leaves room for an
    answer whose sums run in another, worse order. That near mistakes are caught is measured as the
    smallest over seeds of their largest difference.
    """
    rounding = soundness.rounding(exercise, SAMPLE_OF_DIFFERENCES)
    assert rounding * NEAR < exercise.tolerance, f"rounding reaches {rounding:.2g}"
    for mistake in exercise.mistakes:
        nearest = soundness.nearest(exercise, mistake, SAMPLE_OF_DIFFERENCES)
        assert nearest > NEAR * exercise.tolerance, mistake.name


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_missing_return_is_not_answered(exercise):
    def stub(*inputs):
        return None

    answer = stub if len(exercise.asks) == 1 else (stub,) * len(exercise.asks)
    assert judged(exercise, answer, seeds_of(exercise)).status == "unanswered"


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        pytest.param(one, right, id=f"{one.id}-{name_of(right)}")
        for one in CODE
        for right in bank(one).right
    ],
)
def test_another_right_way_passes(exercise, answer):
    for seed in [*seeds_of(exercise), *SAMPLE_OF_OTHER_WAYS]:
        verdict = judged(exercise, answer, [seed])
        assert verdict.status == "passed", f"seed {seed}: {verdict}"


@pytest.mark.parametrize(
    ("exercise", "answer", "says"),
    [
        pytest.param(one, wrong, says, id=f"{one.id}-{name_of(wrong)}")
        for one in CODE
        for wrong, says in bank(one).wrong
    ],
)
def test_a_wrong_way_that_is_no_listed_mistake_fails_and_is_told_what_it_lacks(
    exercise, answer, says
):
    for seed in SAMPLE_OF_OTHER_WAYS:
        assert judged(exercise, answer, [seed]).points == 0, f"passed at seed {seed}"
    verdict = judged(exercise, answer, seeds_of(exercise))
    assert verdict.status in ("wrong", "error"), verdict
    assert says in str(verdict)

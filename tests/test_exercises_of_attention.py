"""The week attention: natural mistakes are known, and the last exercise keeps its secret."""

import pytest
import torch

from paperclub import exercises
from paperclub.learner import check, predict

INF = float("inf")
SDPA, MULTI_HEAD = "attention.scaled_dot_product", "attention.multi_head"


def right(scores, mask=None):
    weights = (scores if mask is None else scores.masked_fill(~mask, -INF)).softmax(-1)
    return weights if mask is None else weights.masked_fill(~mask, 0)


def right_attention(q, k, v, mask=None):
    return right(q @ k.mT / q.shape[-1] ** 0.5, mask) @ v


def split(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def join(heads):
    return heads.transpose(1, 2).flatten(2)


def told(answer, id="attention.weights"):
    return check(id, answer)


# --- natural mistakes ----------------------------------------------------------------------------


def multi_head(order=(0, 1, 2), biases_kept=(1, 1, 1, 1)):
    def answer(x, context, weights, biases, n_heads, mask=None):
        biases = biases * torch.tensor(biases_kept)[:, None]
        q, k, v = (
            split(source @ weights[place].T + bias, n_heads)
            for source, place, bias in zip((x, context, context), order, biases, strict=False)
        )
        return join(right_attention(q, k, v, mask)) @ weights[3].T + biases[3]

    return answer


def head_by_head(x, context, weights, biases, n_heads, mask=None):
    q, k, v = (
        (source @ w.T + b).chunk(n_heads, -1)
        for source, w, b in zip((x, context, context), weights, biases, strict=False)
    )
    heads = [right_attention(q[h], k[h], v[h], mask) for h in range(n_heads)]
    return torch.cat(heads, -1) @ weights[3].T + biases[3]


def plain_exponential(scores, mask=None):
    parts = scores.exp() if mask is None else scores.exp() * mask
    return parts / parts.sum(-1, keepdim=True)


def over_the_first(scores, mask=None):
    return (scores if mask is None else scores.masked_fill(~mask, -INF)).softmax(0)


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        ("attention.weights", over_the_first, "softmax over the first dimension"),
        ("attention.weights", plain_exponential, "exponential of a large score"),
        (
            SDPA,
            lambda q, k, v, mask=None: right_attention(
                q * (q.shape[-1] / q.shape[0]) ** 0.5, k, v, mask
            ),
            "root of the number of queries",
        ),
        (MULTI_HEAD, multi_head(), None),
        (MULTI_HEAD, multi_head((1, 0, 2)), "weights taken in another order"),
        (MULTI_HEAD, multi_head(biases_kept=(1, 1, 1, 0)), "biases forgotten"),
        (MULTI_HEAD, multi_head(biases_kept=(0, 1, 1, 1)), "biases forgotten"),
        (MULTI_HEAD, head_by_head, "whole mask for a single head"),
    ],
)
def test_natural_mistake_is_known_by_name(id, answer, name):
    verdict = told(answer, id)
    assert verdict.headline == (name or "Right")


def test_one_head_at_a_time_is_told_of_the_masks_own_dimension():
    text = str(told(head_by_head, MULTI_HEAD))
    assert "`mask[:, h]`" in text
    assert "The shape of output is (2, 2, 4, 8); it should be (2, 4, 8)" in text


def test_large_inputs_are_told_by_their_shapes_and_small_ones_in_full():
    text = str(told(multi_head((1, 0, 2)), MULTI_HEAD))
    assert "x = an array of shape (1, 3, 3)" in text and "biases = an array of shape" in text
    assert "scores = [[" in str(told(lambda scores, mask=None: scores.softmax(-1)))


# --- the last exercise keeps its secret ----------------------------------------------------------

PREDICTION = "attention.without_scale"
MEASURED = {
    (d, scaled): (20.0, 0.23, 0.1) if scaled else (1.1, 0.001, 1.0)
    for scaled in (True, False)
    for d in (4, 1024)
}


def test_earlier_exercises_do_not_say_what_a_missing_scale_does():
    for one in exercises.exercises_of("attention")[:4]:
        said = [mistake.hint for mistake in one.mistakes] + [str(one.symptoms), *one.hints]
        for spoiler in ("too sharp", "too flat", "nearly all on one key", "last exercise"):
            assert not any(spoiler in text for text in said), (one.id, spoiler)


def test_run_leaves_the_why_to_the_reader():
    predict(PREDICTION, "c")
    verdict = check(PREDICTION, lambda: MEASURED)
    assert "The next cell asks why." in str(verdict)
    assert exercises.exercise(PREDICTION).why not in str(verdict)


def test_prediction_after_its_run_is_told_as_settled():
    assert "Now run the next cells." in str(predict(PREDICTION, "a"))
    check(PREDICTION, lambda: MEASURED)
    text = str(predict(PREDICTION, "a"))
    assert "The run has settled it: c." in text and "Now run" not in text


def test_rubric_says_where_the_nearest_wrong_choice_fails():
    assert any("at d_k = 16 it is larger" in line for line in exercises.exercise(PREDICTION).rubric)

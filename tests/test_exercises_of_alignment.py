"""The week alignment: natural mistakes are known, and the last exercise keeps its secret."""

import pytest
import torch

from paperclub import exercises
from paperclub.learner import check, predict

INF = float("inf")


def scores(state, states, w_a, u_a, v_a):
    return ((state @ w_a.T)[:, None] + states @ u_a.T).tanh() @ v_a


def mask_of(weights, lengths):
    return torch.arange(weights.shape[-1]) < lengths[:, None]


def weights_with_padding_kept(given, lengths):
    return given.masked_fill(mask_of(given, lengths), -INF).softmax(-1)


def weights_multiplied_at_the_end(given, lengths):
    return given.softmax(-1) * mask_of(given, lengths)


def weights_multiplied_before(given, lengths):
    return (given * mask_of(given, lengths)).softmax(-1)


def weights_at_most_the_length(given, lengths):
    places = torch.arange(given.shape[-1])[None]
    return torch.where(places <= lengths[:, None], given, -INF).softmax(-1)


def dot_product(state, states, w_a, u_a, v_a):
    return ((state @ w_a.T)[:, None] * (states @ u_a.T)).tanh() @ v_a


def apart(state, states, w_a, u_a, v_a):
    return (torch.tanh(state @ w_a.T).unsqueeze(1) + torch.tanh(states @ u_a.T)) @ v_a


def hard(weights, states):
    one_hot = torch.nn.functional.one_hot(weights.argmax(-1), states.shape[1])
    return one_hot.float() @ states


def step(before, state, states, lengths, w_a, u_a, v_a, w_x, w_h, b_x, b_h, *, swapped=False):
    given = scores(state, states, w_a, u_a, v_a)
    weights = given.masked_fill(~mask_of(given, lengths), -INF).softmax(-1)
    context = (weights[:, None] @ states)[:, 0]
    x = torch.cat([context, before] if swapped else [before, context], -1)
    cell = torch.nn.GRUCell(x.shape[1], state.shape[1])
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(dict(zip(names, (w_x, w_h, b_x, b_h), strict=True)))
    return cell(x, state).detach(), context


def step_context_first(*given):
    return step(*given, swapped=True)


def step_looking_after(before, state, states, lengths, w_a, u_a, v_a, *gru):
    new, _ = step(before, state, states, lengths, w_a, u_a, v_a, *gru)
    return new, step(before, new, states, lengths, w_a, u_a, v_a, *gru)[1]


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        ("alignment.scores", scores, None),
        ("alignment.scores", dot_product, "product in place of the sum"),
        ("alignment.scores", apart, "tanh before the sum"),
        ("alignment.weights", weights_with_padding_kept, "wrong side masked"),
        ("alignment.weights", weights_multiplied_at_the_end, "mask applied after the softmax"),
        ("alignment.weights", weights_multiplied_before, "hidden scores set to 0"),
        ("alignment.weights", weights_at_most_the_length, "one place too many"),
        ("alignment.context", hard, "only the largest weight counts"),
        ("alignment.decoder_step", step, None),
        ("alignment.decoder_step", step_context_first, "context in front of the token"),
        ("alignment.decoder_step", step_looking_after, "looked with the new state"),
    ],
)
def test_natural_mistake_is_known_by_name(id, answer, name):
    assert check(id, answer).headline == (name or "Right")


PREDICTION = "alignment.uniform"
MEASURED = {
    ("least", "uniform"): 1.0,
    ("least", "learned"): 1.0,
    ("last", "uniform"): 0.31,
    ("last", "learned"): 1.0,
    ("last", "floor"): 0.32,
}


@pytest.mark.parametrize(
    ("changed", "letter"),
    [
        ({}, "c"),
        ({("least", "uniform"): 0.3}, "a"),
        ({("last", "uniform"): 0.9}, "b"),
        ({("least", "uniform"): 0.3, ("last", "uniform"): 0.9}, "d"),
    ],
)
def test_the_run_settles_the_prediction_by_what_it_measured(changed, letter):
    settled, table = exercises.exercise(PREDICTION).settle(MEASURED | changed)
    assert settled == letter
    assert table[-1][1] == "0.32"


def test_the_run_leaves_the_why_to_the_reader():
    predict(PREDICTION, "c")
    verdict = check(PREDICTION, lambda: MEASURED)
    assert "The next cell asks why." in str(verdict)
    assert exercises.exercise(PREDICTION).why not in str(verdict)


def test_earlier_exercises_do_not_say_what_uniform_weights_learn():
    for one in exercises.exercises_of("alignment")[:4]:
        said = [mistake.hint for mistake in one.mistakes] + [str(one.symptoms), *one.hints]
        for spoiler in ("bag", "commonest", "not where"):
            assert not any(spoiler in text for text in said), (one.id, spoiler)

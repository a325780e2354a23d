"""The week backpropagation: natural mistakes are known, and the last exercise keeps its secret."""

import pytest
import torch

from paperclub import exercises
from paperclub.learner import check, predict

SLOPES, GRAPH = "backpropagation.local_slopes", "backpropagation.graph_gradients"
LAYER, ENTROPY = "backpropagation.layer_backward", "backpropagation.softmax_cross_entropy"


# --- natural mistakes, as people type them --------------------------------------------------------


def slopes_without_sigmoid(w, x, b):
    return torch.stack([x, w, torch.ones_like(b)])


def slopes_of_value(w, x, b):
    y = 1 / (1 + torch.exp(-(w * x + b)))
    return torch.stack([y * x, y * w, y])


def graph_that_overwrites(edges, slopes, n_nodes):
    gradients = [0.0] * n_nodes
    gradients[-1] = 1.0
    for k in range(len(edges) - 1, -1, -1):
        start, end = edges[k]
        gradients[start] = gradients[end] * slopes[k]
    return torch.tensor(gradients)


def graph_in_forward_order(edges, slopes, n_nodes):
    gradients = torch.zeros(n_nodes)
    gradients[-1] = 1.0
    for k in range(len(edges)):
        gradients[edges[k, 0]] += gradients[edges[k, 1]] * slopes[k]
    return gradients


def layer_with(weight_gradient=None, bias_gradient=None, d_x=None):
    def answer(x, weight, output, d_output):
        d_z = d_output * output * (1 - output)
        return (
            d_x(d_z, weight) if d_x else d_z @ weight,
            weight_gradient(d_z, x) if weight_gradient else d_z.T @ x,
            bias_gradient(d_z) if bias_gradient else d_z.sum(0),
        )

    return answer


def entropy_of_softmax_then_log(logits, labels):
    shares = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    loss = -torch.log(shares[range(len(labels)), labels]).mean()
    gradient = shares.clone()
    gradient[range(len(labels)), labels] -= 1
    return loss, gradient / len(labels)


def entropy_with_summed_gradient(logits, labels):
    shares = torch.softmax(logits, 1)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    return loss, shares - torch.nn.functional.one_hot(labels, logits.shape[1])


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        (SLOPES, slopes_without_sigmoid, "sigmoid left out"),
        (SLOPES, slopes_of_value, "the sigmoid's value for its slope"),
        (GRAPH, graph_that_overwrites, "the last share replaces the others"),
        (GRAPH, graph_in_forward_order, "walked forwards"),
        (LAYER, layer_with(lambda d_z, x: x.T @ d_z), "gradient of the weight transposed"),
        (LAYER, layer_with(bias_gradient=lambda d_z: d_z), "bias not summed over the batch"),
        (LAYER, layer_with(bias_gradient=lambda d_z: d_z.mean(0)), "mean over the batch"),
        (LAYER, layer_with(d_x=lambda d_z, weight: d_z @ weight.T), "weight not transposed"),
        (ENTROPY, entropy_of_softmax_then_log, "exponential of a large logit"),
        (ENTROPY, entropy_with_summed_gradient, "gradient not divided by the batch"),
    ],
)
def test_a_natural_mistake_is_told_by_name(id, answer, name):
    assert name in str(check(id, answer))


# --- the last exercise keeps its secret -----------------------------------------------------------

PREDICTION = "backpropagation.learning_rate"
MEASURED = {0.001: (0.1, 0.1, 0.1), 3.0: (0.97, 0.97, 0.01), 100.0: (0.1, 0.14, 1e-12)}


def test_earlier_exercises_do_not_say_what_a_rate_of_100_does():
    for one in exercises.exercises_of("backpropagation")[:4]:
        said = [mistake.hint for mistake in one.mistakes] + [str(one.symptoms), *one.hints]
        assert not any("learning rate" in text or "rate of 100" in text for text in said), one.id


@pytest.mark.parametrize(
    ("seen", "letter"),
    [
        ((0.97, 0.97, 0.01), "a"), ((0.3, 0.95, 0.1), "b"), ((0.1, 0.14, 1e-12), "c"),
        ((0.1, 0.1, float("nan")), "d"),
    ],
)  # fmt: skip
def test_the_run_settles_what_it_measured(seen, letter):
    predict(PREDICTION, "a")
    text = str(check(PREDICTION, lambda: MEASURED | {100.0: seen}))
    choices = exercises.exercise(PREDICTION).choices
    assert choices[letter] in text or f"settled it: {letter}" in str(predict(PREDICTION, "a"))


def test_the_run_leaves_the_why_to_the_reader():
    predict(PREDICTION, "c")
    verdict = str(check(PREDICTION, lambda: MEASURED))
    assert "The next cell asks why." in verdict
    assert exercises.exercise(PREDICTION).why not in verdict

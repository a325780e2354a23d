"""The week relation-networks: natural mistakes are known by name, and right ways stay right."""

import pytest
import torch
import torch.nn.functional as F

from paperclub.learner import check, predict

PAIRS, NOTES = "relation-networks.all_pairs", "relation-networks.sum_of_notes"
CHANGE, COST = "relation-networks.change_of_order", "relation-networks.cost"
TWICE = "relation-networks.twice_the_objects"


def square(objects):
    n = objects.shape[1]
    first = objects.unsqueeze(2).repeat(1, 1, n, 1)
    return torch.cat([first, objects.unsqueeze(1).repeat(1, n, 1, 1)], -1)


def judge(pairs, w_1, b_1, w_2, b_2):
    return F.linear(F.linear(pairs, w_1, b_1).relu(), w_2, b_2).relu()


def with_question(pairs, question):
    return torch.cat([pairs, question[:, None, None].expand(*pairs.shape[:-1], -1)], -1)


def same_none_twice(objects):
    n = objects.shape[1]
    first = objects[:, :, None].expand(-1, -1, n, -1)
    second = objects[:, :, None].expand(-1, -1, n, -1)
    return torch.cat([first, second], -1)


def nones_exchanged(objects):
    n = objects.shape[1]
    first = objects[:, None].expand(-1, n, -1, -1)
    second = objects[:, :, None].expand(-1, -1, n, -1)
    return torch.cat([first, second], -1)


def by_combinations(objects):
    both = [torch.combinations(scene.new_tensor(range(len(scene))).long()) for scene in objects]
    return torch.stack([scene[rows].flatten(1) for scene, rows in zip(objects, both, strict=True)])


def loop_without_selves(objects):
    n = range(objects.shape[1])
    rows = [[torch.cat([objects[:, i], objects[:, j]], -1) for j in n if j != i] for i in n]
    if len(n) == 1:
        return objects.new_zeros(len(objects), 1, 0, 2 * objects.shape[2])
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def mean_over_all(objects, question, *weights):
    return judge(with_question(square(objects), question), *weights).flatten(1, 2).mean(1)


def question_after_the_sum(objects, question, *weights):
    return judge(with_question(square(objects), torch.zeros_like(question)), *weights).sum((1, 2))


def one_sum_forgotten(objects, question, *weights):
    return judge(with_question(square(objects), question), *weights).sum(1)


def last_axis_summed(objects, question, *weights):
    return judge(with_question(square(objects), question), *weights).sum(-1)


def last_relu_forgotten(objects, question, w_1, b_1, w_2, b_2):
    pairs = with_question(square(objects), question)
    return F.linear(F.linear(pairs, w_1, b_1).relu(), w_2, b_2).sum((1, 2))


def partner_first(objects, question, *weights):
    return judge(with_question(nones_exchanged(objects), question), *weights).sum((1, 2))


def order_of_numbers(network, objects, order):
    return (network(objects[:, :, order]) - network(objects)).abs().max()


def largest_minus_largest(network, objects, order):
    return (network(objects[:, order]).max() - network(objects).max()).abs()


def half_the_pairs(n, m, q, d):
    w = 2 * m + q
    g, f = w * d + d * d, d * d + 2 * d
    return g + f + 3 * d + 2, n * (n - 1) // 2 * 2 * g + 2 * f


@pytest.mark.parametrize(
    ("id", "answer", "headline"),
    [
        (PAIRS, square, "Right"),
        (PAIRS, same_none_twice, "every object beside itself"),
        (PAIRS, nones_exchanged, "first and second exchanged"),
        (PAIRS, by_combinations, "every couple only once"),
        (PAIRS, loop_without_selves, "pairs of an object with itself left out"),
        (NOTES, mean_over_all, "mean instead of sum"),
        (NOTES, question_after_the_sum, "question left out"),
        (NOTES, one_sum_forgotten, "summed over one of the two only"),
        (NOTES, last_axis_summed, "summed over the numbers of a note"),
        (NOTES, last_relu_forgotten, "no ReLU at the end of g"),
        (NOTES, partner_first, "Right"),
        (CHANGE, order_of_numbers, "numbers of an object moved, not objects"),
        (CHANGE, largest_minus_largest, "Not yet"),
        (COST, half_the_pairs, "every couple counted once"),
    ],
)
def test_natural_answer_is_told_what_it_is(id, answer, headline):
    assert check(id, answer).headline == headline


def test_a_partner_first_is_wrong_for_pairs_and_right_for_their_sum():
    """The sum runs over both orders: exchanging i and j only moves its terms."""
    assert check(PAIRS, nones_exchanged).points == 0
    assert check(NOTES, partner_first).points == 5


MEASURED = {
    ("pairs", 6): (10_178, 423_168),
    ("pairs", 12): (10_178, 1_667_328),
    ("flat", 6): (12_482, 24_000),
    ("flat", 12): (15_938, 31_000),
}


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ({}, "b"),
        ({("flat", 12): (50_000, 100_000)}, "a"),
        ({("pairs", 12): (10_178, 850_000)}, "c"),
        ({("pairs", 12): (40_712, 1_667_328)}, "d"),
    ],
)
def test_the_run_settles_the_prediction_by_what_it_measured(change, letter):
    predict(TWICE, letter)
    verdict = check(TWICE, lambda: MEASURED | change)
    assert verdict.headline == f"You predicted {letter}, and so it is"

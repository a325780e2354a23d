"""The week lost-in-the-middle: natural mistakes are known, and the prediction reads its run."""

import math

import pytest
import torch

from paperclub.data.recall import read_recall
from paperclub.exercises import exercise
from paperclub.learner import check

ANSWER, CACHE = "lost-in-the-middle.answer", "lost-in-the-middle.cache"
WITHIN, INTERVAL = "lost-in-the-middle.within_facts", "lost-in-the-middle.interval"


def off_by_one(logits, tokens, n_answer):
    log_p = torch.log_softmax(logits, -1)
    picked = torch.take_along_dim(log_p, tokens[..., None], 2)[..., 0]
    return picked[:, -n_answer:].sum(-1)


def per_token(logits, tokens, n_answer):
    losses = torch.nn.functional.cross_entropy(
        logits[:, -n_answer - 1 : -1].transpose(1, 2), tokens[:, -n_answer:], reduction="none"
    )
    return -losses.mean(1)


def is_causal_of_torch(cache_k, cache_v, q, k, v):
    n = len(q)
    keys, values = (
        torch.cat([cache_k.repeat(n, 1, 1), k], 1),
        torch.cat([cache_v.repeat(n, 1, 1), v], 1),
    )
    return torch.nn.functional.scaled_dot_product_attention(q, keys, values, is_causal=True)


def all_of_it(cache_k, cache_v, q, k, v):
    n = len(q)
    keys, values = (
        torch.cat([cache_k.repeat(n, 1, 1), k], 1),
        torch.cat([cache_v.repeat(n, 1, 1), v], 1),
    )
    return torch.nn.functional.scaled_dot_product_attention(q, keys, values)


def rolled_back(scores):
    n = scores.shape[1]
    fifths = torch.empty(5, n)
    for turn in range(5):
        for place in range(n):
            fifths[place // (n // 5), (place - turn * (n // 5)) % n] = scores[turn, place]
    return torch.stack([fifths[0] - fifths[2], fifths[4] - fifths[2]])


def turn_by_turn(scores):
    means = scores.reshape(5, 5, -1)  # (turn, fifth, within)
    by_fifth = torch.cat([means[t] for t in range(5)], 1)
    return torch.stack([by_fifth[0] - by_fifth[2], by_fifth[4] - by_fifth[2]])


def of_numbers(differences, draws):
    return torch.quantile(differences, torch.tensor([0.025, 0.975]))


def bell(differences, draws):
    means = differences[draws].mean(1)
    return torch.stack(
        [differences.mean() - 1.96 * means.std(), differences.mean() + 1.96 * means.std()]
    )


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        (ANSWER, off_by_one, "logits of the answer's own places"),
        (ANSWER, per_token, "mean for sum"),
        (CACHE, is_causal_of_torch, "causal mask from the corner"),
        (CACHE, all_of_it, "no mask"),
        (WITHIN, rolled_back, "lists turned the other way"),
        (WITHIN, turn_by_turn, "differences within a turn"),
        (INTERVAL, of_numbers, "quantiles of the measurements"),
        (INTERVAL, bell, "a bell curve laid over it"),
    ],
)
def test_natural_mistakes_are_recognised(id, answer, name):
    hint = next(one.hint for one in exercise(id).mistakes if one.name == name)
    assert hint in str(check(id, answer))


def scores(first, middle, last):
    return [first] * 4 + [-3.0] * 4 + [middle] * 4 + [-3.0] * 4 + [last] * 4


@pytest.mark.parametrize(
    ("as_told", "backwards", "choice"),
    [
        (scores(-1, -3, -2), scores(-1, -3, -2), "b"),
        (scores(-1, -3, -2), scores(-2, -3, -1), "a"),
        (scores(-2, -3, -1), scores(-2, -3, -1), "c"),
        (scores(-3, -3, -3), scores(-1, -3, -2), "d"),
        (scores(-1, -3, -2), scores(-1, -3, -3), "d"),
    ],
)
def test_the_prediction_is_settled_by_the_run_alone(as_told, backwards, choice):
    settled, rows = exercise("lost-in-the-middle.reversed").settle(
        {"as told": as_told, "backwards": backwards}
    )
    assert settled == choice
    assert [row[0] for row in rows] == ["order", "as told", "backwards"]


def test_the_recorded_run_can_be_settled_where_the_model_is_missing():
    record = read_recall()["measured"]["backwards"]
    assert len(record["facts"]) == 20
    measured = {order: record[order] for order in ("as told", "backwards")}
    assert exercise("lost-in-the-middle.reversed").settle(measured)[0] == "b"


def test_the_record_holds_what_the_chapter_falls_back_to():
    record = read_recall()
    for name in ("facts, 10", "facts, 20", "facts, 30", "pairs, 10", "pairs, 20", "pairs, 30"):
        n = int(name.split()[-1])
        trials, right = record["scores"][name], record["exact"][name]
        assert len(trials) == len(right) == 5 * len(record["scores_by_list"][name])
        assert all(len(trial) == n and max(trial) <= 0 for trial in trials)
    assert {"talk, 3", "remedy", "untrained", "backwards"} <= record["measured"].keys()
    assert all(math.isclose(sum(row), 1, abs_tol=0.01) for row in record["attention"])

"""The week mixture-of-experts: natural mistakes are known, the last exercise keeps its secret."""

import pytest
import torch

from paperclub import exercises
from paperclub.learner import check, predict

GATES, LOAD, SEATS, MIXTURE = (
    f"mixture-of-experts.{name}" for name in ("gates", "load", "seats", "mixture")
)
PREDICTION = "mixture-of-experts.without_terms"
EVEN = ([1.2, 0.8, 1.1, 0.9, 1.0, 1.0, 1.1, 0.9], 2.30)
CROWDED = [3.0, 2.5, 1.5, 0.6, 0.3, 0.1, 0.0, 0.0]


def kept_shares(clean, spread, noise, k, training):
    shares = (clean + training * noise * spread).softmax(-1)
    return shares * (shares >= shares.topk(k).values[:, -1:])


def masked_with_zeros(clean, spread, noise, k, training):
    scores = clean + training * noise * spread
    return (scores * (scores >= scores.topk(k).values[:, -1:])).softmax(-1)


def measured_against_themselves(clean, noisy, spread, k):
    beat = noisy.sort(dim=-1, descending=True).values[:, k - 1, None]
    return torch.distributions.Normal(0, 1).cdf((clean - beat) / spread).sum(0)


def counted_with_themselves(expert, n_experts, capacity):
    seen = torch.nn.functional.one_hot(expert.flatten(), n_experts).cumsum(0)
    place = seen.gather(1, expert.flatten()[:, None]).view_as(expert)
    return torch.where(place <= capacity, place, -1)


def second_choices_later(expert, n_experts, capacity):
    taken, seat = [0] * n_experts, torch.full_like(expert, -1)
    for j in range(expert.shape[1]):
        for t in range(len(expert)):
            i = int(expert[t, j])
            if taken[i] < capacity:
                seat[t, j] = taken[i]
            taken[i] += 1
    return seat


def written_over(x, gates, expert, w_in, b_in, w_out, capacity):
    y, taken = [torch.zeros_like(row) for row in x], {}
    for t in range(len(x)):
        for gate, i in zip(gates[t], expert[t].tolist(), strict=True):
            taken[i] = taken.get(i, 0) + 1
            if taken[i] <= capacity:
                y[t] = gate * ((x[t] @ w_in[i] + b_in[i]).relu() @ w_out[i])
    return torch.stack(y)


def every_expert_without_limit(x, gates, expert, w_in, b_in, w_out, capacity):
    full = torch.zeros(len(x), len(w_in)).scatter_add(1, expert, gates)
    hidden = (torch.einsum("td,edh->teh", x, w_in) + b_in).relu()
    return torch.einsum("teh,ehd,te->td", hidden, w_out, full)


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        (GATES, kept_shares, "softmax over all experts"),
        (GATES, masked_with_zeros, "masked by zero"),
        (LOAD, measured_against_themselves, "the k-th of all"),
        (SEATS, counted_with_themselves, "seats counted from 1"),
        (SEATS, second_choices_later, "first choices first"),
        (MIXTURE, written_over, "only the last answer kept"),
        (MIXTURE, every_expert_without_limit, "capacity ignored"),
    ],
)
def test_natural_mistake_is_known_by_name(id, answer, name):
    assert check(id, answer).headline == name


def test_a_seat_in_somebody_elses_queue_is_no_listed_mistake_and_says_where():
    text = str(check(SEATS, lambda expert, n_experts, capacity: expert % capacity))
    assert "The smallest case that shows it: 3 tokens, 3 experts, 1 asked, room for all" in text


@pytest.mark.parametrize(
    ("loads", "loss", "letter"),
    [
        (EVEN[0], 2.3, "a"),
        (CROWDED, 2.6, "b"),
        (CROWDED, 2.32, "c"),
        ([4.0, 3.97, 0.03, 0, 0, 0, 0, 0], 2.3, "d"),
    ],
)
def test_every_choice_of_the_prediction_can_come_true(loads, loss, letter):
    settled, rows = exercises.exercise(PREDICTION).settle({0.1: EVEN, 0.0: (loads, loss)})
    assert settled == letter
    assert len(rows) == 3 and rows[2][0] == 0.0


def test_earlier_exercises_do_not_say_what_comes_of_missing_terms():
    for one in exercises.exercises_of("mixture-of-experts")[:4]:
        said = " ".join([*(m.hint for m in one.mistakes), one.why, str(one.symptoms), *one.hints])
        for spoiler in ("crowds", "about the same loss", "feeds itself"):
            assert spoiler not in said, (one.id, spoiler)


def test_prediction_is_kept_and_settled_by_the_run():
    assert "Now run the next cells." in str(predict(PREDICTION, "a"))
    verdict = check(PREDICTION, lambda: {0.1: EVEN, 0.0: (CROWDED, 2.32)})
    assert exercises.exercise(PREDICTION).why not in str(verdict)
    assert "The run has settled it: c." in str(predict(PREDICTION, "a"))

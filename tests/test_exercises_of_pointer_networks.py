"""The week pointer-networks: natural mistakes are known, and the prediction keeps its secret."""

import itertools

import pytest
import torch

from paperclub import exercises
from paperclub.learner import check, predict

POINTING, MASKED = "pointer-networks.pointing", "pointer-networks.masked"
EDGES, GREEDY = "pointer-networks.edges", "pointer-networks.greedy"
TWENTY, BEAM = "pointer-networks.twenty", "pointer-networks.beam"
INF = float("inf")


def reference(id):
    return exercises.exercise(id).reference


def queries_first(e, q, w1, w2, v):
    """Unsqueeze the other way round: (input, step) instead of (step, input)."""
    inner = (e @ w1.T)[:, None] + (q @ w2.T)[None]
    return (inner.tanh() @ v).softmax(dim=1)


def forgotten_tanh(e, q, w1, w2, v):
    return ((e @ w1.T @ v)[None] + (q @ w2.T @ v)[:, None]).softmax(dim=-1)


def masked_from_counts(scores, chosen):
    """The usual one-hot and cumsum, without taking the step's own choice off again."""
    hot = torch.nn.functional.one_hot(chosen, scores.size(1)).cumsum(dim=0) > 0
    hot[:, -1] = False
    return scores.masked_fill(hot, -INF).softmax(dim=-1)


def masked_by_product(scores, chosen):
    before = torch.zeros_like(scores)
    for step in range(len(scores)):
        before[step + 1 :, chosen[step]] = 1
    before[:, -1] = 0
    return scores.softmax(dim=-1) * (1 - before)


def edges_to_the_right(points):
    return reference(EDGES)(points).T


def edges_without_i_j(points):
    """Compare with >= 0, and forget that a point is not its own neighbour."""
    a, b, c = points[:, None, None], points[None, :, None], points[None, None]
    turns = (b - a)[..., 0] * (c - a)[..., 1] - (b - a)[..., 1] * (c - a)[..., 0]
    return (turns >= 0).all(dim=-1)


def greedy_without_memory(scores):
    answer, here, n = torch.full((len(scores),), -1), len(scores) - 1, len(scores) - 1
    for step in range(n + 1):
        here = int(scores[here].argmax())
        answer[step] = here
        if here == n:
            break
    return answer


def beam_of_ranked_starts(scores, width):
    """Run greedy from each of the best first outputs, and keep the likeliest whole."""
    n, found = len(scores) - 1, []
    for first in scores[n].argsort(descending=True)[:width].tolist():
        value, outputs, row = scores[n].log_softmax(dim=0)[first], [first], scores[n]
        while outputs[-1] != n:
            row = scores[outputs[-1]].clone()
            row[outputs] = -INF
            steps = row.log_softmax(dim=0)
            outputs.append(int(steps.argmax()))
            value = value + steps[outputs[-1]]
        found.append((float(value), outputs))
    best = max(found)[1]
    return torch.tensor([*best, *[-1] * (n + 1 - len(best))])


def beam_of_shares(scores, width):
    """Forget the logarithm: add the steps' shares."""
    n, beam = len(scores) - 1, [(0.0, [])]
    for _ in range(n + 1):
        grown = [kept for kept in beam if n in kept[1]]
        for value, outputs in [kept for kept in beam if n not in kept[1]]:
            row = scores[outputs[-1] if outputs else n].clone()
            row[outputs] = -INF
            shares = row.softmax(dim=0)
            left = [j for j in range(n + 1) if j not in outputs]
            grown += [(value + float(shares[j]), [*outputs, j]) for j in left]
        beam = sorted(grown, key=lambda kept: -kept[0])[:width]
    return torch.tensor([*beam[0][1], *[-1] * (n + 1 - len(beam[0][1]))])


@pytest.mark.parametrize(
    ("id", "answer", "name"),
    [
        (POINTING, queries_first, None),
        (POINTING, forgotten_tanh, "no tanh"),
        (MASKED, masked_from_counts, "a step hides its own choice"),
        (MASKED, masked_by_product, "masked after the softmax"),
        (EDGES, edges_to_the_right, "clockwise"),
        (EDGES, edges_without_i_j, "from a point to itself"),
        (GREEDY, greedy_without_memory, "no mask"),
        (BEAM, lambda scores, width: reference(GREEDY)(scores), "greedy"),
        (BEAM, beam_of_ranked_starts, "each beginning keeps one way on"),
        (BEAM, beam_of_shares, "probabilities added"),
    ],
)
def test_natural_mistake_is_known_by_name(id, answer, name):
    verdict = check(id, answer)
    assert verdict.points == 0
    assert name is None or verdict.headline == name, str(verdict)


def test_an_answer_that_writes_into_the_scores_is_told_so():
    def in_place(scores):
        answer, here, n = torch.full((len(scores),), -1), len(scores) - 1, len(scores) - 1
        for step in range(n + 1):
            here = int(scores[here].argmax())
            answer[step] = here
            if here == n:
                break
            scores[:, here] = -INF
        return answer

    verdict = check(GREEDY, in_place)
    assert verdict.points == 0 and "scores" in str(verdict)


def test_masking_and_dividing_afterwards_is_right():
    def divided(scores, chosen):
        shares = masked_by_product(scores, chosen)
        return shares / shares.sum(dim=-1, keepdim=True)

    assert check(MASKED, divided).headline == "Right"


def test_a_beam_wide_enough_finds_the_likeliest_of_all_answers():
    scores = torch.randn(5, 5, generator=torch.Generator().manual_seed(3))

    def worth(outputs):
        total, here = 0.0, 4
        for i, place in enumerate(outputs):
            row = scores[here].clone()
            row[list(outputs[:i])] = -INF
            total, here = total + float(row.log_softmax(dim=0)[place]), place
        return total

    orders = [(*o, 4) for n in range(5) for o in itertools.permutations(range(4), n)]
    best = max(orders, key=worth)
    found = reference(BEAM)(scores, 100)
    assert found[: len(best)].tolist() == list(best)
    assert set(found[len(best) :].tolist()) <= {-1}


# --- the prediction keeps its secret ----------------------------------------------------------

AS_CHAPTER = {5: (0.9, 0.97), 10: (0.75, 0.95), 15: (0.5, 0.92), 20: (0.3, 0.86)}


@pytest.mark.parametrize(
    ("at_twenty", "choice"),
    [((0.3, 0.86), "c"), ((0.73, 0.95), "a"), ((0.2, 0.5), "b"), ((0.0, 0.6), "d")],
)
def test_the_run_settles_each_choice(at_twenty, choice):
    letter, rows = exercises.exercise(TWENTY).settle(AS_CHAPTER | {20: at_twenty})
    assert letter == choice
    assert len(rows) == 5 and rows[-1][0] == 20


def test_earlier_exercises_do_not_say_what_happens_beyond_training():
    for one in exercises.exercises_of("pointer-networks")[:4]:
        said = [mistake.hint for mistake in one.mistakes] + [str(one.symptoms), one.why, *one.hints]
        assert not any("20 points" in text or "beyond" in text for text in said), one.id


def test_run_leaves_the_why_to_the_reader():
    predict(TWENTY, "c")
    verdict = check(TWENTY, lambda: AS_CHAPTER)
    assert exercises.exercise(TWENTY).why not in str(verdict)

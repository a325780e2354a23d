"""The blocks of the week ``pointer-networks``, against scipy, loops, and the chapter's own code."""

import itertools
import json
import math

import pytest
import torch
from scipy.spatial import ConvexHull

from paperclub import paths
from paperclub.nn.pointing import Pointer, PointingNetwork, edges, hulls, tours, turn

CELLS = (
    "turn",
    "hulls",
    "encoder",
    "query",
    "masked",
    "pointer",
    "network",
    "tour-ways",
    "tour-answers",
    "tour-rule-functions",
)


def uniform(batch, n, seed=0):
    return torch.rand(batch, n, 2, generator=torch.Generator().manual_seed(seed)).double()


@pytest.mark.parametrize("n", [3, 4, 7, 12, 30])
def test_hulls_are_scipys_from_the_leftmost_point_on(n):
    points = uniform(20, n)
    for one, answer in zip(points, hulls(points).tolist(), strict=True):
        exact = ConvexHull(one).vertices.tolist()
        first = exact.index(int(one[:, 0].argmin()))
        end = answer.index(n)
        assert answer[:end] == exact[first:] + exact[:first]
        assert set(answer[end + 1 :]) <= {-1}


def test_each_corner_has_one_edge_in_and_one_out():
    table = edges(uniform(30, 9))
    assert torch.equal(table.sum(dim=1), table.sum(dim=2))
    assert table.sum(dim=1).max() == 1


def test_left_is_positive():
    a, b = torch.tensor([0.0, 0.0]), torch.tensor([2.0, 0.0])
    assert turn(a, b, torch.tensor([1.0, 3.0])) == 6
    assert turn(a, b, torch.tensor([1.0, -3.0])) == -6


def round_trip(points, order):
    p = points[list(order)]
    return (p - p.roll(-1, dims=0)).norm(dim=1).sum().item()


@pytest.mark.parametrize("n", [3, 4, 6, 7])
def test_tours_are_the_shortest_of_all_orders(n):
    points = uniform(12, n)
    for one, answer in zip(points, tours(points).tolist(), strict=True):
        best = min(round_trip(one, (0, *rest)) for rest in itertools.permutations(range(1, n)))
        assert math.isclose(round_trip(one, answer[:n]), best, rel_tol=1e-12)


@pytest.mark.parametrize("n", [3, 5, 9, 12])
def test_tours_go_anticlockwise_from_the_leftmost_point_to_end(n):
    points = uniform(10, n)
    for one, answer in zip(points, tours(points).tolist(), strict=True):
        assert sorted(answer) == list(range(n + 1)) and answer[n] == n
        assert answer[0] == int(one[:, 0].argmin())
        q = one[answer[:n]]
        assert turn(q[:1], q, q.roll(-1, dims=0)).sum() > 0


def test_points_on_their_hull_have_it_as_their_tour():
    angles = torch.tensor([0.3, 1.1, 2.0, 2.9, 4.0, 5.2]).double()
    points = torch.stack([angles.cos(), angles.sin()], dim=-1)[None]
    assert torch.equal(tours(points), hulls(points))


def test_pointing_is_the_papers_formula_to_ten_digits():
    torch.manual_seed(0)
    pointer = Pointer(6, 4).double()
    e, q = torch.randn(2, 5, 6).double(), torch.randn(2, 3, 6).double()
    scores = pointer(e, q)
    for batch in range(2):
        for step in range(3):
            for j in range(5):
                inner = pointer.w1(e[batch, j]) + pointer.w2(q[batch, step])
                expected = pointer.v(torch.tanh(inner)).item()
                assert math.isclose(scores[batch, step, j].item(), expected, abs_tol=1e-10)


def test_the_order_of_points_makes_no_difference_to_ten_digits():
    torch.manual_seed(0)
    network, points = PointingNetwork(16).double(), uniform(5, 8)
    order = torch.randperm(8)
    chosen = hulls(points)[:, :2]
    plain = network.scores(points, chosen)
    shuffled = network.scores(points[:, order], order.argsort()[chosen])
    back = torch.cat([order.argsort(), torch.tensor([8])])
    seen = plain.isfinite()
    assert torch.equal(shuffled[..., back].isfinite(), seen)
    assert (shuffled[..., back][seen] - plain[seen]).abs().max() < 1e-10


def test_what_was_chosen_is_out_from_the_next_step_on_and_end_never_is():
    torch.manual_seed(0)
    scores = PointingNetwork(16).scores(uniform(1, 4).float(), torch.tensor([[2, 0, 4]]))[0]
    hidden = scores.isinf()
    assert hidden.tolist() == [
        [False, False, False, False, False],
        [False, False, True, False, False],
        [True, False, True, False, False],
        [True, False, True, False, False],
    ]


def test_end_waits_for_the_last_point_when_the_whole_is_asked_for():
    torch.manual_seed(0)
    network, chosen = PointingNetwork(16), torch.tensor([[2, 0, 1]])
    scores = network.scores(uniform(1, 3).float(), chosen, whole=True)[0]
    assert scores[:, 3].isinf().tolist() == [True, True, True, False]
    for answer in network.draw(uniform(50, 6).float(), whole=True).tolist():
        assert sorted(answer[:6]) == list(range(6)) and answer[6] == 6


def test_a_drawing_names_no_point_twice_and_ends():
    torch.manual_seed(1)
    network = PointingNetwork(16)
    for answer in network.draw(uniform(50, 6).float()).tolist():
        end = answer.index(6)
        assert len(set(answer[:end])) == end
        assert set(answer[end + 1 :]) <= {-1}


def test_the_chapter_builds_the_same_network():
    chapter = json.loads((paths.CHAPTERS / "pointer-networks.ipynb").read_text("utf-8"))
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "math": math}
    for cell in chapter["cells"]:
        if cell.get("id") in CELLS:
            exec("".join(cell["source"]), names)
    theirs, ours = names["PointingNetwork"](16).double(), PointingNetwork(16).double()
    ours.load_state_dict(theirs.state_dict())
    points = uniform(10, 9)
    answers = hulls(points)
    assert torch.equal(names["hulls"](points), answers)
    chosen = answers[:, :-1].clamp(min=0)
    expected = names["masked_scores"](theirs, theirs.read(points), points, chosen)
    torch.testing.assert_close(ours.scores(points, chosen), expected)
    assert torch.equal(ours.draw(points), names["draw"](theirs, points))
    assert torch.equal(names["tours"](points), tours(points))
    by_rule = names["draw"](theirs, points, names["valid"])
    assert torch.equal(ours.draw(points, whole=True), by_rule)

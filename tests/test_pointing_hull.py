"""The figure PointingHull: what it refuses, what it says, and that its networks are torch's."""

import base64
import itertools
import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial import ConvexHull

from paperclub.errors import CourseError
from paperclub.nn.pointing import PointingNetwork
from paperclub.widgets import PointingHull
from paperclub.widgets.geometry import area, convex_hull, crosses_itself, length, shortest_tour
from paperclub.widgets.pointing import Network, Sizes

ASK = Path(__file__).with_name("pointing_hull.mjs")
TRIANGLE = [[0.1, 0.1], [0.9, 0.2], [0.5, 0.8]]
SIZES = (3, 5, 9, 14, 25, 40)
TASKS = ("hull", "tour")


def network(seed=0, d=16):
    """A network of random weights, large enough for its pointing to be uneven."""
    torch.manual_seed(seed)
    made = PointingNetwork(d)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(1.6)
    return made


def boards():
    random = np.random.default_rng(5)
    return [random.random((n, 2)).round(3).tolist() for n in SIZES]


def figure(points=None, **changes):
    return PointingHull(network().state_dict(), points or boards()[3], **changes)


def figure_of_both(points=None, task="tour", **changes):
    return figure(points, tour=network(seed=1, d=8).state_dict(), task=task, **changes)


def without(name):
    return {key: value for key, value in network().state_dict().items() if key != name}


def changed(name, value):
    return network().state_dict() | {name: value}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: PointingHull(network().state_dict(), [0.1, 0.2]), r"\(n, 2\) is expected"),
        (lambda: PointingHull(network().state_dict(), TRIANGLE[:2]), "2 points .* 3 to 40 fit"),
        (
            lambda: PointingHull(network().state_dict(), [[0, 0], [2, 0], [0, 1]]),
            r"lie in \[0, 1\]",
        ),
        (lambda: PointingHull(network().state_dict(), [*TRIANGLE, [0.1002, 0.1]]), "1 and 4 stand"),
        (lambda: PointingHull(network().state_dict(), np.full((3, 2), np.nan)), "not finite"),
        (lambda: PointingHull(without("query.start"), TRIANGLE), "no query.start"),
        (lambda: PointingHull(without("pointer.w1.weight"), TRIANGLE), "no pointer.w1.weight"),
        (
            lambda: PointingHull(changed("encoder.end", torch.zeros(3)), TRIANGLE),
            r"encoder.end has shape \(3,\); \(16,\) is expected",
        ),
        (lambda: figure(heads=3), "3 heads do not divide a width of 16"),
        (lambda: figure(trained=(10, 5)), r"^trained is \(10, 5\)"),
        (lambda: figure(trained_tour=(2, 5)), r"trained_tour is \(2, 5\)"),
        (lambda: figure(task="maze"), '"hull" or "tour" is expected'),
        (lambda: figure(task="tour"), "no weights are given as tour"),
        (lambda: figure(tour=without("query.start")), "no query.start"),
    ],
)
def test_wrong_input_is_refused_with_what_would_be_right(given, message):
    with pytest.raises(CourseError, match=message):
        given()


def rounded_network(task):
    """The network as the figure has it: every weight in half precision."""
    made = network() if task == "hull" else network(seed=1, d=8)
    made.load_state_dict({key: value.half() for key, value in made.state_dict().items()})
    return made.double()


def asked_of_node(shown: PointingHull) -> list[dict]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine")
    of = "" if shown.task == "hull" else "tour_"
    asked = {
        "task": shown.task,
        "sizes": getattr(shown, f"{of}sizes"),
        "weights": base64.b64encode(getattr(shown, f"{of}weights")).decode(),
        "trained": getattr(shown, f"{of}trained"),
        "boards": boards(),
    }
    done = subprocess.run(
        [node, str(ASK)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("task", TASKS)
def test_page_and_python_point_as_torch_does(task):
    shown, torchs, whole = figure_of_both(task=task), rounded_network(task), task == "tour"
    of = (shown.tour_sizes, shown.tour_weights) if whole else (shown.sizes, shown.weights)
    numpys = Network(Sizes(**of[0]), of[1])
    for points, said in zip(boards(), asked_of_node(shown), strict=True):
        board = torch.tensor(points, dtype=torch.float64)[None]
        drawn = torchs.draw(board, whole)[0].tolist()
        assert drawn == said["chosen"]
        with torch.no_grad():
            chosen = torch.tensor([drawn[:-1]], dtype=torch.long)
            exact = torchs.scores(board, chosen, whole)[0].softmax(-1)
        assert np.abs(np.array(said["shares"]) - exact.numpy()).max() < 1e-3
        chosen, shares = numpys.draw(np.array(points), whole)
        assert chosen == drawn
        assert np.abs(np.array(shares) - exact.numpy()).max() < 1e-9


@pytest.mark.parametrize("task", TASKS)
def test_page_says_at_every_step_and_of_every_point_what_python_says(task):
    shown = figure_of_both(task=task)
    for points, said in zip(boards()[:4], asked_of_node(shown), strict=False):
        for step, words in enumerate(said["said"], 1):
            assert words[0] == shown.sentence(step, points=points)
            for point, told in enumerate(words[1:]):
                assert told == shown.sentence(step, point=point, points=points)


def outcome(corners, points, trained=(5, 10)):
    return figure(points, trained=trained)._outcome(points, corners, "hull")


def test_the_outcome_tells_right_from_nearly_right_from_no_outline():
    square = [[1.0, 1.0], [0.0, 0.0], [0.5, 0.4], [1.0, 0.0], [0.0, 1.0]]
    assert outcome([1, 3, 0, 4], square) == "5 points, 4 corners pointed out: exactly the hull."
    assert outcome([1, 3, 0], square).endswith(
        "not the hull, which has 4; the outline covers 0.500 of its area."
    )
    assert "crosses itself" in outcome([1, 0, 3, 4], square)
    assert "1 corner pointed out" in outcome([1], square)
    for points, is_said in ((square[:4], True), (square, False)):
        assert ("trained on 5 to 10" in outcome([0], points)) is is_said


def tour_outcome(order, points, trained=(3, 8)):
    return figure_of_both(points, trained_tour=trained)._outcome(points, order, "tour")


def test_the_outcome_of_a_tour_says_how_much_longer_it_is():
    square = [[1.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    assert tour_outcome([1, 2, 0, 3], square) == "4 points, all visited: exactly the shortest tour."
    assert tour_outcome([3, 0, 2, 1], square).endswith("exactly the shortest tour.")
    crossed = f"the tour is {(2 + 2 * math.sqrt(2)) / 4:.3f} times as long as the shortest."
    assert tour_outcome([1, 0, 2, 3], square).endswith(crossed)
    assert tour_outcome([1, 2, 0, 3], square, (5, 8)).endswith("trained on 5 to 8 points.")


def test_beyond_what_can_be_computed_it_says_so_and_whether_lines_cross():
    angles = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    ring = (0.5 + 0.4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).round(3).tolist()
    round_it = list(range(14))
    assert "all visited. The shortest" in tour_outcome(round_it, ring)
    crossed = [*round_it[:5], 6, 5, *round_it[7:]]
    assert "crosses itself: there is a shorter one" in tour_outcome(crossed, ring)
    for order in (round_it, crossed):
        assert "computed for up to 12 points" in tour_outcome(order, ring)


def test_a_tour_visits_every_point_once_and_ends():
    for points in boards():
        chosen, _ = figure_of_both(points)._draw(points, "tour")
        assert sorted(chosen) == list(range(len(points) + 1)) and chosen[-1] == len(points)


@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_the_shortest_tour_is_brute_forces_and_the_pages(n):
    points = np.random.default_rng(n).random((n, 2)).round(3).tolist()
    orders = [[0, *rest] for rest in itertools.permutations(range(1, n))]
    tour = shortest_tour(points)
    assert sorted(tour) == list(range(n))
    assert length(points, tour) == pytest.approx(min(length(points, order) for order in orders))
    assert points[tour[0]] == min(points), "it begins at the leftmost point"


def test_the_page_computes_the_same_shortest_tour():
    for points, said in zip(boards(), asked_of_node(figure_of_both()), strict=True):
        expected = shortest_tour(points) if len(points) <= 12 else None
        assert said["shortest"] == expected


def test_it_opens_with_the_whole_outline():
    shown = figure()
    assert shown.sentence().startswith("14 points, ")
    assert shown.sentence() == shown.sentence(shown.step)
    assert repr(shown) == f"PointingHull: {shown.sentence()}"
    assert shown.sentence(1).startswith("Pointing 1 of ")


def test_a_trained_network_fits_well_into_a_page():
    shown = PointingHull(PointingNetwork().state_dict(), TRIANGLE)
    assert len(shown.weights) < 250_000
    both = figure(tour=PointingNetwork(32).state_dict())
    assert len(both.tour_weights) < 60_000


def test_hull_and_area_are_scipys():
    for points in boards():
        exact, hull = ConvexHull(points), convex_hull(points)
        first = hull.index(min(hull, key=lambda i: points[i]))
        assert first == 0
        assert set(hull) == set(exact.vertices.tolist())
        assert area(points, hull) == pytest.approx(exact.volume)
        assert not crosses_itself(points, hull)

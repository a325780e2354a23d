"""The figure of the week relation-networks: what it refuses, and that it says what torch says."""

import json
import math

import numpy as np
import pytest
import torch
from relation_fixture import FILE, fixture
from specimens import every_specimen

from paperclub.errors import CourseError
from paperclub.nn import RelationNetwork
from paperclub.widgets import RelationScene

PLACES = np.array([[0, 0], [1, 0], [-1.5, 0], [2, 2], [-2, -2], [0.5, 1.75]])
SHAPES = [0, 1, 0, 1, 1, 0]
SCENES = {"one": (PLACES, SHAPES, 0)}


def network(seed: int = 0) -> RelationNetwork:
    torch.manual_seed(seed)
    return RelationNetwork(m=9, q=8, d=16, answers=2)


def figure(model: RelationNetwork | None = None, scenes: object = SCENES, **changes: object):
    model = model or network()
    return RelationScene(list(model.g.parameters()), list(model.f.parameters()), scenes, **changes)


def parts(name: str) -> list:
    return list(getattr(network(), name).parameters())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: figure(names="abcdef"), "a list of 6, one for each colour"),
        (lambda: figure(names=["a"] * 5), "a list of 6, one for each colour"),
        (lambda: figure(kinds=["farthest"]), r"some of own, nearest; given was \['farthest'\]"),
        (lambda: figure(kinds=["nearest"]), "layer 0 of g takes 26 numbers; 25 arrive there"),
        (lambda: RelationScene(parts("g")[:3], parts("f"), SCENES), "g has 3 arrays"),
        (lambda: RelationScene([], parts("f"), SCENES), "g has 0 arrays"),
        (lambda: RelationScene(parts("g")[::-1], parts("f"), SCENES), r"weight \(16,\)"),
        (lambda: RelationScene(parts("g"), parts("g"), SCENES), "layer 0 of f takes 26 numbers"),
        (lambda: RelationScene(parts("g"), parts("f")[:2], SCENES), "f ends in 16 outputs"),
        (lambda: figure(scenes={}), "0 scenes are given"),
        (lambda: figure(scenes=dict.fromkeys(map(str, range(9)), SCENES["one"])), "9 scenes"),
        (lambda: figure(scenes={"x": (PLACES, SHAPES)}), "should be"),
        (lambda: figure(scenes={"x": (PLACES[:5], SHAPES, 0)}), r"positions \(5, 2\)"),
        (lambda: figure(scenes={"x": (PLACES + 0.5, SHAPES, 0)}), "reaches beyond 2"),
        (lambda: figure(scenes={"x": (PLACES, [2] * 6, 0)}), r"are 0 \(square\) or 1 \(circle\)"),
        (lambda: figure(scenes={"x": (PLACES, SHAPES, 6)}), "objects are 0 to 5"),
        (lambda: figure(scenes={"x": (PLACES * np.nan, SHAPES, 0)}), "not finite"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(given, message):
    with pytest.raises(CourseError, match=message):
        given()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [0, 1])
def test_the_figure_answers_as_torch_does(seed, kind):
    model = network(seed)
    objects = torch.cat(
        [torch.tensor(PLACES), torch.eye(6), 2 * torch.tensor(SHAPES)[:, None] - 1], dim=1
    )
    question = torch.cat([torch.eye(6)[3], torch.eye(2)[kind]])
    with torch.no_grad():
        logits = model.double()(objects[None].double(), question[None].double())[0]
    answer = int(logits.argmax())
    margin = float(logits[answer] - logits[1 - answer])
    said = figure(model).sentence(kind=kind, asked=3)
    assert f"says {['square', 'circle'][answer]} with confidence " in said
    assert f"confidence {1 / (1 + math.exp(-margin)):.2f}." in said
    assert f"the margin of {margin:.2f} would be" in said


def test_the_pair_that_is_named_is_the_one_without_which_the_margin_changes_most():
    model = network().double()
    made = figure(model)
    objects = torch.cat(
        [torch.tensor(PLACES), torch.eye(6), 2 * torch.tensor(SHAPES)[:, None] - 1], dim=1
    )
    question = torch.cat([torch.eye(6)[0], torch.eye(2)[1]]).double()
    with torch.no_grad():
        notes = torch.stack(
            [torch.stack([model.g(torch.cat([a, b, question])) for b in objects]) for a in objects]
        )
        full = model.f(notes.sum(dim=(0, 1)))
        answer = int(full.argmax())
        changes = {}
        for i in range(6):
            for j in range(i, 6):
                keep = torch.ones(6, 6, 1)
                keep[i, j] = keep[j, i] = 0
                rest = model.f((notes * keep).sum(dim=(0, 1)))
                changes[i, j] = float((full - rest)[answer] - (full - rest)[1 - answer])
    i, j = max(changes, key=lambda pair: abs(changes[pair]))
    names = made.names
    pair = f"{names[i]} with itself" if i == j else f"{names[i]} and {names[j]}"
    assert f"The pair {pair} moves it most" in made.sentence()


def test_moved_objects_and_turned_shapes_change_the_truth():
    made = figure()
    assert "it is blue, a circle" in made.sentence()
    moved = PLACES.copy()
    moved[1] = (2, -2)
    assert "it is green, a square" in made.sentence(places=moved)
    assert "it is green, a circle" in made.sentence(places=moved, shapes=[0, 1, 1, 1, 1, 0])
    assert "it is red, a square" in made.sentence(kind=0)


def test_the_order_of_objects_is_theirs_by_colour_and_nothing_is_lost_in_packing():
    model = network()
    made = figure(model)
    numbers = torch.cat([part.detach().flatten() for part in model.parameters()])
    assert np.array_equal(np.frombuffer(made.weights, np.float32), numbers.numpy())
    assert made.sizes == {"g": [[16, 26], [16, 16]], "f": [[16, 16], [2, 16]]}


def test_the_specimen_of_the_browser_tests_is_decided_by_more_than_one_pair():
    made = every_specimen()["relation_scene"].figure()
    said = {made.sentence(s, k, a) for s in range(2) for k in range(2) for a in range(6)}
    assert len(said) == 24
    assert {"right" in one for one in said} == {True, False}


def test_what_the_javascript_is_compared_with_is_what_torch_says_now():
    kept, made = json.loads(FILE.read_text("utf-8")), fixture()
    assert kept.keys() == made.keys()
    for name in kept.keys() - {"sizes"}:
        np.testing.assert_allclose(kept[name], made[name], atol=1e-6)
    assert kept["sizes"] == made["sizes"]

"""The figure of the chapter backpropagation: what it reads, computes and says."""

import json
import math
import random
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from paperclub.errors import CourseError
from paperclub.widgets import ComputationGraph
from paperclub.widgets.expressions import inputs_of, number, parse, walk

NEURON = "(sigmoid(w*x + b) - y)^2"
READABLE = [
    NEURON,
    "a*b + a",
    "h = tanh(w*x); h*h + h",
    "relu(x - 1) / (x * x) - -x",
    "exp(log(a) + sin(b)) - cos(a*b)",
    "sqrt(a) ** 3 - a^-2",
    "x - (y - z) - (x + y)",
    "x/(y/z) * 2.5",
    "(x + 1)^2 + 3*4",
    "β·x".replace("·", "*"),
    "x*x*x*x",
    "-(-x)^2",
    "unused = p*q; x*y",
    "x = y*2; x",
]
UNREADABLE = {
    "": "stops too early",
    "x": "nothing to compute",
    "2 + 3": "no name in it",
    "x +": "stops too early",
    "(x + 1": "never closed",
    "x + 1)": "did not expect “)”",
    "x y": "did not expect “y”",
    "f(x)": "do not know the function “f”",
    "x^y": "After ^ comes a number",
    "x & y": "“&” has no meaning",
    "<img src=x onerror=alert(1)>": "“<” has no meaning",
    "x = 1; x = 2; x*x": "“x” is there already",
    "h = x*x h": "comes a semicolon",
    "__import__('os')": "“'” has no meaning",
    "a+b+c+d+e+f+g+h+i": "At most 8 names",
    "-" * 13 + "x": "At most 12 operations",
    "x" * 81: "Keep it to 80",
}


def way_of(expression, **values):
    nodes = parse(expression)
    return nodes, walk(nodes, inputs_of(nodes, values))


def test_values_and_gradients_of_every_node_are_autograds():
    values = {"w": 0.7, "x": -1.5, "b": 0.3, "y": 1.0}
    nodes, way = way_of(NEURON, **values)
    w, x, b, y = (
        torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values.values()
    )
    product = w * x
    total = product + b
    squashed = torch.sigmoid(total)
    gap = squashed - y
    result = gap**2
    theirs = {
        "w": w, "x": x, "b": b, "y": y, "w · x": product, "w · x + b": total,
        "sigmoid(w · x + b)": squashed, "sigmoid(w · x + b) − y": gap,
        "(sigmoid(w · x + b) − y)^2": result,
    }  # fmt: skip
    for tensor in theirs.values():
        tensor.retain_grad()
    result.backward()
    assert [node.text for node in nodes] == [node.text for node in nodes if node.text in theirs]
    for place, node in enumerate(nodes):
        assert abs(way.values[place] - theirs[node.text].item()) < 1e-12
        assert abs(way.gradients[place] - theirs[node.text].grad.item()) < 1e-12


@pytest.mark.parametrize("expression", READABLE)
def test_gradients_agree_with_a_small_nudge(expression):
    given = {"x": 1.3, "y": 0.4, "z": -0.8, "a": 0.9, "b": 1.7, "w": 0.6, "β": 2.2}
    nodes, way = way_of(expression, **given)
    for place, node in enumerate(nodes):
        if node.kind == "input":
            ends = [
                way_of(expression, **given | {node.text: given[node.text] + by})[1].values[-1]
                for by in (1e-6, -1e-6)
            ]
            assert way.gradients[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6)


def test_a_node_that_is_used_twice_gets_the_sum_of_both_shares():
    nodes, way = way_of("a*b + a", a=3, b=4)
    assert way.gradients[nodes.index(next(n for n in nodes if n.text == "a"))] == 5
    assert "a is used more than once" in ComputationGraph("a*b + a").sentence(5)


def test_a_definition_that_the_result_does_not_use_is_left_out():
    assert [node.text for node in parse("unused = p*q; x*y")] == ["x", "y", "x · y"]


@pytest.mark.parametrize(("expression", "says"), UNREADABLE.items())
def test_what_cannot_be_read_is_refused_with_a_reason(expression, says):
    with pytest.raises(CourseError, match=r".") as error:
        ComputationGraph(expression)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"values": {"q": 1}}, "no such name"),
        ({"values": {"x": math.inf}}, "finite number"),
        ({"values": {"x": "2"}}, "finite number"),
        ({"step": 99}, "run from 0 to"),
    ],
)
def test_wrong_values_and_steps_are_refused(words, says):
    with pytest.raises(CourseError, match=says):
        ComputationGraph("x*y", **words)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (2.0, "2"), (-0.125, "−0.125"), (2.125, "2.13"), (9.996, "10"),
        (1234.5, "1230"), (999999.0, "1e6"), (1234567.0, "1.23e6"), (0.00012345, "0.000123"),
        (0.0000999, "9.99e−5"), (-7.16e-14, "0"), (math.nan, "no number"), (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_the_figure_opens_where_gradients_begin_to_run_back():
    figure = ComputationGraph(NEURON)
    assert figure.sentence().startswith("Backward, step 1 of 5:")
    assert repr(figure).startswith("ComputationGraph: Backward, step 1 of 5")


def test_javascript_says_the_same_words_for_every_step():
    if shutil.which("node") is None:
        pytest.skip("no Node on this machine")
    draw = random.Random(0)
    questions = [{"expression": text, "inputs": {}} for text in [*READABLE, *UNREADABLE]]
    for _ in range(20):
        for text in READABLE:
            names = [node.text for node in parse(text) if node.kind == "input"]
            inputs = {name: round(draw.uniform(-5, 5), 1) for name in names}
            questions.append({"expression": text, "inputs": inputs})
    questions += [{"expression": NEURON, "inputs": {"w": 1e9, "x": 1e9}}]
    script = Path(__file__).parent / "graph_words.mjs"
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(questions), capture_output=True, text=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    for question, theirs in zip(questions, json.loads(done.stdout), strict=True):
        try:
            figure = ComputationGraph(question["expression"], question["inputs"])
            steps = len(walk(parse(figure.expression), figure.inputs).steps)
            ours = [figure.sentence(step) for step in range(steps)]
        except CourseError as error:
            ours = str(error)
        assert theirs == ours, question

"""Whatever bytes arrive: the reader and the border say what is wrong, and neither hangs."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from paperclub.exercises import plain
from paperclub.exercises.compare import ASPECTS, OUTPUT, allowed, same
from paperclub.exercises.run import Raised
from paperclub.grading.border import Died, outcome_of
from paperclub.grading.glance import same_at_a_glance
from paperclub.grading.judging import judged
from paperclub.grading.layouts import clean, sender, shared
from paperclub.grading.notebook import NotReadable, match, read_submission, without_outputs
from tests.class_week import RELEASED, cells, notebook, week

FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LIMITS = plain.Limits(header=1 << 16, body=1 << 16, arrays=64)
GOOD = plain.pack({"values": {"output": torch.ones(2, 3)}, "gradients": {}})

PATHS = some.lists(some.text(min_size=1), min_size=1, max_size=4)
json_like = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=20,
)
cell_like = some.fixed_dictionaries(
    {},
    optional={
        "cell_type": some.sampled_from(["code", "markdown", "raw"]) | json_like,
        "source": some.text() | some.lists(some.text()) | json_like,
        "metadata": some.fixed_dictionaries(
            {}, optional={"nbgrader": json_like, "paperclub": json_like}
        ) | json_like,
        "outputs": json_like,
        "id": json_like,
    },
)  # fmt: skip
plain_like = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.complex_numbers()
    | some.text()
    | arrays.arrays(some.sampled_from([np.float32, np.int64, np.bool_]), arrays.array_shapes()),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.tuples(inner, inner)
        | some.dictionaries(some.text(), inner, max_size=3)
    ),
    max_leaves=10,
)


def read(data):
    try:
        return read_submission(data)
    except NotReadable as error:
        assert error.status
        assert str(error).endswith(".")
        return None


@FEW
@given(some.binary(max_size=2000))
def test_the_reader_takes_any_bytes(data):
    read(data)


@FEW
@given(some.integers(0, len(RELEASED)), some.integers(0, len(RELEASED)), some.binary(max_size=20))
def test_the_reader_takes_any_damage_to_a_notebook(start, end, put):
    read(RELEASED[: min(start, end)] + put + RELEASED[max(start, end) :])


@FEW
@given(some.lists(cell_like | json_like, max_size=5), json_like)
def test_the_reader_and_the_matching_take_any_cells(found, rest):
    data = json.dumps({"cells": found, "metadata": rest}).encode()
    whole = read(data)
    if whole is not None:
        matched = match(whole, week().asked)
        assert all(isinstance(source, str) for _, source, _ in matched.code)


@FEW
@given(json_like)
def test_outputs_never_change_what_is_read(outputs):
    given = cells()
    given[0]["outputs"] = [outputs]
    assert read_submission(notebook(given)) == read_submission(notebook(cells()))
    lean = without_outputs(notebook(given))
    assert json.loads(lean)["cells"][0]["outputs"] == []
    assert read_submission(lean) == read_submission(notebook(cells()))


@FEW
@given(plain_like)
def test_what_is_packed_is_unpacked_the_same(value):
    assert plain.pack(plain.unpack(plain.pack(value))) == plain.pack(value)


@FEW
@given(some.binary(max_size=500))
def test_the_border_takes_any_bytes(data):
    for whole in (data, plain.MAGIC + data):
        with pytest.raises(plain.NotPlain):
            plain.unpack(whole, LIMITS)


@FEW
@given(some.integers(0, len(GOOD)), some.integers(0, 255))
def test_the_border_takes_any_damage(at, byte):
    data = bytearray(GOOD + b"\0")
    data[at] = byte
    try:
        said = plain.unpack(bytes(data[:-1]), LIMITS)
        outcome_of(said, week().hidden[1])
    except (plain.NotPlain, Died):
        pass


@FEW
@given(json_like)
def test_the_border_takes_any_header(header):
    text = json.dumps({"value": header, "arrays": []}).encode()
    data = plain.PREFIX.pack(plain.MAGIC, len(text), 0) + text
    try:
        said = plain.unpack(data, LIMITS)
        outcome_of(said, week().hidden[1])
    except (plain.NotPlain, Died):
        pass


@pytest.mark.parametrize("sizes", [(1 << 31, 0), (0, 1 << 60), (1 << 17, 0)])
def test_the_border_takes_no_memory_for_what_is_only_announced(sizes):
    with pytest.raises(plain.NotPlain, match="more than is read"):
        plain.sizes(plain.PREFIX.pack(plain.MAGIC, *sizes), LIMITS)


outcomes = some.fixed_dictionaries(
    {"values": some.dictionaries(some.sampled_from(["output", "output[0]", "x"]),
                                 arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes()),
                                 max_size=2)},
    optional={
        "gradients": some.dictionaries(
            some.sampled_from(["q", "k"]),
            some.none() | arrays.arrays(np.float32, arrays.array_shapes()), max_size=2),
        "changed": some.lists(some.text(max_size=3), max_size=2),
        "raised": json_like,
        "strange": some.text(max_size=5) | json_like,
        "blank": json_like,
        "fickle": json_like,
        "printed": some.text(max_size=10),
    },
)  # fmt: skip


@settings(FEW, max_examples=60)
@given(some.lists(outcomes, min_size=4, max_size=4))
def test_whatever_a_process_says_it_is_judged_and_passes_only_if_it_is_the_same(said):
    asked = week().hidden[2]
    try:
        given = [outcome_of({"gradients": {}, **one}, asked) for one in said]
    except Died:
        return
    right = all(
        same(mine, row.expected, aspect, asked.tolerance)
        for mine, row in zip(given, asked.rows, strict=True)
        for aspect in ASPECTS
    )
    assert (judged(asked, given).status == "passed") is right


@FEW
@given(
    some.lists(some.lists(some.text(min_size=1), min_size=1, max_size=4), min_size=1, max_size=5)
)
def test_every_path_has_a_sender_with_a_name(paths):
    paths = [tuple(path) for path in paths]
    common = shared(paths, ["a-class"])
    for path in paths:
        one = clean(sender(path, common, ["a-class"]))
        assert one.student.isprintable()
        assert one.name.isprintable()
        assert one.student


def nudged(outcome, place, amount):
    """Return an outcome of which one number is another by a multiple of what is allowed."""
    values = {name: array.copy() for name, array in outcome.values.items()}
    array = next(iter(values.values()))
    asked = week().hidden[2]
    array.flat[place % array.size] += amount * allowed(outcome, OUTPUT, "output", asked.tolerance)
    return replace(outcome, values=values)


@FEW
@given(some.integers(0, 3), some.integers(0, 100), some.floats(-3, 3))
def test_the_glance_and_the_judge_are_of_one_mind(case, place, amount):
    asked = week().hidden[2]
    given = [row.expected for row in asked.rows]
    assert same_at_a_glance(asked, given)
    given[case] = nudged(given[case], place, amount)
    right = all(
        same(mine, row.expected, aspect, asked.tolerance)
        for mine, row in zip(given, asked.rows, strict=True)
        for aspect in ASPECTS
    )
    if same_at_a_glance(asked, given):
        assert right
    assert (judged(asked, given).status == "passed") is right
    assert same_at_a_glance(asked, given) or not right or abs(amount) > 0.99


@pytest.mark.parametrize(
    "other",
    [
        {"changed": ("q",)},
        {"raised": Raised("ValueError", "", "", 0)},
        {"raised_in_gradients": Raised("ValueError", "", "", 0)},
        {"gradients": {}},
        {"gradients": {"q": None}},
        {"values": {}},
        {"values": {"other": np.zeros(3, np.float32)}},
        {"values": {"output": np.zeros((4, 3), np.int64)}},
        {"values": {"output": np.full((4, 3), np.nan, np.float32)}},
        {"values": {"output": np.full((4, 3), np.inf, np.float32)}},
        {"strange": "list"},
        {"blank": True},
        {"late": True},
    ],
)
def test_the_glance_lets_nothing_through_that_is_not_as_expected(other):
    asked = week().hidden[2]
    given = [row.expected for row in asked.rows]
    given[0] = replace(given[0], **other)
    assert not same_at_a_glance(asked, given)
    assert not same_at_a_glance(asked, given[1:])
    assert judged(asked, given).status != "passed"

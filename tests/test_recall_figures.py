"""RecallCurve and RecallGame: what they refuse, what they hold, what they say."""

import numpy as np
import pytest
import torch

from paperclub.errors import CourseError
from paperclub.widgets import RecallCurve, RecallGame
from paperclub.widgets.arrays import fixed

SCORES = np.array([[-1, -3, -4, -3, -2], [-0.5, -2, -3, -2.5, -1.5]])
LOOKS = np.eye(5) * 0.5
LOOKS[2] = [0.5, 0, 0.25, 0.25, 0]


def test_the_curve_says_how_the_ends_stand_to_the_middle_and_where_the_model_looks():
    figure = RecallCurve({"facts": SCORES}, attention={"facts": LOOKS})
    assert figure.sentence() == (
        "After 2 trials of facts, the first fifth lies 2.75 nats above the middle, the last 1.75 "
        "nats above it. At place 3 the answer has −3.50 nats; of its look at the facts, 0.25 falls "
        "on the asked one and 0.50 on fact 1."
    )
    assert figure.sentence(trials=1, place=0).startswith("After 1 trial of facts, the first fifth")
    assert repr(figure) == f"RecallCurve: {figure.sentence()}"


def test_an_end_below_the_middle_is_said_to_lie_below_it():
    sentence = RecallCurve({"talk": [[-9.0, -1, -1, -1, -101]]}).sentence(place=4)
    assert "the first fifth lies 8.00 nats below the middle, the last 100 nats below it" in sentence
    assert sentence.endswith("At place 5 the answer has −101 nats.")


def test_tensors_of_several_sizes_are_kept_exactly_in_their_order():
    random = torch.Generator().manual_seed(0)
    scores = {f"{n} facts": -torch.rand(3, n, generator=random) for n in (5, 10)}
    figure = RecallCurve(scores, start="10 facts")
    assert (figure.chosen, figure.trials, figure.place) == (1, 3, 5)
    for i, array in enumerate(scores.values()):
        np.testing.assert_array_equal(figure._array(i), array.double().numpy())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scores": {}}, "1 to 12 measurements"),
        ({"scores": {"a": [1.0, 2]}}, r"has shape \(2,\); \(trial, place\) is due"),
        ({"scores": {"a": [[1.0, 2]]}}, "1 trials of 2 places"),
        ({"scores": {"a": [[1.0, 2, 3, 4, float("nan")]]}}, "not finite"),
        ({"scores": {"a": SCORES}, "start": "b"}, "start='b' is none of the measurements: a"),
        ({"scores": {"a": SCORES}, "attention": {"b": LOOKS}}, "attention is given for 'b'"),
        ({"scores": {"a": SCORES}, "attention": {"a": LOOKS[:4]}}, r"is \(5, 5\)"),
        ({"scores": {"a": SCORES}, "attention": {"a": LOOKS * 3}}, r"outside \[0, 1\]"),
        ({"scores": {"a": SCORES}, "control": {"a": ([1, 9], [0.0, 0])}}, "from 1 to 5"),
        ({"scores": {"a": SCORES}, "control": {"a": ([1], [0.0, 0])}}, "1 places and values"),
    ],
)
def test_a_curve_that_does_not_fit_is_refused_in_words(given, says):
    with pytest.raises(CourseError, match=says):
        RecallCurve(given.pop("scores"), **given)


def test_the_game_puts_the_room_beside_the_model():
    figure = RecallGame(
        list("abcde"), model=[0.5, 0.25, 0.125, 0.25, 0.5], people=4, tallies=[3, 1, 0, 1, 2]
    )
    assert figure.sentence() == (
        "A room of 4 people recalled 0.75 of the first fifth, 0.00 of the middle, 0.50 of the "
        "last; the model: 0.50 of the first fifth, 0.13 of the middle, 0.50 of the last."
    )


def test_before_anybody_was_counted_only_the_model_speaks():
    assert RecallGame().sentence() == "Nobody has been counted yet."
    assert RecallGame(model=[1.0] * 5).sentence().startswith("Nobody has been counted yet; the mod")


def test_there_are_twenty_words_of_their_own():
    words = RecallGame().words
    assert len(words) == len(set(words)) == 20


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"words": "lamp river"}, "one string"),
        ({"words": ["lamp"]}, "5 to 30"),
        ({"people": 0}, "1 to 200"),
        ({"tallies": [1]}, "for 1 words, and there are 20"),
        ({"people": 2, "tallies": [3] * 20}, "outside 0 to 2"),
        ({"model": [[0.5] * 5]}, "one share for each place"),
        ({"model": [1.5] * 5}, r"outside \[0, 1\]"),
    ],
)
def test_a_game_that_does_not_fit_is_refused_in_words(given, says):
    with pytest.raises(CourseError, match=says):
        RecallGame(**given)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.125, "0.13"), (0.375, "0.38"), (1.005, "1.00"), (0.0, "0.00"), (2, "2.00")],
)
def test_halves_are_rounded_as_in_javascript(value, text):
    assert fixed(value) == text

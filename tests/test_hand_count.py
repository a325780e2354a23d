"""The figure for a show of hands: its data, its words, and its life in a browser."""

import pytest
from figure_places import PLACES, pixels, places, said, visits
from playwright.sync_api import expect

from paperclub.errors import CourseError
from paperclub.widgets import HandCount

HOSTILE = "<img src=x onerror=alert(1)>"


def specimen():
    return HandCount("Which one wins?", ["the first", HOSTILE, "neither"], answer=1)


@pytest.mark.parametrize(
    ("question", "choices", "answer", "says"),
    [
        ("q", "ab", None, "list of 2 to 6"),
        ("q", ["a"], None, "list of 2 to 6"),
        ("q", ["a"] * 7, None, "list of 2 to 6"),
        ("", ["a", "b"], None, "1 to 200 characters"),
        ("q", ["a", "b" * 201], None, "1 to 200 characters"),
        ("q", ["a", "b"], 2, "choices run from 0 to 1"),
    ],
)
def test_wrong_data_is_refused_with_what_would_be_right(question, choices, answer, says):
    with pytest.raises(CourseError, match=says):
        HandCount(question, choices, answer)


@pytest.mark.parametrize(
    ("hands", "shown", "says"),
    [
        ([0, 0, 0], False, "No hand is counted yet."),
        ([1, 0, 0], False, "1 hand: (a) 1, (b) 0, (c) 0. Most expect (a)."),
        ([2, 2, 1], False, "5 hands: (a) 2, (b) 2, (c) 1. Most expect (a) and (b)."),
        (
            [1, 2, 0],
            True,
            "3 hands: (a) 1, (b) 2, (c) 0. Most expect (b). It came out as (b): 2 of 3 expected "
            "it. Brier score 0.22; hands spread evenly have 0.67, and 0 is best.",
        ),
        ([0, 0, 0], True, "No hand is counted yet. It came out as (b)."),
    ],
)
def test_the_sentence_says_what_was_counted(hands, shown, says):
    assert specimen().sentence(hands, shown=shown) == says


def test_what_nobody_knows_is_not_said():
    open_question = HandCount("q", ["a", "b"])
    assert "came out" not in open_question.sentence([1, 2], shown=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    with places(tmp_path_factory.mktemp("none"), specimen(), tmp_path_factory) as where:
        yield where


@pytest.mark.browser
@pytest.mark.slow
def test_hands_are_counted_by_keys_and_what_came_out_is_shown_on_demand(browser, alone):
    assert "alone" in PLACES
    python = specimen()
    with visits(browser, alone) as visit:
        figure = visit("alone").page.locator(".pc-figure")
        picture = figure.locator("canvas.pc-picture")
        picture.wait_for()
        assert said(figure) == python.sentence()
        before = pixels(figure)
        picture.focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowRight", "+", "-"):
            picture.press(key)
        assert pixels(figure) != before
        assert said(figure) == python.sentence([1, 1, 0])
        picture.press("Enter")
        expect(figure.locator(".pc-sentence")).to_have_text(python.sentence([1, 1, 0], shown=True))
        figure.get_by_role("button", name="hide it again").click()
        assert said(figure) == python.sentence([1, 1, 0])
        box = picture.bounding_box()
        picture.click(position={"x": 20, "y": box["height"] - 10})
        picture.click(position={"x": 20, "y": box["height"] - 10})
        assert said(figure) == python.sentence([1, 1, 1])

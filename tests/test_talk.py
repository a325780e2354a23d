"""What is wrong with a screen of a talk is said, and a good one is left alone."""

import re

import nbformat
import pytest

from paperclub import paths
from paperclub.checks.talk import troubles
from paperclub.curriculum import written_weeks

PREDICT = re.compile(r"^> \*\*Predict\.\*\*.*(?:\n>.*)*", re.MULTILINE)
CHOICE = re.compile(r"^> (?:- \*\*\([a-f]\)\*\*|[-*]|\d\.) ", re.MULTILINE)

GOOD = {
    "name": "3 / 9 Break it", "bottom": 600, "right": 1200, "foot": 690, "edge": 1280,
    "scale": 1, "type": 18.7, "smallest": 0.03, "wide": [], "empty": 0, "step": [1, 0],
}  # fmt: skip


def test_a_good_screen_has_no_trouble():
    assert troubles(GOOD) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bottom": 700}, "cut off at the foot"),
        ({"right": 1300}, "cut off at the right"),
        ({"scale": 0.5}, "too small"),
        ({"type": 16}, "too small"),
        ({"smallest": 0.015}, "letters of 1.5% of its height"),
        ({"empty": 1}, "a figure does not show"),
        ({"wide": ["x = 1"]}, "wider than the screen: x = 1"),
    ],
)
def test_a_trouble_is_named_with_its_screen(change, says):
    [said] = troubles(GOOD | change)
    assert says in said and "3 / 9 Break it" in said


@pytest.mark.parametrize("slug", [week.slug for week in written_weeks()])
def test_a_room_can_raise_hands_for_every_prediction(slug):
    cells = nbformat.read(paths.CHAPTERS / f"{slug}.ipynb", as_version=4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    boxes = [box for source in prose for box in PREDICT.findall(source)]
    assert boxes
    assert [box for box in boxes if len(CHOICE.findall(box)) < 2] == [], "no choices to vote for"

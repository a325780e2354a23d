"""The computation graph where readers meet it: stepped by keys, retyped, and safe from its text."""

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE
from specimens.computation_graph import SPECIMEN

from paperclub.widgets import ComputationGraph

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    book = build_figure_book(tmp_path_factory.mktemp("graph"), {"figure": SPECIMEN.page})
    with places(book, SPECIMEN.figure(), tmp_path_factory) as where:
        yield where


@pytest.mark.parametrize("place", PLACES)
def test_keys_step_and_the_sentence_is_pythons(visit, place):
    figure, python = figure_on(visit(place)), SPECIMEN.figure()
    assert said(figure) == python.sentence()
    picture = figure.locator("canvas.pc-picture")
    picture.focus()
    before = pixels(figure)
    picture.press("ArrowRight")
    assert said(figure) == python.sentence(python.step + 1)
    assert pixels(figure) != before
    for key, step in [("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", 11)]:
        picture.press(key)
        assert said(figure) == python.sentence(step)


def test_every_step_of_an_expression_that_was_typed_is_said_as_python_says_it(visit):
    figure = figure_on(visit())
    text = "h = tanh(w*x); h*h + 3*h - relu(b)"
    figure.locator("textarea").fill(text)
    python = ComputationGraph(text, {"w": 0.5, "x": 2, "b": -2})
    assert said(figure) == python.sentence()
    picture = figure.locator("canvas.pc-picture")
    picture.press("Home")
    for step in range(16):
        assert said(figure) == python.sentence(step)
        picture.press("ArrowRight")


def test_an_input_moves_by_keys_and_by_its_slider(visit):
    figure = figure_on(visit())
    picture = figure.locator("canvas.pc-picture")
    picture.press("ArrowUp")
    moved = ComputationGraph("(sigmoid(w*x + b) - y)^2", {"w": 0.6, "x": 2, "b": -2, "y": 1})
    assert said(figure) == moved.sentence()
    figure.get_by_role("button", name="inputs").click()
    figure.locator("select").select_option("1")
    figure.get_by_label("value").fill("-3")
    moved = ComputationGraph("(sigmoid(w*x + b) - y)^2", {"w": 0.6, "x": -3, "b": -2, "y": 1})
    assert said(figure) == moved.sentence()


@pytest.mark.parametrize("place", PLACES)
def test_what_cannot_be_read_is_said_and_never_becomes_markup(visit, place):
    figure = figure_on(visit(place))
    before = pixels(figure)
    figure.locator("textarea").fill(HOSTILE)
    assert said(figure) == "Not yet: “<” has no meaning here. Use + - * / ^ and brackets."
    figure.locator("textarea").fill("x * alert(1)")
    assert said(figure).startswith("Not yet: I do not know the function “alert”.")
    assert figure.locator("img").count() == 0
    assert pixels(figure) == before, "the last graph that could be read stays"


def test_a_click_right_steps_and_a_click_left_steps_back(visit):
    figure, python = figure_on(visit()), SPECIMEN.figure()
    box = figure.locator("canvas.pc-picture").bounding_box()
    middle = box["height"] / 2
    figure.locator("canvas.pc-picture").click(position={"x": box["width"] * 0.8, "y": middle})
    assert said(figure) == python.sentence(python.step + 1)
    figure.locator("canvas.pc-picture").click(position={"x": box["width"] * 0.2, "y": middle})
    assert said(figure) == python.sentence()


def test_a_phone_scrolls_only_downwards_and_controls_can_be_touched(visit):
    watched = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    figure = figure_on(watched)
    figure.get_by_role("button", name="inputs").click()
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for target in figure.locator("button, select, textarea, input[type=range]").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def test_the_pages_theme_is_followed(visit):
    watched = visit(color_scheme="light")
    figure = figure_on(watched)
    light = pixels(figure)
    watched.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(figure).to_have_class("pc-figure pc-dark")
    assert pixels(figure) != light

"""The soft alignment where readers meet it: a model in the page, typed texts, muted letters."""

import re

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE

from paperclub.widgets import SoftAlignment

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAKE = f"""
from paperclub.widgets import SoftAlignment
SoftAlignment(texts=["3 july 1997", {HOSTILE!r}])
"""


@pytest.fixture(scope="module")
def python():
    return SoftAlignment(texts=["3 july 1997", HOSTILE])


@pytest.fixture(scope="module")
def addresses(python, tmp_path_factory):
    cells = {"figure": ("# The alignment", MAKE)}
    book = build_figure_book(tmp_path_factory.mktemp("alignment"), cells)
    with places(book, python, tmp_path_factory) as where:
        yield where


def picture(figure):
    return figure.locator("canvas.pc-picture")


@pytest.mark.parametrize("place", PLACES)
def test_figure_is_drawn_steps_with_the_keys_and_says_what_python_says(visit, place, python):
    figure = figure_on(visit(place))
    assert said(figure) == python.sentence()
    before = pixels(figure)
    picture(figure).press("ArrowDown")
    assert said(figure) == python.sentence(step=4)
    assert pixels(figure) != before
    picture(figure).press("Home")
    assert said(figure) == python.sentence(step=0)
    picture(figure).press("ArrowRight")
    assert said(figure) == python.sentence(step=0, key=0)


@pytest.mark.parametrize("place", PLACES)
def test_a_typed_text_is_read_by_the_model_in_the_page(visit, place, python):
    figure = figure_on(visit(place))
    for text in ("Monday, 3RD of may 2021", "7", "", "1 june '99"):
        figure.locator("textarea").fill(text)
        expect(figure.locator(".pc-sentence")).to_have_text(python.sentence(text))


def test_a_letter_is_muted_by_click_and_by_key_and_heard_again(visit, python):
    figure = figure_on(visit())
    before = pixels(figure)
    picture(figure).press("ArrowLeft")
    picture(figure).press("ArrowLeft")
    picture(figure).press("Enter")
    assert said(figure) == python.sentence(key=9, muted=[9])
    assert pixels(figure) != before
    picture(figure).press("Escape")
    assert said(figure) == python.sentence()
    box = picture(figure).bounding_box()
    across = range(int(box["width"] * 0.2), int(box["width"]), 4)
    # The letters stand right below the bars; the first click that mutes tells where.
    for x in across:
        picture(figure).click(position={"x": x, "y": box["height"] * 0.34})
        if "muted" in said(figure):
            break
    assert re.match(r"With “.” \(position \d+\) muted it", said(figure))
    picture(figure).click(position={"x": x, "y": box["height"] * 0.34})
    assert "muted" not in said(figure)


def test_examples_and_slider_choose(visit, python):
    figure = figure_on(visit())
    figure.locator("input[type=range]").fill("9")
    assert said(figure) == python.sentence(step=9)
    figure.get_by_label("an example").select_option(index=2)
    assert said(figure) == python.sentence(HOSTILE, step=9)


@pytest.mark.parametrize("place", PLACES)
def test_hostile_text_is_shown_as_its_characters(visit, place, python):
    watched = visit(place)
    figure = figure_on(watched)
    figure.locator("textarea").fill(HOSTILE)
    expect(figure.locator(".pc-sentence")).to_have_text(python.sentence(HOSTILE))
    assert figure.locator("img").count() == 0


def test_phone_scrolls_only_downwards_and_dark_is_dark(visit):
    watched = visit(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="light")
    figure = figure_on(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for target in figure.locator("button:visible, select, textarea").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    light = pixels(figure)
    watched.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(figure).to_have_class(re.compile("pc-dark"))
    assert pixels(figure) != light

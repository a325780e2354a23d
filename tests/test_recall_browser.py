"""RecallCurve and RecallGame where readers meet them: over http, from disk, in their own files."""

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CURVE, GAME = (every_specimen()[name] for name in ("recall_curve", "recall_game"))
PAGES = {"recall": CURVE.page, "game": GAME.page}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    pages = {"root": ("# Recall",)} | PAGES
    return build_figure_book(tmp_path_factory.mktemp("recall"), pages)


@pytest.fixture(scope="module")
def addresses(book, tmp_path_factory):
    with (
        places(book, CURVE.figure(), tmp_path_factory) as recall,
        places(book, GAME.figure(), tmp_path_factory) as game,
    ):
        yield {"recall": recall, "game": game}


@pytest.mark.parametrize("place", PLACES)
def test_the_curve_is_drawn_and_follows_keys_as_python_says(open_figure, place):
    figure, python = open_figure("recall", place), CURVE.figure()
    assert said(figure) == python.sentence()
    first = pixels(figure)
    picture = figure.locator("canvas.pc-picture")
    picture.press("ArrowRight")
    assert said(figure) == python.sentence(place=python.place + 1)
    assert pixels(figure) != first
    for key, wanted in [
        ("End", {"place": 9}),
        ("ArrowRight", {"place": 9}),
        ("PageDown", {"place": 9, "trials": 5}),
        ("Home", {"place": 0, "trials": 5}),
    ]:
        picture.press(key)
        assert said(figure) == python.sentence(**wanted)


def test_every_trial_place_and_measurement_says_what_python_says(open_figure):
    figure, python = open_figure("recall"), CURVE.figure()
    sliders = figure.locator("input[type=range]")
    for trials in range(1, 7):
        sliders.nth(1).fill(str(trials))
        for place in range(10):
            sliders.nth(0).fill(str(place))
            assert said(figure) == python.sentence(trials=trials, place=place)
    before = pixels(figure)
    figure.locator("select").select_option("1")
    assert said(figure) == python.sentence(chosen=1, trials=2, place=2)
    assert pixels(figure) != before
    assert figure.locator("input[type=range]").nth(1).get_attribute("max") == "2"
    expect(figure.locator("select")).to_be_visible()


@pytest.mark.parametrize("place", PLACES)
def test_the_game_counts_hands_with_keys_as_python_says(open_figure, place):
    figure, python = open_figure("game", place), GAME.figure()
    assert said(figure) == python.sentence()
    picture = figure.locator("canvas.pc-picture")
    first = pixels(figure)
    picture.press("ArrowUp")
    python.tallies = [8, 3, 1, 2, 5]
    assert said(figure) == python.sentence()
    assert pixels(figure) != first
    picture.press("ArrowUp")  # no more than there are people
    assert said(figure) == python.sentence()
    picture.press("ArrowRight")
    picture.press("ArrowDown")
    python.tallies = [8, 2, 1, 2, 5]
    assert said(figure) == python.sentence()
    figure.locator("input[type=range]").first.fill("4")
    python.people, python.tallies = 4, [4, 2, 1, 2, 4]
    assert said(figure) == python.sentence()


def test_a_tap_at_a_height_counts_that_share_of_the_room(open_figure):
    figure = open_figure("game")
    picture = figure.locator("canvas.pc-picture")
    box = picture.bounding_box()
    before = said(figure)
    picture.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.15})
    assert said(figure) != before


def test_words_come_one_by_one_and_the_game_returns_to_its_curve(open_figure):
    figure = open_figure("game")
    page = figure.page
    page.clock.install()
    curve = pixels_now(figure)
    start = figure.get_by_role("button", name="Start")
    start.click()
    shown = [pixels_now(figure)]
    for _ in range(4):
        page.clock.run_for(2000)
        shown.append(pixels_now(figure))
    assert len({curve, *shown}) == 6, "five words, five pictures"
    page.clock.run_for(2000)
    expect(figure.get_by_role("button", name="Start")).to_be_visible()
    assert pixels_now(figure) == curve


def pixels_now(figure) -> str:
    return figure.evaluate("(root) => root.querySelector('canvas.pc-picture').toDataURL()")


def test_own_words_and_the_record_are_characters_never_markup(open_figure):
    figure = open_figure("game")
    figure.get_by_role("button", name="words, pace, record").click()
    words, record = figure.locator("textarea").all()
    assert f"lamp 7, {HOSTILE} 3, cheese 1" in record.input_value()
    words.fill(f"one two three four {HOSTILE.replace(' ', '_')}")
    assert HOSTILE.replace(" ", "_") in record.input_value()
    assert said(figure).startswith("Nobody has been counted yet")
    assert figure.page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_scrolls_sideways(open_figure, name):
    figure = open_figure(name, viewport=PHONE)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert figure.page.evaluate(wide)
    assert figure.page.locator("img[src=x]").count() == 0

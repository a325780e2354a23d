"""The figure of queues where readers meet it: over http, from disk, in a file of its own."""

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def python():
    return every_specimen()["expert_queues"].figure()


@pytest.fixture(scope="module")
def addresses(python, tmp_path_factory):
    page = every_specimen()["expert_queues"].page
    book = build_figure_book(tmp_path_factory.mktemp("queues"), {"figure": page})
    with places(book, python, tmp_path_factory) as where:
        yield where


@pytest.mark.parametrize("place", PLACES)
def test_it_is_drawn_and_keys_move_the_choice_and_the_number_asked(visit, python, place):
    figure = figure_on(visit(place))
    picture = figure.locator("canvas.pc-picture")
    assert said(figure) == python.sentence()
    before = pixels(figure)
    picture.press("ArrowRight")
    assert said(figure) == python.sentence(at=python.at + 1)
    after = pixels(figure)
    assert after != before
    picture.press("ArrowUp")
    assert said(figure) == python.sentence(at=python.at + 1, k=3)
    assert pixels(figure) != after
    picture.press("Home")
    picture.press("ArrowLeft")
    assert said(figure) == python.sentence(at=0, k=3), "there is nothing before the first"


def test_what_the_reader_types_is_routed_and_never_markup(visit, python):
    figure = figure_on(visit())
    figure.locator("textarea").fill(f"{HOSTILE}ab")
    figure.locator("canvas.pc-picture").press("Home")
    assert said(figure) == python.sentence(f"{HOSTILE}ab", at=0)
    assert "“<” (character 1)" in said(figure)
    assert figure.locator("img").count() == 0
    figure.locator("textarea").fill("")
    assert said(figure) == python.sentence("")
    pixels(figure)


def test_gate_number_asked_and_noise_change_what_is_said(visit, python):
    figure = figure_on(visit())
    figure.locator("select").select_option("1")
    assert said(figure) == python.sentence(model=1)
    for slider, key in (("experts asked", "End"), ("noise", "End")):
        figure.get_by_label(slider).press(key)
    assert said(figure) == python.sentence(model=1, k=4, noise=2.0)


def test_a_click_on_a_queue_follows_that_character(visit, python):
    figure = figure_on(visit())
    picture = figure.locator("canvas.pc-picture")
    before = said(figure)
    box = picture.bounding_box()
    for row in range(12):  # from the first queue down, until somebody waits there
        picture.click(position={"x": 130, "y": box["height"] * 0.2 + row * 12})
        if said(figure) != before:
            break
    assert said(figure) in {python.sentence(at=at) for at in range(len(python.text))} - {before}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_all_of_it_in_view(visit, scheme):
    watched = visit(viewport=PHONE, color_scheme=scheme)
    figure = figure_on(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(figure.get_by_label("noise")).to_be_visible()
    assert figure.locator("canvas.pc-picture").bounding_box()["width"] <= PHONE["width"]

"""The pointing figure where readers meet it: a page over http, a page from disk, a file alone."""

import numpy as np
import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPECIMEN = every_specimen()["pointing_hull"]


@pytest.fixture(scope="module")
def python():
    return SPECIMEN.figure()


@pytest.fixture(scope="module")
def addresses(python, tmp_path_factory):
    pages = {"figure": SPECIMEN.page}
    book = build_figure_book(tmp_path_factory.mktemp("pointing"), pages)
    with places(book, python, tmp_path_factory) as where:
        yield where


def canvas(figure):
    return figure.locator("canvas.pc-picture")


@pytest.mark.parametrize("place", PLACES)
def test_it_says_what_python_says_and_follows_the_arrows(visit, python, place):
    figure = figure_on(visit(place))
    assert said(figure) == python.sentence()
    first = pixels(figure)
    canvas(figure).press("ArrowRight")
    assert said(figure) == python.sentence(3)
    second = pixels(figure)
    assert second != first
    canvas(figure).press("ArrowUp")
    assert said(figure) == python.sentence(3, point=0)
    assert pixels(figure) != second
    counted = python.sentence(3).partition(",")[0].removeprefix("Pointing ")
    expect(figure.locator("output")).to_have_text(counted)


@pytest.mark.parametrize("place", PLACES)
def test_text_that_looks_like_markup_is_shown_as_characters(visit, place):
    figure = figure_on(visit(place))
    assert figure.locator(".pc-note").text_content() == HOSTILE
    assert figure.locator("img").count() == 0


def test_points_are_added_moved_and_taken_away_by_key(visit, python):
    figure = figure_on(visit())
    points = [list(point) for point in python.points]
    picture = canvas(figure)
    picture.press("End")
    picture.press("Enter")
    added = [*points, [0.5, 0.5]]
    picture.press("Escape")
    assert said(figure) == last(python, added)
    picture.press("ArrowUp")
    picture.press("Shift+ArrowUp")
    picture.press("Escape")
    added[0] = [added[0][0], round(added[0][1] + 0.02, 3)]
    assert said(figure) == last(python, added)
    picture.press("ArrowDown")
    picture.press("Delete")
    assert said(figure) == last(python, added[:-1])


def last(python, points):
    """What is said of other points once END is reached."""
    return python.sentence(steps(python, points), points=points)


def steps(python, points):
    from paperclub.widgets.pointing import Network, Sizes

    return len(Network(Sizes(**python.sizes), python.weights).draw(np.array(points))[0])


def test_a_click_adds_a_point_and_a_click_on_it_takes_it_away(visit):
    watched = visit()
    figure = figure_on(watched)
    canvas(figure).press("End")
    canvas(figure).scroll_into_view_if_needed()
    before = said(figure)
    box = canvas(figure).bounding_box()
    spot = empty_spot(watched.page, box)
    watched.page.mouse.click(*spot)
    assert said(figure).startswith("13 points") or "Pointing" in said(figure)
    watched.page.mouse.click(*spot)
    watched.page.mouse.move(0, 0)
    assert said(figure) == before


def empty_spot(page, box):
    """A place near the board's middle under which the figure shows no point."""
    for dx, dy in ((0, 0), (30, 20), (-30, 20), (20, -40), (-45, -45)):
        x, y = box["x"] + box["width"] * 0.35 + dx, box["y"] + box["height"] * 0.5 + dy
        page.mouse.move(x, y)
        if page.locator(".pc-tooltip").is_hidden():
            return x, y
    raise AssertionError("points everywhere")


def test_a_point_is_dragged(visit, python):
    watched = visit()
    figure = figure_on(watched)
    canvas(figure).press("End")
    canvas(figure).scroll_into_view_if_needed()
    before = pixels(figure)
    x, y = where_point_is(watched.page, canvas(figure).bounding_box())
    watched.page.mouse.move(x, y)
    watched.page.mouse.down()
    watched.page.mouse.move(x + 25, y + 25, steps=4)
    watched.page.mouse.up()
    watched.page.mouse.move(0, 0)
    assert said(figure).startswith("12 points"), "dragging neither adds nor takes away"
    assert pixels(figure) != before


def where_point_is(page, box):
    """Sweep over the board until the figure names a point."""
    for y in np.arange(box["y"] + box["height"] * 0.25, box["y"] + box["height"] * 0.9, 9):
        for x in np.arange(box["x"] + box["width"] * 0.2, box["x"] + box["width"] * 0.6, 9):
            page.mouse.move(x, y)
            if page.locator(".pc-tooltip").is_visible():
                return x, y
    raise AssertionError("no point found")


def test_the_exact_hull_is_drawn_on_demand_and_points_are_dealt_anew(visit):
    figure = figure_on(visit())
    canvas(figure).press("End")
    before = pixels(figure)
    figure.get_by_label("and exact").check()
    assert pixels(figure) != before
    expect(figure.locator("select")).to_be_hidden()
    figure.get_by_role("button", name="more").click()
    figure.locator("select").select_option(label="5 points")
    assert said(figure).startswith("5 points")
    assert "trained on" not in said(figure), "five points are as in training"


@pytest.mark.parametrize("place", PLACES)
def test_the_tour_is_chosen_and_drawn_in_the_page_step_by_step(visit, python, place):
    figure = figure_on(visit(place))
    canvas(figure).press("End")
    hull = pixels(figure)
    figure.get_by_label("tour").check()
    assert said(figure) == python.sentence(13, task="tour")
    assert pixels(figure) != hull
    canvas(figure).press("Home")
    assert said(figure) == python.sentence(1, task="tour")
    canvas(figure).press("ArrowRight")
    canvas(figure).press("ArrowUp")
    assert said(figure) == python.sentence(2, task="tour", point=0)
    figure.get_by_label("hull").check()
    assert said(figure) == last(python, python.points)


def test_the_shortest_tour_is_drawn_on_demand_up_to_twelve_points(visit, python):
    figure = figure_on(visit())
    figure.get_by_label("tour").check()
    before = pixels(figure)
    figure.get_by_label("and exact").check()
    assert pixels(figure) != before, "the specimen has twelve points"
    canvas(figure).press("Enter")
    canvas(figure).press("Escape")
    more = [*python.points, [0.5, 0.5]]
    assert said(figure) == python.sentence(14, task="tour", points=more)
    assert "computed for up to 12 points" in said(figure)
    beyond = pixels(figure)
    figure.get_by_label("network", exact=True).check()
    assert pixels(figure) != beyond, "the mark says that no exact tour is drawn"


def test_a_phone_scrolls_only_downwards_and_a_tap_adds_a_point(visit):
    watched = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    figure = figure_on(watched)
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    figure.get_by_role("button", name="more").click()
    for target in figure.locator("button, select, .pc-face, input[type=range]").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    before = pixels(figure)
    box = canvas(figure).bounding_box()
    canvas(figure).tap(position={"x": box["width"] * 0.5, "y": box["height"] * 0.4})
    assert pixels(figure) != before

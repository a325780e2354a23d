"""BytePairs and NextToken where readers meet them: drawn, said as Python says, moved by keys."""

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAIRS, NEXT = (every_specimen()[name] for name in ("byte_pairs", "next_token"))
TYPED = ["", " ", "naïve 😀 你好", "</script><b>bold", "the thethe aaaa", "\u202eright to left"]


@pytest.fixture(scope="module")
def python():
    return {"figure": PAIRS.figure(), "next": NEXT.figure()}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    pages = {"figure": PAIRS.page, "next": NEXT.page}
    return build_figure_book(tmp_path_factory.mktemp("tokens"), pages)


@pytest.fixture(scope="module")
def addresses(book, python, tmp_path_factory):
    with places(book, python["figure"], tmp_path_factory) as where:
        yield where


def picture(figure):
    return figure.locator("canvas.pc-picture")


@pytest.mark.parametrize("place", PLACES)
def test_byte_pairs_says_what_python_says_for_every_number_of_merges(visit, place, python):
    figure = figure_on(visit(place))
    first = pixels(figure)
    picture(figure).press("Home")
    for count in range(4):
        assert said(figure) == python["figure"].sentence(count=count)
        picture(figure).press("ArrowRight")
    assert pixels(figure) != first
    assert (
        figure.locator("img").count() == 0 and HOSTILE in figure.locator("textarea").input_value()
    )


def test_byte_pairs_follows_what_is_typed(visit, python):
    figure = figure_on(visit())
    for text in TYPED:
        figure.locator("textarea").fill(text)
        expect(figure.locator(".pc-sentence")).to_have_text(python["figure"].sentence(text))
    figure.get_by_role("slider", name="merges").press("End")
    assert said(figure) == python["figure"].sentence(TYPED[-1], 3)


@pytest.mark.parametrize("place", ["http", "file"])
def test_next_token_says_what_pytorch_says_under_every_knob(visit, place, python):
    figure = figure_on(visit(place, "next.html"))
    expect(figure.locator("textarea")).to_be_enabled()
    first = pixels(figure)
    assert said(figure) == python["next"].sentence()
    for key in ("ArrowDown", "ArrowLeft", "ArrowLeft"):
        picture(figure).press(key)
    assert said(figure) == python["next"].sentence(row=1, temperature=0.5)
    assert pixels(figure) != first
    figure.get_by_role("slider", name="top-p").press("PageDown")
    p = round(float(figure.get_by_role("slider", name="top-p").input_value()), 2)
    assert p < 1
    assert said(figure) == python["next"].sentence(row=1, temperature=0.5, top_p=p)
    figure.get_by_role("slider", name="top-k").press("Home")
    assert said(figure) == python["next"].sentence(row=1, temperature=0.5, top_p=p, top_k=1)


def test_next_token_follows_what_is_typed_and_writes_on(visit, python):
    figure = figure_on(visit("http", "next.html"))
    field = figure.locator("textarea")
    expect(field).to_be_enabled()
    for text in [*TYPED, HOSTILE, "the king " * 30]:
        field.fill(text)
        expect(figure.locator(".pc-sentence")).to_have_text(python["next"].sentence(text))
    figure.get_by_role("slider", name="top-k").press("Home")
    field.fill("To be, or not to")
    expect(figure.locator(".pc-sentence")).to_have_text(
        python["next"].sentence("To be, or not to", top_k=1)
    )
    figure.get_by_role("button", name="write a token").click()
    written = field.input_value()
    assert written.startswith("To be, or not to") and len(written) > len("To be, or not to")
    assert said(figure) == python["next"].sentence(written, top_k=1)


@pytest.mark.parametrize("name", ["figure.html", "next.html"])
def test_on_a_phone_nothing_scrolls_sideways(visit, name):
    watched = visit("http", name, viewport=PHONE)
    figure = figure_on(watched)
    box = figure.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert picture(figure).bounding_box()["width"] <= box["width"] + 1
    for slider in figure.get_by_role("slider").all():
        assert slider.bounding_box()["height"] >= 44

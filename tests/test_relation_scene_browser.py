"""The relation scene where readers meet it: drag, keys, questions; the same words as Python's."""

import copy

import pytest
from figure_book import build_figure_book
from figure_places import PHONE, PLACES, figure_on, pixels, places, said, visits
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def python():
    return every_specimen()["relation_scene"].figure()


@pytest.fixture(scope="module")
def addresses(python, tmp_path_factory):
    cells = {"figure": every_specimen()["relation_scene"].page}
    book = build_figure_book(tmp_path_factory.mktemp("scene"), cells)
    with places(book, python, tmp_path_factory) as where:
        yield where


@pytest.fixture
def figure(browser, addresses):
    """A function that opens the figure in a place; complaints of the page fail the test."""
    with visits(browser, addresses) as opened:

        def visit(place="http", **options):
            watched = opened(place, **options)
            return figure_on(watched)

        yield visit


def moved(python, steps, scene=0):
    """Positions after steps (object, right, up) of the keyboard."""
    where = copy.deepcopy(python.places[scene])
    for k, right, up in steps:
        x, y = where[k]
        where[k] = [round(x + 0.05 * right, 3), round(y + 0.05 * up, 3)]
    return where


@pytest.mark.parametrize("place", PLACES)
def test_keys_move_choose_and_turn_objects_and_the_sentence_is_pythons(figure, python, place):
    shown = figure(place)
    picture = shown.locator("canvas.pc-picture")
    assert said(shown) == python.sentence()
    first = pixels(shown)
    picture.press("ArrowRight")
    picture.press("ArrowUp")
    assert pixels(shown) != first
    where = moved(python, [(0, 1, 1)])
    assert said(shown) == python.sentence(places=where)
    picture.press("Space")
    picture.press("Enter")
    shapes = list(python.shapes[0])
    shapes[1] = 1 - shapes[1]
    assert said(shown) == python.sentence(places=where, shapes=shapes)
    assert HOSTILE in said(shown) or HOSTILE in shown.locator("select").first.text_content()
    assert shown.locator("img").count() == 0


def test_every_question_says_what_python_says(figure, python):
    shown = figure()
    about, kind = shown.locator("select").all()
    for scene, title in enumerate(python.titles):
        shown.get_by_label(title, exact=True).check()
        assert said(shown) == python.sentence(scene, 1, python.starts[scene])
        for k in range(2):
            kind.select_option(str(k))
            for asked in range(6):
                about.select_option(str(asked))
                assert said(shown) == python.sentence(scene, k, asked)


def test_an_object_follows_the_pointer_and_stays_in_the_frame(figure, python):
    shown = figure()
    picture = shown.locator("canvas.pc-picture")
    picture.scroll_into_view_if_needed()
    box, mouse = picture.bounding_box(), shown.page.mouse
    side = box["height"]

    def at(place):
        edge, inner = side * 0.05, side * 0.9
        x, y = place
        return box["x"] + edge + (x + 2) / 4 * inner, box["y"] + edge + (2 - y) / 4 * inner

    before = said(shown)
    mouse.move(*at(python.places[0][2]))
    assert said(shown) == before, "pointing is not moving"
    mouse.down()
    mouse.move(box["x"] + 5, box["y"] + side + 80)
    mouse.up()
    mouse.move(*at((1, 1)))
    where = copy.deepcopy(python.places[0])
    where[2] = [-2, -2]
    assert said(shown) == python.sentence(places=where)


def test_a_finger_drags_an_object_and_nothing_is_too_small_for_it(figure):
    shown = figure(viewport=PHONE, has_touch=True, is_mobile=True)
    assert shown.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for target in shown.locator("button, select, .pc-face").all():
        box = target.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    kept, scrolled = shown.evaluate(
        """(root) => {
            const picture = root.querySelector('canvas.pc-picture');
            const box = picture.getBoundingClientRect();
            const counts = [0, 0];
            for (let x = 2; x < box.width; x += 12) {
                for (let y = 2; y < box.height; y += 12) {
                    const touch = new Touch({ identifier: 1, target: picture,
                        clientX: box.left + x, clientY: box.top + y });
                    const options = { touches: [touch], cancelable: true };
                    const event = new TouchEvent('touchstart', options);
                    counts[picture.dispatchEvent(event) ? 1 : 0] += 1;
                }
            }
            return counts;
        }"""
    )
    assert 6 <= kept < scrolled, "on an object the page stays, elsewhere it scrolls"

"""Every figure across a room, and for readers who asked for less motion."""

import re

import pytest
from figure_book import build_figure_book
from figure_places import WIDE, figure_on
from playwright.sync_api import expect
from specimens import every_specimen
from watching import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {name: specimen.page for name, specimen in every_specimen().items()}
STEP = """
async (root) => {
  const picture = root.querySelector('canvas.pc-picture');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const before = picture.toDataURL();
  picture.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
  await frame();
  await frame();
  const soon = picture.toDataURL();
  await new Promise((done) => setTimeout(done, 600));
  return { moved: before !== soon, still: soon === picture.toDataURL(),
    running: document.getAnimations().length };
}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return build_figure_book(tmp_path_factory.mktemp("presented"), PAGES)


@pytest.fixture(params=PAGES)
def opened(request, browser, book):
    """A function that opens the figure's page; what the page complains of fails at the end."""
    visited = []

    def visit(words: str = "", **options):
        context = browser.new_context(**({"viewport": WIDE} | options))
        watched = Watched(context.new_page(), "file:")
        visited.append((context, watched))
        watched.page.goto((book / f"{request.param}.html").as_uri() + words)
        return figure_on(watched)

    yield visit
    for context, _ in visited:
        context.close()
    assert [text for _, watched in visited for text in watched.complaints] == []


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_a_presented_figure_fits_the_screen_in_large_type(opened, size):
    figure = opened("?present=1", viewport={"width": size[0], "height": size[1]})
    expect(figure).to_have_class(re.compile("pc-large"))
    box = figure.bounding_box()
    assert box["height"] <= size[1] and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    assert figure.evaluate("(root) => parseFloat(getComputedStyle(root).fontSize)") >= 18
    for part in figure.locator("canvas, select, button, textarea, .pc-sentence").all():
        if part.is_visible():
            inner = part.bounding_box()
            assert inner["y"] >= box["y"] and inner["y"] + inner["height"] <= box["y"] + size[1]


def test_with_less_motion_a_step_is_one_picture(opened):
    seen = opened(reduced_motion="reduce").evaluate(STEP)
    assert seen == {"moved": True, "still": True, "running": 0}

"""The figure in JupyterLab, with a kernel."""

import re
import time

import nbformat
import pytest
from figure_book import DATA, FIGURE, HEADS, notebook
from lab import Lab, run_cell
from playwright.sync_api import expect
from running import Running, copy_course
from watching import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT = "figure = " + FIGURE.strip().splitlines()[-1] + "\nfigure"
ASK = "print('chosen', figure.query, figure.sentence())"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A started course whose one chapter holds the figure."""
    folder = tmp_path_factory.mktemp("lab")
    root = copy_course(folder / "course")
    imported = FIGURE.strip().splitlines()[0]
    cells = notebook("# Attention", DATA, f"{imported}\n{KEPT}", ASK)
    nbformat.write(cells, root / "chapters" / "attention.ipynb")
    running = Running(root, folder / "home", port=19180).wait_until_open()
    yield running
    running.stop()


@pytest.fixture
def lab(browser, course):
    """The chapter in Lab, every cell run; complaints of the page fail the test at its end."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    watched = Watched(context.new_page(), course.base)
    watched.page.goto(course.url)
    watched.page.goto(course.base + "course/open/chapters/attention")
    yield Lab(watched.page).wait_for_kernel().run_all()
    context.close()
    assert watched.complaints == []


def stamp(course) -> int:
    """Return when the learner's copy was last written."""
    return (course.root / "work" / "chapters" / "attention.ipynb").stat().st_mtime_ns


def until(holds, seconds: float = 20) -> bool:
    """Wait until something holds; return whether it does."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def test_figure_is_alive_in_lab_and_keeps_its_keys(lab, course):
    page, python = lab.page, HEADS.figure()
    figure = page.locator(".pc-figure")
    picture, sentence = figure.locator("canvas.pc-picture"), figure.locator(".pc-sentence")
    expect(sentence).to_have_text(python.sentence())
    picture.scroll_into_view_if_needed()
    picture.focus()
    cells = page.locator(".jp-Cell").count()
    before = picture.evaluate("(canvas) => canvas.toDataURL()")
    picture.press("ArrowRight")
    expect(sentence).to_have_text(python.sentence(key=0))
    page.wait_for_function(
        "(before) => document.querySelector('canvas.pc-picture').toDataURL() !== before", arg=before
    )
    picture.press("ArrowUp")
    expect(sentence).to_have_text(python.sentence(query=python.query - 1))

    for key in ("a", "b", "x", "Enter"):
        picture.press(key)
    assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"

    before = stamp(course)
    picture.press("Control+s")
    assert until(lambda: stamp(course) != before), "Ctrl+S still reaches Lab"


def test_large_type_is_for_the_back_of_a_room_and_goes_again(lab):
    page = lab.page
    figure = page.locator(".pc-figure")
    size = "(element) => parseFloat(getComputedStyle(element).fontSize)"
    words = page.locator(".jp-RenderedMarkdown h1, .jp-RenderedMarkdown p").first
    before = words.evaluate(size)
    button = page.get_by_role("button", name="Large type")
    button.click()
    expect(figure).to_have_class(re.compile("pc-large"))
    assert words.evaluate(size) > 1.3 * before
    button.click()
    expect(figure).not_to_have_class(re.compile("pc-large"))
    assert words.evaluate(size) == before


def test_python_hears_what_the_reader_chose(lab):
    page, python = lab.page, HEADS.figure()
    picture = page.locator("canvas.pc-picture")
    picture.press("Home")
    expect(page.locator(".pc-sentence")).to_have_text(python.sentence(query=0))
    run_cell(page)
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(
        f"chosen 0 {python.sentence(query=0)}"
    )

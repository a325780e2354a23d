"""The attention explorer in JupyterLab, with a kernel."""

import nbformat
import pytest
from figure_book import notebook
from lab import Lab
from playwright.sync_api import expect
from running import Running, copy_course
from watching import Watched

from paperclub.widgets import AttentionExplorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SENTENCES = ["To be, or not to be, that is the question."]
MAKE = f"""
from paperclub.widgets import AttentionExplorer
figure = AttentionExplorer({SENTENCES!r}, layer=1, head=3)
figure
"""
ASK = "print(figure.text, figure.layer, figure.sentence())"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorer in lab")
    root = copy_course(folder / "course")
    cells = notebook("# Attention", MAKE, ASK)
    nbformat.write(cells, root / "chapters" / "attention.ipynb")
    running = Running(root, folder / "home", port=19380).wait_until_open()
    yield running
    running.stop()


def test_the_explorer_is_alive_in_lab_and_keeps_its_keys(browser, course):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    watched = Watched(context.new_page(), course.base)
    # At rest: a page left while it asks for its icon would count as a failure.
    watched.page.goto(course.url, wait_until="networkidle")
    watched.page.goto(course.base + "course/open/chapters/attention")
    Lab(watched.page).wait_for_kernel().run_all()
    page, python = watched.page, AttentionExplorer(SENTENCES, layer=1, head=3)
    sentence = page.locator(".pc-figure .pc-sentence")
    expect(sentence).to_have_text(python.sentence())
    address, cells = page.url, page.locator(".jp-Cell").count()

    typed = "A baxdd day, my lord"
    field = page.locator(".pc-field textarea")
    field.fill("")
    field.press_sequentially(typed)
    look_on = AttentionExplorer([typed], layer=1, head=3)
    last = len(look_on.sentences[0]["tokens"]) - 1
    expect(sentence).to_have_text(look_on.sentence(query=last))
    field.press("Enter")
    field.press("Backspace")
    page.locator("canvas.pc-picture").press("a")
    assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"
    assert page.url == address, "the address is Lab's"

    page.locator("canvas.pc-picture").press("ArrowUp")
    expect(sentence).to_have_text(look_on.sentence(query=last - 1))
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(
        f"{typed} 1 {look_on.sentence(query=last - 1)}"
    )
    context.close()
    assert watched.complaints == []

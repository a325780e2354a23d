"""Every page for everyone: no finding of axe-core that is serious, light, dark and on a phone."""

import pytest
from everyone import serious_findings
from figure_places import PHONE, WIDE
from playwright.sync_api import expect
from specimens import every_specimen

from paperclub import paths

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOOK = paths.BUILD / "html"
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
MATHEMATICS = "globalThis.MathJax?.startup?.promise?.then(() => true)"


@pytest.fixture(
    params=[("light", WIDE), ("dark", WIDE), ("light", PHONE)], ids=["light", "dark", "phone"]
)
def context(browser, request):
    scheme, size = request.param
    opened = browser.new_context(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    yield opened
    opened.close()


def test_the_tool_finds_what_is_there(context):
    page = context.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><button></button></main>")
    [found] = serious_findings(page)
    assert found.startswith("button-name at button")


def test_every_page_of_the_book_can_be_used_by_everyone(context):
    pages = [path for path in sorted(BOOK.rglob("*.html")) if "_static" not in path.parts]
    if not pages:
        pytest.skip("the book is not built: python course.py book build")
    found = {}
    for path in pages:
        if 'http-equiv="refresh"' in path.read_text("utf-8").lower():
            continue  # it only leads on to the first page
        page = context.new_page()
        page.goto(path.as_uri())
        if page.locator(".paperclub-figure").count():
            page.locator(".pc-figure canvas.pc-picture").first.wait_for()
        page.evaluate(MATHEMATICS)
        page.evaluate(UNFOLD)
        findings = serious_findings(page)
        if findings:
            found[path.relative_to(BOOK).as_posix()] = findings
        page.close()
    assert found == {}


@pytest.mark.parametrize("name", every_specimen())
def test_every_figure_can_be_used_by_everyone(name, context, tmp_path):
    page = context.new_page()
    page.goto(every_specimen()[name].figure().save_html(tmp_path / "figure.html").as_uri())
    page.locator("canvas.pc-picture").wait_for()
    more = page.get_by_role("button", name="more")
    if more.count():
        if page.locator("textarea:not([readonly])").count():
            expect(page.locator("textarea:enabled:not([readonly])").first).to_be_attached()
        more.click()
    assert serious_findings(page) == []

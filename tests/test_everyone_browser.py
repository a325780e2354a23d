"""Every page for everyone: no finding of axe-core that is serious, light, dark and on a phone."""

import sys
import time

import pytest
from everyone import colour_findings, layout_findings, serious_findings
from figure_places import PHONE, WIDE
from playwright.sync_api import expect
from specimens import every_specimen

from paperclub import paths
from paperclub.curriculum import written_weeks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZOOMED = {"200 %": {"width": 640, "height": 450}, "400 %": {"width": 320, "height": 256}}
BOOK = paths.BUILD / "html"
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
# Of a page's code, thousands of words in a dozen colours, one word of each colour keeps it:
# axe-core looks at every element, and the others have nothing to tell it.
ONE_OF_A_COLOUR = """
() => {
  const kinds = new Set();
  for (const word of document.querySelectorAll(".highlight pre span[class]")) {
    const kind = `${word.className} in ${word.closest(".highlight").parentElement.className}`;
    if (kinds.has(kind)) {
      word.replaceWith(...word.childNodes);
    }
    kinds.add(kind);
  }
}
"""
THEME_HEARS = 400  # milliseconds; its scripts answer a new width or scheme after 300
A_FEW_FRAMES = 50  # milliseconds; figures are drawn anew in the next ones
PATIENCE = 5  # seconds, for a page on a busy machine
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
MATHEMATICS = "globalThis.MathJax?.startup?.promise?.then(() => true)"


def pages_of_the_book():
    """The built pages; those that only lead on to another are left out."""
    pages = [path for path in sorted(BOOK.rglob("*.html")) if "_static" not in path.parts]
    return [path for path in pages if 'http-equiv="refresh"' not in path.read_text("utf-8").lower()]


@pytest.fixture
def page(browser):
    context = browser.new_context(color_scheme="light", viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()  # a page's own waiting is gone through at once
    yield page
    context.close()


def settled(page, look):
    """Return what ``look`` finds once the page's scripts have answered, or at last.

    Scripts that put their answer off are answered for by the page's clock, which is moved on.
    """
    page.clock.fast_forward(THEME_HEARS)
    page.wait_for_timeout(A_FEW_FRAMES)
    end = time.monotonic() + PATIENCE
    while (found := look(page)) and time.monotonic() < end:
        page.wait_for_timeout(A_FEW_FRAMES)
    return found


def findings_everywhere(page):
    """What is found on a page as it lies open: in the light, in the dark, and on a phone.

    Darkness changes colours and no structure; a phone's width changes what stands where.
    """
    found = {"light": settled(page, serious_findings)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = settled(page, colour_findings)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found["phone"] = settled(page, layout_findings)
    return {where: findings for where, findings in found.items() if findings}


@pytest.fixture
def impatient(monkeypatch):
    """What is found at once stays."""
    monkeypatch.setattr(sys.modules[__name__], "PATIENCE", 0)


@pytest.mark.usefixtures("impatient")
def test_the_tool_finds_what_is_there_in_the_light_in_the_dark_and_on_a_phone(page):
    page.set_content("""
        <html lang=en><title>x</title>
        <style>
          @media (prefers-color-scheme: dark) { p { color: #ddd } }
          @media (min-width: 600px) { button { display: none } }
        </style>
        <main><h1>x</h1><p>Pale in the dark, on white.</p><button></button></main>
    """)
    found = findings_everywhere(page)
    assert set(found) == {"dark", "phone"}
    assert found["dark"][0].startswith("color-contrast at p")
    assert found["phone"][0].startswith("button-name at button")


def test_a_pale_colour_of_code_is_found_and_looked_at_once(page):
    page.set_content("""
        <html lang=en><title>x</title>
        <style>.pale { color: #bbb } .input .late { color: #bbb }</style>
        <main><h1>x</h1>
        <div class=output><div class=highlight><pre>
          <span class=pale>for</span> <b><span class=pale>in</span></b> <span class=late>if</span>
        </pre></div></div>
        <div class=input><div class=highlight><pre><span class=late>else</span></pre></div></div>
        </main>
    """)
    page.evaluate(ONE_OF_A_COLOUR)
    assert page.inner_text("pre >> nth=0").split() == ["for", "in", "if"]
    found = [finding.split(":")[0] for finding in colour_findings(page)]
    late = ".input > .highlight > pre > .late"
    assert found == ["color-contrast at .pale", f"color-contrast at {late}"]


def test_the_book_has_its_pages():
    weeks = {path.stem for path in pages_of_the_book() if path.parent.name == "chapters"}
    assert weeks == {week.slug for week in written_weeks()}


@pytest.mark.parametrize("week", written_weeks(), ids=lambda week: week.slug)
def test_the_page_of_a_weeks_exercises_settles_no_prediction(week):
    text = (BOOK / "exercises" / f"{week.slug}.html").read_text("utf-8")
    assert "</span> Predict first<" in text, "what a prediction's check says before one is made"
    assert "You predicted" not in text, "an answer of the solutions shows"


@pytest.mark.parametrize(
    "path", pages_of_the_book(), ids=lambda path: path.relative_to(BOOK).with_suffix("").as_posix()
)
def test_a_page_of_the_book_can_be_used_by_everyone(page, path):
    page.goto(path.as_uri())
    if page.locator(".paperclub-figure").count():
        page.locator(".pc-figure canvas.pc-picture").first.wait_for()
    page.evaluate(MATHEMATICS)
    page.evaluate(UNFOLD)
    page.evaluate(ONE_OF_A_COLOUR)
    assert findings_everywhere(page) == {}
    assert sideways(page) == {}


def sideways(page):
    """The zooms of a window 1280 wide at which the page itself scrolls sideways, and how far."""
    found = {}
    for zoom, size in ZOOMED.items():
        page.set_viewport_size(size)
        too_wide = settled(page, lambda page: max(0, page.evaluate(TOO_WIDE)))
        if too_wide:
            found[zoom] = too_wide
    return found


@pytest.mark.usefixtures("impatient")
def test_a_page_that_scrolls_sideways_is_seen(page):
    page.set_content("<html lang=en><p style='width: 500px'>Wide.</p>")
    assert set(sideways(page)) == {"400 %"}


@pytest.mark.parametrize("name", every_specimen())
def test_every_figure_can_be_used_by_everyone(name, page, tmp_path):
    page.goto(every_specimen()[name].figure().save_html(tmp_path / "figure.html").as_uri())
    page.locator("canvas.pc-picture").wait_for()
    more = page.get_by_role("button", name="more")
    if more.count():
        if page.locator("textarea:not([readonly])").count():
            expect(page.locator("textarea:enabled:not([readonly])").first).to_be_attached()
        more.click()
    assert findings_everywhere(page) == {}

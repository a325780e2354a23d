"""The book in a real browser: over http and from disk, light and dark, wide and narrow."""

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect
from small_book import copy_course, course

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [
    *(f"book/{name}" for name in ("index", "for-learners", "for-groups")),
    *(f"book/{name}" for name in ("for-instructors", "what-marks-mean")),
    *(f"book/{name}" for name in ("year", "shorter-courses", "reading-list")),
    *(f"book/{name}" for name in ("ledger", "glossary", "measured")),
    "chapters/attention",
    "search",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """Return a book with one small chapter, exported and unpacked as a reader would."""
    root = copy_course(tmp_path_factory.mktemp("book"))
    for words in (("build",), ("export", "--zip", "book of a club.zip")):
        done = course(root, "book", *words)
        assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(root / "book of a club.zip") as archive:
        archive.extractall(root / "unpacked")
    return root / "unpacked" / "book of a club"


class CourseServer(SimpleHTTPRequestHandler):
    """Stands in for the course's server: the book under /x/book/, answers under /x/course/."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/x/book"))

    def do_GET(self) -> None:
        if not self.path.startswith("/x/course/"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(folder: Path, handler: type[SimpleHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Plain(SimpleHTTPRequestHandler):
    """A server that knows nothing of the course."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def http(folder) -> Iterator[str]:
    with serving(folder, Plain) as address:
        yield address


@pytest.fixture
def opened(browser):
    """Return a function that opens an address; ``page.troubles`` gathers what went wrong."""
    contexts = []

    def open_page(address: str, viewport: dict = WIDE, **settings):
        context = browser.new_context(viewport=viewport, **settings)
        contexts.append(context)
        page = context.new_page()
        origin = address if address.startswith("file:") else "/".join(address.split("/")[:3])
        own = ("data:", "blob:", "file:" if address.startswith("file:") else origin)
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(f"threw {error}"))
        page.on(
            "console",
            lambda said: page.troubles.append(said.text) if said.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(own) else page.troubles.append(asked.url),
        )
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sideways(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_over_http_and_from_disk(name, opened, http, folder):
    for start in (http, folder.as_uri()):
        page = opened(f"{start}/{name}.html")
        assert page.locator("h1:visible").count() == 1
        assert page.troubles == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_no_sideways_scroll_on_a_phone(name, opened, folder):
    page = opened(f"{folder.as_uri()}/{name}.html", viewport=PHONE)
    assert sideways(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(scheme, opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html", color_scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    # Every element's own text against the nearest painted background, by the WCAG formula.
    faint = page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          const rgb = (colour) => {
            canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            return canvas.getImageData(0, 0, 1, 1).data;
          };
          const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
          const light = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]]
            .reduce((sum, [v, weight]) => sum + weight * linear(v / 255), 0);
          const behind = (el) => { for (; el; el = el.parentElement) {
            const colour = rgb(getComputedStyle(el).backgroundColor);
            if (colour[3] > 250) return colour; } return [255, 255, 255, 255]; };
          const faint = [];
          const texts = ".bd-article :is(p, dt, dd, a:not(.headerlink), summary, strong)";
          for (const el of document.querySelectorAll(texts)) {
            if (!el.checkVisibility() || !el.textContent.trim()) continue;
            const [a, b] = [light(rgb(getComputedStyle(el).color)), light(behind(el))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) faint.push([el.tagName, el.textContent.slice(0, 30), ratio]);
          }
          return faint;
        }"""
    )
    assert faint == []


def test_a_line_of_text_has_65_to_75_characters(opened, folder):
    page = opened(f"{folder.as_uri()}/book/index.html")
    characters = page.evaluate(
        """() => {
          const text = [...document.querySelectorAll(".bd-article section > p")]
            .find((p) => p.textContent.length > 200);
          const style = getComputedStyle(text);
          const lines = text.getBoundingClientRect().height / parseFloat(style.lineHeight);
          return [text.textContent.length, Math.round(lines), parseFloat(style.fontSize)];
        }"""
    )
    length, lines, size = characters
    assert 17 <= size <= 18
    assert 58 <= length / lines <= 75  # the last line is not full


def test_the_reading_list_is_filtered_by_keyboard_and_says_how_many(opened, folder):
    page = opened(f"{folder.as_uri()}/book/reading-list.html")
    shown = page.locator("#reading-works > li:visible")
    count = page.locator("#reading-count")
    assert count.get_attribute("aria-live") == "polite"
    assert count.inner_text() == "228 works."
    page.get_by_label("Named by").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # the famous list
    assert count.inner_text() == "51 of 228 works."
    assert shown.count() == 51
    page.keyboard.press("Tab")
    page.keyboard.press("b")  # blog
    narrowed = shown.count()
    assert 0 < narrowed < 51
    assert count.inner_text() == f"{narrowed} of 228 works."
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Show all
    expect(page.locator("#reading-count")).to_have_text("228 works.")
    assert shown.count() == 228
    assert page.troubles == []


def test_the_filter_finds_the_works_of_written_weeks(opened, folder):
    page = opened(f"{folder.as_uri()}/book/reading-list.html")
    page.locator("select[name=standing]").select_option("written")
    titles = page.locator("#reading-works > li:visible cite").all_inner_texts()
    assert {"Attention Is All You Need", "The Annotated Transformer"} <= set(titles)
    assert len(titles) < 10


def test_without_a_script_the_reading_list_is_whole_and_shows_no_dead_filter(opened, folder):
    page = opened(f"{folder.as_uri()}/book/reading-list.html", java_script_enabled=False)
    assert page.locator("#reading-works > li:visible").count() == 228
    assert not page.locator("#reading-filter").is_visible()


def test_a_week_reached_by_keyboard_lights_its_own_arcs(opened, folder):
    page = opened(f"{folder.as_uri()}/book/year.html")
    assert page.locator(".arcs path.lit").count() == 0
    page.locator('.arcs [data-week="circuits"]').focus()
    lit = page.locator(".arcs path.lit")
    ends = {(a.get_attribute("data-from"), a.get_attribute("data-to")) for a in lit.all()}
    assert ends == {("attention", "circuits"), ("features", "circuits")}


def test_a_planned_week_in_the_picture_leads_to_its_place(opened, folder):
    page = opened(f"{folder.as_uri()}/book/year.html")
    page.locator('.arcs [data-week="grokking"]').click()
    assert page.url.endswith("#week-grokking")
    assert page.locator("#week-grokking").bounding_box()["y"] < 900


def test_boxes_have_a_class_and_a_mark_and_ordinary_quotations_have_none(opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html")
    assert page.locator("blockquote.box-predict").count() == 1
    assert page.locator("blockquote.box-analogy").count() == 1
    assert page.locator("blockquote").count() == 3
    marks = page.evaluate(
        "[...document.querySelectorAll('blockquote')].map("
        "(box) => getComputedStyle(box, '::before').maskImage.slice(0, 9))"
    )
    assert marks[:2] == ['url("data', 'url("data']
    assert marks[2] == "none"


def test_what_the_facilitator_needs_is_folded_and_opens_by_keyboard(opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html")
    inside = page.get_by_text("for two minutes")
    assert not inside.is_visible()
    page.locator("details.facilitator summary").focus()
    page.keyboard.press("Enter")
    assert inside.is_visible()


def test_presenting_enlarges_the_type_and_escape_ends_it(opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html")
    size = "parseFloat(getComputedStyle(document.querySelector('.bd-article p')).fontSize)"
    before = page.evaluate(size)
    page.goto(f"{folder.as_uri()}/chapters/attention.html?present=1")
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate(size) >= 28 > before
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert sideways(page) <= 0
    page.keyboard.press("Escape")
    assert page.evaluate(size) == before
    assert page.locator(".bd-sidebar-primary").is_visible()


def test_open_live_says_how_to_start_where_no_course_answers(opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html")
    page.get_by_role("link", name="Open live").click()
    note = page.locator(".how-to-start")
    assert "python course.py start" in note.inner_text()
    assert page.troubles == []
    note.get_by_role("link").click()
    assert page.url.endswith("book/for-learners.html#start")


def test_open_live_asks_the_course_that_serves_the_page(opened, folder):
    with serving(folder, CourseServer) as address:
        page = opened(f"{address}/x/book/chapters/attention.html")
        page.get_by_role("link", name="Open live").click()
        page.wait_for_url("**/x/course/open/chapters/attention")


def test_the_notebook_can_be_downloaded_under_its_own_name(opened, folder):
    page = opened(f"{folder.as_uri()}/chapters/attention.html")
    link = page.get_by_role("link", name="Download")
    assert link.get_attribute("download") == "attention.ipynb"
    assert (folder / "chapters" / link.get_attribute("href")).resolve().is_file()


def test_a_page_shows_nobodys_progress_and_says_where_it_is(opened, folder):
    said = opened(f"{folder.as_uri()}/chapters/attention.html").locator(".course-progress")
    assert "Your own copy of this notebook shows your progress here." in said.inner_text()


@pytest.mark.parametrize("words", ["superposition", "residual+stream", "hill+climbing"])
def test_search_works_from_disk(words, opened, folder):
    page = opened(f"{folder.as_uri()}/search.html?q={words}")
    page.get_by_text("Glossary").first.wait_for()
    found = page.locator("#search-results li a").all_inner_texts()
    term = words.replace("+", " ").capitalize()
    assert any("Glossary" in text or term in text for text in found)
    assert page.troubles == []


@pytest.mark.parametrize("name", ["chapters/attention", "book/reading-list"])
def test_what_is_pressed_is_large_enough_for_a_finger(name, opened, folder):
    page = opened(f"{folder.as_uri()}/{name}.html", viewport=PHONE)
    pressed = page.locator(".action, .filter select, .filter button, summary").all()
    assert pressed
    assert all(element.bounding_box()["height"] >= 44 for element in pressed)

"""The course's home, and the way from it into Lab, in a real browser."""

import itertools
import json
import shutil
from urllib.parse import urlparse

import pytest
from everyone import serious_findings
from lab import Lab
from playwright.sync_api import Page, expect
from running import LESSON, Running, copy_course, write_notebook

from paperclub import paths
from paperclub.learner import store
from paperclub.learner.events import Attempt, HintGiven, Predicted, Settled

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
CONTRASTS = """
() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => {
      c /= 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility()
    && [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
  return texts.map((node) => {
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.trim()];
  });
}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A started course with long chapter enough to scroll, whose book page is one line."""
    folder = tmp_path_factory.mktemp("home")
    root = copy_course(folder / "course")
    filler = [("markdown", f"## Part {n}\n\n" + "Words.\n\n" * 8) for n in range(8)]
    glossary = ("markdown", "The [glossary](../book/glossary.md#softmax) has it.")
    write_notebook(root / "chapters" / "attention.ipynb", [LESSON[0], glossary, LESSON[1], *filler])
    running = Running(root, folder / "home", port=18980).wait_until_open()
    yield running
    running.stop()


class Watched:
    """A page, and everything about it that a reader should never meet."""

    def __init__(self, page: Page, base: str):
        self.page = page
        self.complaints: list[str] = []
        origin = urlparse(base).netloc

        def asked(request) -> None:
            address = urlparse(request.url)
            if address.scheme in ("http", "https", "ws", "wss") and address.netloc != origin:
                self.complaints.append(f"asked {request.url}")

        page.on("request", asked)
        page.on("pageerror", lambda error: self.complaints.append(f"error {error}"))
        page.on("console", self._heard)

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type} {message.text}")


@pytest.fixture
def opened(browser, course, request):
    """The home, opened by the address that start printed."""
    context = browser.new_context(**getattr(request, "param", {}))
    watched = Watched(context.new_page(), course.base)
    watched.page.goto(course.url)
    yield watched
    context.close()
    assert watched.complaints == []


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {"color_scheme": "dark"}


def test_token_does_not_stay_in_the_address(opened, course):
    expect(opened.page).to_have_url(course.base + "course")
    opened.page.reload()
    expect(opened.page.get_by_role("link", name="Open lesson")).to_be_visible()


@pytest.mark.parametrize("opened", [{}, DARK, PHONE, PHONE | DARK], indirect=True)
def test_every_text_can_be_read(opened):
    contrasts = opened.page.evaluate(CONTRASTS)
    assert len(contrasts) > 60
    assert [found for found in contrasts if found[0] < 4.5] == []


@pytest.mark.parametrize("opened", [{}, DARK], indirect=True)
def test_home_can_be_used_by_everyone(opened):
    assert serious_findings(opened.page) == []


@pytest.mark.parametrize("opened", [PHONE], indirect=True)
def test_phone_scrolls_only_downwards_and_can_be_touched(opened):
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for target in page.locator("a:visible, button:visible").all():
        box = target.bounding_box()
        if box["x"] >= 0:
            assert box["height"] >= 44, target.inner_text()


def test_keyboard_reaches_what_the_page_offers_in_order(opened):
    page = opened.page
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px", reached[-1]
    expected = ["To the content", "Open lesson", "Read in the book", "Exercises", "Open the book"]
    assert reached == expected


def test_screen_reader_finds_landmarks_headings_and_the_status(opened):
    page = opened.page
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Attention is all you need")
    expect(page.get_by_role("status")).to_have_text("The book is built.")
    levels = page.eval_on_selector_all("h1, h2, h3", "all => all.map((h) => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.get_by_role("listitem").filter(has_text="planned").count() == 51


@pytest.fixture
def without_script(browser, course):
    """The home in a browser that runs no script."""
    with_token = browser.new_context()
    with_token.new_page().goto(course.url)
    context = browser.new_context(
        java_script_enabled=False, storage_state=with_token.storage_state()
    )
    with_token.close()
    page = context.new_page()
    page.goto(course.base + "course")
    yield page
    context.close()


def test_a_week_is_marked_with_the_keyboard_and_without_a_script(without_script):
    page = without_script
    week = page.locator("#week-attention")
    read = page.locator("dl div").filter(has_text="weeks read")
    expect(read).to_contain_text("0 of 1")
    page.get_by_role("button", name="Attention is all you need: mark as read").focus()
    page.keyboard.press("Enter")
    expect(week).to_contain_text("read")
    expect(read).to_contain_text("1 of 1")
    expect(page.get_by_text("All is read; once more")).to_be_visible()
    assert page.url.endswith("course#week-attention")
    page.get_by_role("button", name="Attention is all you need: mark as unread").click()
    expect(read).to_contain_text("0 of 1")


def test_home_shows_what_was_passed_by_week_and_in_all(browser, tmp_path, free_port, monkeypatch):
    root = copy_course(tmp_path / "course")
    shutil.copy(paths.EXERCISES / "attention.ipynb", root / "exercises")
    data = tmp_path / "home" / "data"
    monkeypatch.setenv("PAPERCLUB_DATA", str(data))
    store.add(
        [
            Attempt(exercise="attention.weights", status="passed", points=2),
            HintGiven(exercise="attention.weights", number=1),
            Predicted(exercise="attention.without_scale", choice="b", points=3),
            Settled(exercise="attention.without_scale", choice="b", holds="c"),
        ]
    )
    running = Running(root, tmp_path / "home", free_port).wait_until_open()
    context = browser.new_context()
    page = context.new_page()
    page.goto(running.url)
    for words in ("exercises passed", "points", "predictions right", "weeks read"):
        expect(page.locator("#progress dl")).to_contain_text(words)
    expect(page.locator("#progress")).to_contain_text("1 attempt, 1 hint.")
    expect(page.locator("#week-attention")).to_contain_text("2 of 5 exercises, 5 of 18 points")
    (data / "progress.sqlite").write_bytes(b"this is no database" * 99)
    page.reload()
    expect(page.locator("#progress .trouble")).to_contain_text("damaged. It is kept as")
    page.reload()
    expect(page.locator("#progress .trouble")).to_have_count(0)
    context.close()
    running.stop()


def test_home_leads_to_the_book_and_back(opened, course):
    page = opened.page
    page.get_by_role("link", name="Read in the book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attention")
    assert page.url == course.base + "book/chapters/attention.html"


def test_two_clicks_from_home_to_a_chapter_that_runs(browser, course):
    context = browser.new_context()
    page = context.new_page()
    page.goto(course.url)
    page.get_by_role("link", name="Open lesson").click()
    lab = Lab(page).wait_for_kernel()
    assert page.url.startswith(course.base + "lab/tree/chapters/attention.ipynb")
    page.get_by_role("button", name="Run all", exact=True).click()
    lab.wait_until_run()
    # The kernel has the course; and the reader was not carried to the end of the notebook.
    assert str(course.root / "paperclub" / "__init__.py") in lab.outputs()
    expect(page.get_by_role("heading", name="Attention").first).to_be_in_viewport()
    with page.expect_popup() as popup:
        page.locator(".jp-RenderedMarkdown a", has_text="glossary").click()
    assert popup.value.url == course.base + "book/book/glossary.html#softmax"
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Course", exact=True).click()
    expect(popup.value.get_by_text("lessons opened")).to_be_visible()
    context.close()


def test_lab_asks_nothing_of_other_hosts_and_shows_no_grading_tools(browser, course):
    context = browser.new_context()
    watched = Watched(context.new_page(), course.base)
    lab = Lab(watched.page).open(course.base, course.token, "chapters/attention.ipynb", "quiet")
    lab.run_all()
    expect(watched.page.get_by_text("Nbgrader")).to_have_count(0)
    expect(watched.page.get_by_text("official Jupyter news")).to_have_count(0)
    context.close()
    assert [found for found in watched.complaints if not found.startswith("warning")] == []


def test_build_is_followed_and_told_to_a_screen_reader(browser, course):
    """The server's answers are played here: a build takes minutes."""
    context = browser.new_context()
    page = context.new_page()
    status = {"state": "built", "built": True, "percent": None, "doing": "", "message": ""}
    posted = []

    def answer(route) -> None:
        if route.request.method == "POST":
            posted.append(route.request.headers.get("x-xsrftoken"))
            status.update(state="building", percent=37, doing="running chapters/attention")
        route.fulfill(body=json.dumps(status), content_type="application/json")

    page.route("**/course/api/book", answer)
    page.goto(course.url)
    page.get_by_role("button", name="Build it again").click()
    expect(page.get_by_role("status")).to_contain_text("37 %, running chapters/attention")
    expect(page.get_by_role("progressbar", name="The book")).to_be_visible()
    assert page.get_by_role("progressbar").evaluate("bar => bar.position") == 0.37
    expect(page.get_by_role("button", name="Build it again")).to_be_hidden()
    assert posted == [next(c["value"] for c in context.cookies() if c["name"] == "_xsrf")]
    status.update(state="failed", message=f"Cell 3 fails: {HOSTILE}")
    expect(page.get_by_role("status")).to_have_text(f"Cell 3 fails: {HOSTILE}")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert page.locator("#book img").count() == 0
    context.close()


def test_server_that_went_away_is_said(opened, course):
    opened.page.route("**/course/api/book", lambda route: route.abort())
    opened.page.get_by_role("button", name="Build it again").click()
    expect(opened.page.get_by_role("status")).to_contain_text("python course.py start")
    opened.complaints = [found for found in opened.complaints if "ERR_FAILED" not in found]


def test_text_of_the_syllabus_is_shown_as_text(browser, tmp_path, free_port):
    root = copy_course(tmp_path / "course")
    syllabus = root / "book" / "syllabus.yml"
    year = syllabus.read_text(encoding="utf-8")
    assert "title: Attention is all you need" in year
    hostile = json.dumps(f"Attention {HOSTILE}")
    year = year.replace("title: Attention is all you need", f"title: {hostile}")
    syllabus.write_text(year, encoding="utf-8")
    running = Running(root, tmp_path / "home", free_port).wait_until_open()
    context = browser.new_context()
    page = context.new_page()
    page.goto(running.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Attention {HOSTILE}")
    assert page.locator("img").count() == 0
    assert page.title() == "Home · Paper Club"
    context.close()
    running.stop()

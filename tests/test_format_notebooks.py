"""Committed notebooks: nothing in them but what a person wrote."""

import copy
import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from paperclub.errors import CourseError
from paperclub.notebooks.format import dumps, format_all, format_notebook, read_notebook


def noisy() -> nbformat.NotebookNode:
    """A notebook as Lab leaves it after a run."""
    checked = new_code_cell("1", execution_count=4, metadata={"tags": ["nbval-check-output"]})
    checked.outputs = [
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stderr", text="slow\n"),
        new_output("stream", name="stdout", text="b\n"),
        new_output(
            "execute_result",
            {"text/plain": "(2, 3)", "text/html": "<b>(2, 3)</b>"},
            execution_count=4,
        ),
        new_output("display_data", {"text/plain": "<Figure>", "image/png": "AAAA"}),
        new_output(
            "display_data",
            {"text/plain": "Bars()", "application/vnd.jupyter.widget-view+json": {"model_id": "1"}},
        ),
    ]
    plain = new_code_cell("2", execution_count=5)
    plain.outputs = [new_output("execute_result", {"text/plain": "2"}, execution_count=5)]
    plain.metadata = nbformat.from_dict(
        {
            "execution": {"iopub.execute_input": "2026-01-01T00:00:00"},
            "collapsed": False,
            "slideshow": {"slide_type": "slide"},
            "nbgrader": {"grade": True, "points": 2},
            "jupyter": {"source_hidden": True, "outputs_hidden": False, "odd": 1},
        }
    )
    metadata = {
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        "papermill": {"duration": 1.5},
        "kernelspec": {"display_name": "mine", "name": "mine", "language": "python"},
        "language_info": {"name": "python", "version": "3.11.2"},
    }
    return new_notebook(cells=[new_markdown_cell("# A"), checked, plain], metadata=metadata)


def test_what_a_run_left_behind_goes_and_what_a_person_set_stays():
    _, checked, plain = format_notebook(noisy()).cells
    assert checked.execution_count == 0
    assert plain.execution_count is None
    assert plain.outputs == []
    assert plain.metadata == {
        "slideshow": {"slide_type": "slide"},
        "nbgrader": {"grade": True, "points": 2},
        "jupyter": {"source_hidden": True},
    }


def test_a_checked_cell_keeps_its_text_and_neither_image_widget_html_nor_stderr():
    outputs = format_notebook(noisy()).cells[1].outputs
    assert [output.output_type for output in outputs] == ["stream", "execute_result"]
    assert outputs[0].text == "a\nb\n"
    assert outputs[1].data == {"text/plain": "(2, 3)"}
    assert outputs[1].execution_count is None


def test_the_notebooks_metadata_is_constant():
    assert set(format_notebook(noisy()).metadata) == {"kernelspec", "language_info"}
    assert format_notebook(noisy()).metadata.kernelspec.name == "python3"


def test_formatting_twice_changes_nothing():
    once = dumps(format_notebook(noisy_without_ids()))
    assert dumps(format_notebook(nbformat.reader.reads(once))) == once


def test_formatting_leaves_its_argument_alone():
    notebook = noisy()
    before = copy.deepcopy(notebook)
    format_notebook(notebook)
    assert notebook == before


def noisy_without_ids() -> nbformat.NotebookNode:
    notebook = noisy()
    for cell in notebook.cells:
        del cell["id"]
    return notebook


def test_missing_ids_are_derived_from_content_the_same_each_time():
    ids = [cell.id for cell in format_notebook(noisy_without_ids()).cells]
    assert ids == [cell.id for cell in format_notebook(noisy_without_ids()).cells]
    assert len(set(ids)) == 3


def test_valid_ids_stay_and_a_repeated_or_invalid_one_is_replaced():
    cells = [new_code_cell("x", id="heads"), new_code_cell("x", id="heads")]
    cells += [new_code_cell("x"), new_code_cell("x")]
    cells[2]["id"] = "not valid"
    cells[3]["id"] = ""
    notebook = new_notebook()
    notebook.cells = cells
    ids = [cell.id for cell in format_notebook(notebook).cells]
    assert ids[0] == "heads"
    assert len(set(ids)) == 4
    assert "not valid" not in ids


@pytest.fixture
def root(tmp_path):
    for folder in ("chapters", "solutions", "exercises"):
        (tmp_path / folder).mkdir()
    (tmp_path / "chapters" / "toy.ipynb").write_text(nbformat.writes(noisy()), "utf-8")
    return tmp_path


def test_check_names_the_file_and_what_would_change_and_changes_nothing(root, capsys):
    path = root / "chapters" / "toy.ipynb"
    before = path.read_bytes()
    assert format_all(check=True, root=root) == 1
    said = capsys.readouterr().out
    assert "toy.ipynb: would change: outputs of 2 cells, execution counts of 2 cells" in said
    assert "widget state" in said
    assert path.read_bytes() == before


def test_after_formatting_check_is_content(root, capsys):
    assert format_all(root=root) == 0
    assert format_all(check=True, root=root) == 0
    assert "Formatted already: 1 of 1 notebooks." in capsys.readouterr().out
    text = (root / "chapters" / "toy.ipynb").read_text("utf-8")
    assert text.endswith("}\n")
    assert text.startswith('{\n "cells"')


def test_an_old_notebook_without_ids_gets_the_same_ones_from_its_file(root):
    path = root / "exercises" / "old.ipynb"
    old = noisy_without_ids()
    old.nbformat_minor = 4
    path.write_text(json.dumps(old), "utf-8")
    format_all(root=root)
    first = path.read_text("utf-8")
    path.write_text(json.dumps(old), "utf-8")
    format_all(root=root)
    assert path.read_text("utf-8") == first
    assert json.loads(first)["nbformat_minor"] == 5


@pytest.mark.parametrize(
    "text",
    ["<<<<<<< HEAD", "[]", "{}", '{"nbformat": 4, "nbformat_minor": 5, "cells": 3}', "\x00", ""],
)
def test_what_is_no_notebook_is_named(root, text):
    path = root / "solutions" / "torn.ipynb"
    path.write_text(text, "utf-8")
    with pytest.raises(CourseError, match=r"torn\.ipynb is no notebook"):
        format_all(root=root)
    with pytest.raises(CourseError, match=r"torn\.ipynb is no notebook"):
        read_notebook(path)


@pytest.mark.parametrize(("printed", "exit_code"), [("2", 0), ("3", 1)])
def test_nbval_compares_what_formatting_keeps(tmp_path, printed, exit_code):
    checked = new_code_cell("print(1 + 1)", metadata={"tags": ["nbval-check-output"]})
    checked.outputs = [new_output("stream", name="stdout", text=f"{printed}\n")]
    path = tmp_path / "toy.ipynb"
    nbformat.write(format_notebook(new_notebook(cells=[checked])), path)
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "-p", "no:cacheprovider", path]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == exit_code, ran.stdout

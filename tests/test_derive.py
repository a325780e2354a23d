"""Exercises are their solutions minus the blanks, in step, and notebooks that nbgrader reads."""

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from paperclub import exercises, paths
from paperclub.errors import CourseError
from paperclub.notebooks.derive import STUB_AT_THE_MARGIN, STUBS, derive_all, derive_exercises
from paperclub.notebooks.format import dumps, format_notebook, read_notebook
from paperclub.notebooks.ladder import add_missing, cells_of, lacking
from paperclub.notebooks.new import still_to_write

SOLUTIONS = sorted(paths.SOLUTIONS.glob("*.ipynb"))
by_week = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


def notebook(source, solution=True, cell_type="code"):
    about = {
        "schema_version": 3,
        "grade_id": "answer",
        "solution": solution,
        "grade": cell_type == "markdown",
        "locked": False,
        "task": False,
    }
    make = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    cell = make(source, id="here", metadata={"nbgrader": about})
    return nbformat.v4.new_notebook(cells=[cell])


def test_blank_becomes_a_stub_at_its_own_indent():
    found = derive_exercises(
        notebook("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\nf()")
    )
    assert found.cells[0].source == "def f():\n    ...  # your answer here\n\nf()"


def test_blank_at_the_margin_leaves_no_value_to_be_shown():
    found = derive_exercises(notebook("x = None\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION"))
    assert found.cells[0].source == "x = None\n# your answer here"


def test_written_answer_becomes_an_invitation():
    given = notebook("### BEGIN SOLUTION\nBecause.\n### END SOLUTION", cell_type="markdown")
    assert derive_exercises(given).cells[0].source == "*Your answer here.*"


@pytest.mark.parametrize(
    ("source", "solution", "says"),
    [
        ("### BEGIN SOLUTION\n1", True, "without ### END SOLUTION"),
        ("1\n### END SOLUTION", True, "without ### BEGIN SOLUTION"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", True, "a second ### BEGIN"),
        ("1", True, "a solution cell without a blank"),
        ("### BEGIN SOLUTION\n1\n### END SOLUTION", False, '"solution": true'),
    ],
)
def test_marker_that_does_not_pair_up_names_the_cell(source, solution, says):
    with pytest.raises(CourseError, match=r"cell 1 \(answer\)") as caught:
        derive_exercises(notebook(source, solution))
    assert says in str(caught.value)


def test_broken_solutions_name_their_file(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)
    nbformat.write(notebook("### BEGIN SOLUTION\n1"), tmp_path / "week.ipynb")
    with pytest.raises(CourseError, match=r"solutions/week.ipynb: cell 1"):
        derive_all(check=True)


def test_check_names_what_is_out_of_step_and_changes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(paths, "EXERCISES", tmp_path)
    assert derive_all(check=True) == 1
    assert "exercises/attention.ipynb: out of step" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@by_week
def test_exercises_are_in_step_with_their_solutions(path):
    wanted = dumps(derive_exercises(read_notebook(path)))
    assert (paths.EXERCISES / path.name).read_text("utf-8") == wanted, "python course.py derive"


@by_week
def test_exercises_hold_no_line_of_a_solution(path):
    given = dumps(read_notebook(paths.EXERCISES / path.name))
    assert "BEGIN SOLUTION" not in given and "END SOLUTION" not in given


@by_week
def test_both_notebooks_are_formatted_and_valid_for_nbgrader(path):
    for folder in (paths.SOLUTIONS, paths.EXERCISES):
        found = read_notebook(folder / path.name)
        assert dumps(format_notebook(found)) == (folder / path.name).read_text("utf-8")
        MetadataValidator().validate_nb(found)


@by_week
def test_nbgrader_clears_the_same_blanks(path):
    stubs = {"python": STUBS["code"]}
    settings = Config({"ClearSolutions": {"code_stub": stubs, "text_stub": STUBS["markdown"]}})
    cleared, _ = ClearSolutions(config=settings).preprocess(read_notebook(path), {})
    for theirs, ours in zip(
        cleared.cells, derive_exercises(read_notebook(path)).cells, strict=True
    ):
        lines = [
            STUB_AT_THE_MARGIN if line == STUBS["code"] else line
            for line in theirs.source.split("\n")
        ]
        assert "\n".join(lines) == ours.source


@by_week
def test_notebook_says_of_each_exercise_what_the_course_knows_of_it(path):
    assert lacking(read_notebook(path), exercises.exercises_of(path.stem)) == []


@by_week
def test_cells_made_for_an_exercise_say_all_that_the_course_knows_of_it(path):
    asked = exercises.exercises_of(path.stem)
    made = [cell for number, one in enumerate(asked, 1) for cell in cells_of(one, number)]
    notebook = nbformat.v4.new_notebook(cells=made)
    assert lacking(notebook, asked) == []
    MetadataValidator().validate_nb(notebook)
    derive_exercises(notebook)
    for cell in made:
        if cell.cell_type == "code":
            compile(cell.source, cell.id, "exec")


def test_cells_are_added_for_exercises_that_have_none(tmp_path):
    file = tmp_path / "solutions" / "attention.ipynb"
    file.parent.mkdir()
    whole = read_notebook(paths.SOLUTIONS / file.name)
    asked = [one.id for one in exercises.exercises_of("attention")]
    whole.cells = [
        cell
        for cell in whole.cells
        if cell.metadata.get("paperclub", {}).get("exercise") not in asked[-2:]
    ]
    file.write_text(dumps(whole), "utf-8")
    assert add_missing(file) == asked[-2:]
    assert lacking(read_notebook(file), exercises.exercises_of("attention")) == []
    places = {one.place for one in still_to_write("attention", tmp_path)}
    assert {"4 · Multi-head attention", "And why?"} <= places
    assert "BEGIN SOLUTION" not in places
    before = file.read_bytes()
    assert add_missing(file) == []
    assert file.read_bytes() == before


def test_what_a_notebook_lacks_is_said_with_the_exercise_and_the_words():
    asked = exercises.exercises_of("attention")
    notebook = read_notebook(paths.SOLUTIONS / "attention.ipynb")
    for cell in notebook.cells:
        cell.source = cell.source.replace("Help, my", "Help").replace('# hint("attention.', "# ")
    assert f"{asked[0].id}: no cell has the words" in lacking(notebook, asked)[0]
    [said] = lacking(nbformat.v4.new_notebook(), asked[:1])
    assert said == f"its locked cells are of none, the exercises are {asked[0].id}"

"""The class's notebooks are nbgrader notebooks: its own autograde gives 0, 0 and full marks."""

import copy
import csv
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from paperclub import exercises, paths
from paperclub.grading.book import Book
from paperclub.grading.export import write_export
from paperclub.grading.folder import ClassFolder
from paperclub.grading.marks import Graded, Mark
from paperclub.grading.policy import set_points
from paperclub.grading.release import release
from paperclub.notebooks.derive import derive_exercises
from paperclub.notebooks.format import read_notebook

WEEK = "attention"
WRONG = {
    "attention_weights": "def attention_weights(scores, mask=None):\n    return scores * 0",
    "attention_scaled_dot_product": "def scaled_dot_product_attention(q, k, v, mask=None):\n"
    "    import warnings\n    warnings.warn('oh')\n    return v",
    "attention_split_and_join_heads": "def split_heads(x, n):\n    return x\n\n\n"
    "def join_heads(x):\n    raise ValueError('<b>')",
    "attention_multi_head": "def multi_head_attention(*inputs):\n    return inputs[0]",
    "attention_without_scale": 'my_prediction = "e"',
    "attention_without_scale_why": "No idea.",
}


def wrong(blank):
    found = copy.deepcopy(blank)
    for cell in found.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            cell.source = WRONG[about["grade_id"]]
    return found


@pytest.mark.slow
def test_autograde_gives_nothing_nothing_and_full_marks(tmp_path, monkeypatch):
    # nbgrader calls alembic, which lies beside the Python that runs this.
    beside = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{beside}{os.pathsep}{os.environ['PATH']}")
    solutions = read_notebook(paths.SOLUTIONS / f"{WEEK}.ipynb")
    blank = derive_exercises(solutions)
    settings = Config()
    settings.CourseDirectory.root = str(tmp_path)
    settings.Exchange.root = str(tmp_path)
    source = tmp_path / "source" / WEEK / f"{WEEK}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(solutions, source)
    grader = NbGraderAPI(config=settings)
    assert grader.generate_assignment(WEEK)["success"]
    for student, answers in {"blank": blank, "wrong": wrong(blank), "right": solutions}.items():
        handed_in = tmp_path / "submitted" / student / WEEK / f"{WEEK}.ipynb"
        handed_in.parent.mkdir(parents=True)
        nbformat.write(answers, handed_in)
        result = grader.autograde(WEEK, student)
        assert result["success"], result["error"] + result["log"]

    expected = {one.id: one.points for one in exercises.exercises_of(WEEK)}
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        for student, right in {"blank": False, "wrong": False, "right": True}.items():
            notebook = gradebook.find_submission_notebook(WEEK, WEEK, student)
            by_machine = {
                grade.name: grade.auto_score
                for grade in notebook.grades
                if grade.cell.cell_type == "code"
            }
            assert by_machine == {
                id.replace(".", "_") + "_check": points if right else 0
                for id, points in expected.items()
            }, student


def test_marks_of_a_class_stand_in_nbgraders_own_export(tmp_path, monkeypatch):
    from nbgrader.apps.exportapp import ExportApp

    folder = ClassFolder(tmp_path / "class")
    release([WEEK], tmp_path / "out", folder)
    asked = exercises.exercises_of(WEEK)
    marks = [Mark(one.id, one.title, "passed", one.points, one.points, "Right") for one in asked]
    marks.append(Mark(f"{WEEK}_without_scale_why".replace("-", "_"), "why", "by-hand", None, 2, ""))
    with Book(folder.book) as book:
        at = "2026-03-01T10:00:00+00:00"
        book.add_submission(WEEK, "ada", "Ada", "x", "d", "ok", "", at, "in.zip")
        book.add_grading(1, "one", Graded(tuple(marks), (), 0, 0), True)
        set_points(book, WEEK, "ada", f"{WEEK}_without_scale_why", 1.5, "Half of it.")
    gradebook = tmp_path / "gradebook.db"
    for _ in range(2):  # again changes nothing
        write_export("nbgrader", WEEK, gradebook, folder)
    app = ExportApp(parent=None)
    monkeypatch.chdir(tmp_path)
    app.initialize([f"--CourseDirectory.db_url=sqlite:///{gradebook}", "--to", "grades.csv"])
    app.start()
    (row,) = csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8"))
    assert row["student_id"] == "ada"
    assert float(row["score"]) == sum(one.points for one in asked) + 1.5
    assert float(row["max_score"]) == sum(one.points for one in asked) + 2
    assert row["timestamp"].startswith("2026-03-01 10:00")

"""A class of the week attention, from the release to the page that a student reads."""

import csv
import json
import re

import pytest
from typer.testing import CliRunner

from paperclub import exercises, paths
from paperclub.cli import app
from tests.class_room import needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.slow]
WEEK = "attention"


def course(*words):
    done = CliRunner().invoke(app, list(map(str, words)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, re.sub(r"\s+", " ", done.output)


def mistaken(notebook):
    """Return solutions with the softmax over the queries, and texts of the stubs elsewhere."""
    found = json.loads(json.dumps(notebook))
    for cell in found["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "attention_weights":
            cell["source"] = (
                "def attention_weights(scores, mask=None):\n"
                "    if mask is not None:\n"
                "        scores = scores.masked_fill(~mask, -math.inf)\n"
                "    weights = torch.softmax(scores, dim=-2)\n"
                "    return weights if mask is None else weights.masked_fill(~mask, 0.0)\n"
            )
    return found


def test_a_class_from_release_to_feedback(tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERCLUB_CLASS", str(tmp_path / "class"))
    right = json.loads((paths.SOLUTIONS / f"{WEEK}.ipynb").read_bytes())
    blank = json.loads((paths.EXERCISES / f"{WEEK}.ipynb").read_bytes())
    for student, notebook in {"Ada": right, "Bob": mistaken(right), "Cy": blank}.items():
        place = tmp_path / "in" / student / f"{WEEK}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(notebook), "utf-8")
    assert course("release", WEEK, "--to", tmp_path / "out")[0] == 0
    assert "3 submissions taken in" in course("collect", tmp_path / "in")[1]
    assert "3 graded" in course("grade", WEEK, "--workers", 1)[1]
    assert "nothing new" in course("grade", WEEK)[1]
    assert "Ada" in course("gradebook", WEEK)[1]
    assert course("gradebook", WEEK, "--export", "csv", "--to", tmp_path / "m.csv")[0] == 0
    rows = {row["student"]: row for row in csv.DictReader((tmp_path / "m.csv").open("r"))}
    most = sum(one.points for one in exercises.exercises_of(WEEK))
    assert float(rows["Ada"]["total"]) == most
    assert float(rows["Cy"]["total"]) == 0
    assert rows["Bob"]["attention.weights mistake"] == "softmax over the queries"
    assert rows["Cy"]["attention.weights status"] == "unanswered"
    assert course("feedback", WEEK)[0] == 0
    pages = {path.name[:3]: path.read_text("utf-8")
             for path in (tmp_path / "class" / "feedback" / WEEK).iterdir()}  # fmt: skip
    assert "softmax over the queries" in pages["Bob"]
    assert "Which dimension counts the keys?" in pages["Bob"]
    calls = "Your answer calls <code>attention_weights</code>, and that does not pass"
    assert calls in pages["Bob"]
    assert "softmax over the queries" not in pages["Ada"]

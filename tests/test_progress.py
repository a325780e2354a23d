"""Progress: what is kept, what it comes to, and what must not lose it."""

import json
import os
import subprocess
import sys

import pytest
from attempts import (
    PREDICTION,
    WEIGHTS,
    attempt,
    fresh_process,  # noqa: F401 - a fixture
    right,
    without_mask,
)
from pydantic import ValidationError

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.exercises import exercises_of
from paperclub.learner import (
    ask,
    check,
    commands,
    hint,
    moving,
    predict,
    progress,
    solution,
    store,
)
from paperclub.learner.events import (
    Attempt,
    HintGiven,
    Predicted,
    Settled,
    WeekMarked,
)
from paperclub.learner.outline import Task, tasks
from paperclub.learner.tally import tally, totals

HOSTILE = "<img src=x onerror=alert(1)>"


# --- what a notebook's calls leave behind --------------------------------------------------------


def test_attempts_are_counted_and_the_best_stays():
    check(WEIGHTS, without_mask)
    check(WEIGHTS, right)
    check(WEIGHTS, without_mask)
    here = tally(store.read()).of(WEIGHTS)
    assert (here.attempts, here.points, here.passed) == (3, 2, True)
    assert here.mistakes == {"mask ignored": 2}


def test_a_blank_is_no_attempt():
    check(WEIGHTS, None)
    check(WEIGHTS, lambda *_: ...)
    assert store.read() == []


def test_hints_go_on_after_a_restart_and_none_is_skipped():
    assert hint(WEIGHTS).headline == "Hint 1 of 2"
    said = subprocess.run(
        [sys.executable, "-c", f"from paperclub.learner import hint; print(hint({WEIGHTS!r}))"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=paths.ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
    ).stdout
    assert "Hint 2 of 2" in said and "Hint 1: " in said
    assert hint(WEIGHTS).headline == "Hint 2 of 2"
    assert tally(store.read()).of(WEIGHTS).hints == 2


def test_a_solution_that_was_seen_is_shown_at_once_after_a_restart(monkeypatch):
    monkeypatch.setattr(ask, "_asked_for_solution", set())
    assert solution(WEIGHTS).headline == "Are you sure?"
    assert solution(WEIGHTS).headline.startswith("Solution")
    monkeypatch.setattr(ask, "_asked_for_solution", set())
    assert solution(WEIGHTS).headline.startswith("Solution")
    assert tally(store.read()).of(WEIGHTS).solution_seen


def test_a_prediction_can_change_until_its_run_and_not_after():
    assert predict(PREDICTION, "a").points == predict(PREDICTION, "b").points == 3
    here = tally(store.read()).of(PREDICTION)
    assert (here.prediction.choice, here.prediction.right, here.points) == ("b", None, 3)
    store.record(Settled(exercise=PREDICTION, choice="b", holds="c"))
    assert "stays: b" in predict(PREDICTION, "c").headline
    here = tally(store.read()).of(PREDICTION)
    assert (here.prediction.choice, here.prediction.right) == ("b", False)


def test_torch_is_not_needed_to_show_progress():
    code = "import sys; from paperclub.learner import progress, explain; progress('attention'); "
    subprocess.run(
        [sys.executable, "-c", code + "explain('softmax'); assert 'torch' not in sys.modules"],
        check=True,
        cwd=paths.ROOT,
    )


# --- what events come to -------------------------------------------------------------------------


def test_exercises_and_points_of_a_week_are_those_of_its_judging():
    judged = {one.id: one.points for one in exercises_of("attention")}
    assert {task.id: task.points for task in tasks("attention")} == judged
    assert tasks("attention")[0].title == "Attention weights from scores, with a mask"
    assert tasks("adapters") == []


def test_totals_sum_what_the_tasks_have_now():
    here = [Task(id="a.one", title="One", points=2), Task(id="a.two", title="Two", points=3)]
    events = [
        attempt("a.one", points=5),
        attempt("a.two", "wrong", 0),
        attempt("a.gone"),
        HintGiven(exercise="a.two", number=1),
        HintGiven(exercise="a.two", number=1),
    ]
    found = totals(here, tally(events))
    assert (found.passed, found.points, found.out_of) == (1, 2, 5)
    assert (found.attempts, found.hints, found.settled) == (2, 1, 0)


def test_of_two_machines_the_first_settled_prediction_counts():
    here, there = (
        [
            Predicted(exercise="a.b", choice=choice, points=1),
            Settled(exercise="a.b", choice=choice, holds="c"),
        ]
        for choice in "bc"
    )
    assert tally([*here, *there]).of("a.b").prediction.right is False
    assert tally([there[0], here[0], here[1], there[1]]).of("a.b").prediction.choice == "b"
    # A clock that was set back does not turn what was predicted after the run into a prediction.
    assert tally([here[1], here[0], there[0]]).of("a.b").prediction.choice == "b"


def test_a_week_can_be_marked_and_unmarked():
    events = [WeekMarked(slug="a", read=True), WeekMarked(slug="b", read=True)]
    assert tally([*events, WeekMarked(slug="a", read=False)]).weeks_read == {"b"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"exercise": ""},
        {"points": -1},
        {"points": float("nan")},
        {"time": "2026-01-01T00:00:00"},
        {"more": 1},
        {"id": "x"},
    ],
)
def test_an_event_that_cannot_have_been_is_refused(wrong):
    with pytest.raises(ValidationError):
        Attempt(**{"exercise": "a.b", "status": "passed", "points": 1} | wrong)


# --- what is shown -------------------------------------------------------------------------------


def test_progress_shows_the_week_and_the_year():
    check(WEIGHTS, without_mask)
    predict(PREDICTION, "b")
    store.record(WeekMarked(slug="attention", read=True))
    week, year = str(progress("attention")), str(progress())
    assert "tried" in week and "✓ predicted b" in week and "3 of 18" in week
    assert "You marked this week as read." in week
    assert "1 of 5" in year and "3 of 18" in year
    assert "planned" in str(progress("adapters"))
    with pytest.raises(CourseError, match="Did you mean attention"):
        progress("atention")


def test_progress_shows_text_as_text(monkeypatch):
    from paperclub.learner import shown

    hostile = Task(id=WEIGHTS, title=HOSTILE, points=1)
    monkeypatch.setattr(shown, "tasks", lambda slug: [hostile])
    html = progress("attention")._repr_html_()
    assert "<img" not in html and "&lt;img src=x" in html


def test_in_the_book_nobodys_progress_is_shown(monkeypatch, capsys):
    check(WEIGHTS, right)
    monkeypatch.setenv("PAPERCLUB_BOOK", "1")
    shown = progress("attention")
    assert "Your own copy" in str(shown) and "Your own copy" in shown._repr_html_()
    assert "passed" not in str(shown)
    capsys.readouterr()
    commands.show_progress("attention")
    assert capsys.readouterr().out.strip() == str(shown)


def test_the_book_is_built_with_an_empty_data_folder_and_says_that_it_is_the_book():
    from paperclub.site.execution import SURROUNDINGS

    assert SURROUNDINGS["PAPERCLUB_BOOK"] == "1"


def test_the_command_prints_the_same(capsys, monkeypatch):
    monkeypatch.setattr(commands.console, "_width", 120)
    check(WEIGHTS, right)
    commands.show_progress("attention")
    assert "✓ passed" in capsys.readouterr().out
    commands.show_progress(None)
    assert "2 of 18" in capsys.readouterr().out


# --- from one machine to another -----------------------------------------------------------------


def test_moving_adds_what_is_new_and_doubles_nothing(tmp_path, monkeypatch):
    file = tmp_path / "mine.json"
    check(WEIGHTS, without_mask)
    assert moving.export_progress(file) == 1
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("PAPERCLUB_DATA", str(tmp_path / "other"))
    check(WEIGHTS, right)
    assert moving.import_progress(file) == (1, 1)
    assert moving.import_progress(file) == (0, 1)
    here = tally(store.read()).of(WEIGHTS)
    assert (here.attempts, here.passed) == (2, True)


def test_an_export_replaces_a_file_only_when_told(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text("precious", "utf-8")
    with pytest.raises(CourseError, match="--force"):
        moving.export_progress(file)
    assert file.read_text("utf-8") == "precious"
    moving.export_progress(file, force=True)
    assert json.loads(file.read_text("utf-8"))["events"] == []
    with pytest.raises(CourseError, match="is a folder"):
        moving.export_progress(tmp_path)


GOOD = json.loads(attempt().model_dump_json())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"events": 3}',
        '{"format": "something else", "events": []}',
        '{"version": 2, "events": []}',
        json.dumps({"events": [GOOD, GOOD | {"kind": "unheard of"}]}),
        json.dumps({"events": [GOOD, GOOD | {"points": "many"}]}),
        json.dumps({"events": [GOOD, {**GOOD, "id": "../../etc"}]}),
        json.dumps({"events": [GOOD]})[:-9],
    ],
)
def test_a_wrong_or_damaged_export_changes_nothing(content, tmp_path):
    file = tmp_path / "theirs.json"
    file.write_text(content, "utf-8")
    with pytest.raises(CourseError, match="Nothing was changed"):
        moving.import_progress(file)
    assert store.read() == []


def test_a_missing_export_is_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        moving.import_progress(tmp_path / "gone.json")
    with pytest.raises(CourseError, match="cannot be read"):
        moving.import_progress(tmp_path)

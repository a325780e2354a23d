"""What life does to a course: full disks, no home, other alphabets, clocks that jump, kills.

Each says what the person sees (one sentence, exit code 2, no traceback) and that nothing was lost.
Beside this: set-ups that were cut short in test_bootstrap.py, two starts at once in test_start.py,
builds in test_book_build.py, records in test_progress_kept.py, the copy of a model in
test_language_models.py.
"""

import errno
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from attempts import (
    PREDICTION,
    WEIGHTS,
    fresh_process,  # noqa: F401 - a fixture
    right,
)
from club_folder import make_club
from mounts import can_mount
from nbformat.v4 import new_code_cell, new_notebook
from running import copy_course

from paperclub import cli, paths
from paperclub.club.calendar import write_calendar
from paperclub.club.models import read_club
from paperclub.errors import CourseError, circumstances_said
from paperclub.learner import check, events, log, predict, store, week
from paperclub.learner.reading import mark
from paperclub.learner.tally import tally
from paperclub.ledger import Ledger, SeedRun, read_ledger, write_ledger
from paperclub.notebooks import measure
from paperclub.site import execution

CHAPTER = (
    'import os, signal\nif SEED % 2:\n    os.kill(os.getpid(), signal.SIGKILL)\nprint("on " * 9000)'
)
posix = pytest.mark.skipif(os.name == "nt", reason="signals and mounts are POSIX's")


mounts = pytest.mark.skipif(not can_mount(), reason="no file system of its own for a test here")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with one chapter, which kills its own kernel at odd seeds."""
    root = copy_course(tmp_path_factory.mktemp("life") / "the course")
    parameters = new_code_cell('SEED = 0\nSCALE = "small"', metadata={"tags": ["parameters"]})
    notebook = new_notebook(cells=[parameters, new_code_cell(CHAPTER)])
    nbformat.write(notebook, root / "chapters" / "attention.ipynb")
    return root


def call(root: Path, *words: str, before: str = "", **variables: str | None):
    """Run a command of the course; ``before`` is shell that has mounts of its own.

    A variable that is None is taken out.
    """
    command = [sys.executable, "-P", "-m", "paperclub.cli", *words]
    if before:
        command = ["unshare", "-rm", "sh", "-ec", f'{before}\ncd "$PWD"\nexec "$@"', "sh", *command]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"} | variables
    return subprocess.run(
        command,
        cwd=root,
        env={name: value for name, value in environment.items() if value is not None},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )


def is_a_sentence(done, *parts: str) -> None:
    """Check that a command ended as one that a person can do something about."""
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said and "Error:" not in said
    assert done.stderr.startswith("course.py: ")
    for part in parts:
        assert part in done.stderr


def read_only(root: Path) -> str:
    """Return the shell that makes a folder one that nobody may write to."""
    return f"mount --bind '{root}' '{root}'; mount -o remount,ro,bind '{root}'"


# --- full disks, and places that may not be written to -------------------------------------------


@mounts
@pytest.mark.parametrize("words", [["book", "build"], ["derive"], ["update"]])
def test_a_read_only_course_says_so_and_what_to_do(course, words):
    done = call(course, *words, before=read_only(course))
    is_a_sentence(done, "Read-only file system", str(course))
    assert "course into a folder of your own" in done.stderr or "course to a folder" in done.stderr


@mounts
def test_a_read_only_course_still_keeps_progress_and_log(course):
    done = call(course, "log", "add", "doing", "reading on", before=read_only(course))
    assert done.returncode == 0, done.stderr
    assert [entry.text for entry in log.entries()] == ["reading on"]


@mounts
def test_a_full_disk_in_the_middle_of_a_run_is_a_sentence(course):
    full = f"mount -t tmpfs -o size=8k none '{course}/_build'"
    is_a_sentence(call(course, "run", "attention", before=full), "The disk is full", "Make room")


@mounts
def test_a_full_disk_in_the_middle_of_a_check_costs_no_verdict_and_no_record(
    own_data_folder, monkeypatch
):
    store.record(events.HintGiven(exercise=WEIGHTS, number=1))
    checking = (
        "from attempts import WEIGHTS, right\n"
        "from paperclub.learner import check, store\n"
        "from paperclub.learner.events import HintGiven\n"
        "while store.record(HintGiven(exercise='a.b', number=1)) is None:\n    pass\n"
        "print(check(WEIGHTS, right))\nprint([event.kind for event in store.held()])"
    )
    kept = f"{own_data_folder}.kept"
    script = (
        f"cp -a '{own_data_folder}' '{kept}'; mount -t tmpfs -o size=48k none '{own_data_folder}'; "
        f"cp '{kept}'/* '{own_data_folder}'; '{sys.executable}' -c \"$0\"; "
        f"cp '{own_data_folder}'/progress.sqlite '{kept}'"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-ec", script, checking],
        env=os.environ | {"PYTHONPATH": f"{paths.ROOT}{os.pathsep}{Path(__file__).parent}"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "✓ Right · 2 of 2 points" in done.stdout
    assert "counts only until the kernel ends: the disk is full" in done.stdout
    assert done.stdout.endswith("['hint', 'attempt']\n")
    monkeypatch.setenv("PAPERCLUB_DATA", kept)
    known = [event.kind for event in store.read()]
    assert set(known) == {"hint"} and len(known) > 5 and store.remarks() == []


def test_a_full_disk_while_claims_are_measured_keeps_the_seeds_that_are_in(tmp_path, monkeypatch):
    for name in ("CHAPTERS", "BUILD", "LEDGER"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(paths, name, tmp_path / name)
    parameters = new_code_cell('SEED = 0\nSCALE = "small"', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters]), paths.CHAPTERS / "attention.ipynb")
    left = iter([True, True, True, False])

    def run(path, parameters, out, on_cell=None):
        nbformat.write(new_notebook(), out)
        return new_notebook()

    def sync(handle):
        if not next(left):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(measure, "execute", run)
    monkeypatch.setattr("paperclub.files.os.fsync", sync)
    with pytest.raises(CourseError, match="The disk is full"), circumstances_said():
        measure.measure_claims("attention", 5, "small")
    (kept,) = (paths.BUILD / "claims").glob("*.json")
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith(".")] == []
    ledger = measure.read_file(kept)
    assert (len(ledger.runs), len(ledger.pending)) == (2, 3)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), r"The disk is full \(/x/y\)"),
        (OSError(errno.EROFS, "Read-only file system", "/x/y"), "/x/y cannot be used: Read-only"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x cannot be used: Permission"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]), "The disk is full"),
    ],
)
def test_what_no_program_can_help_is_a_sentence_and_exit_code_2(monkeypatch, capsys, error, says):
    def app(**_):
        raise error

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    with pytest.raises(CourseError, match=says), circumstances_said():
        raise error
    assert capsys.readouterr().err.startswith("course.py: ")


def test_an_error_that_may_be_ours_keeps_its_traceback():
    with pytest.raises(FileNotFoundError), circumstances_said():
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "x")


# --- no home folder ------------------------------------------------------------------------------


@pytest.fixture
def homeless(monkeypatch):
    """A machine that does not know who runs this, as in some containers."""

    def unknown(uid):
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    names = ("HOME", "USERPROFILE", "PAPERCLUB_DATA", "PAPERCLUB_CACHE")
    for name in (*names, "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)


@posix
def test_without_a_home_a_check_gives_its_verdict_and_says_what_to_set(homeless):
    verdict = check(WEIGHTS, right)
    assert verdict.status == "passed"
    assert "counts only until the kernel ends: you have no home folder" in str(verdict)
    assert "HOME is not set" in str(verdict)


@posix
@pytest.mark.parametrize("folder", [paths.user_data, paths.user_cache])
def test_without_a_home_the_variables_to_set_are_named(homeless, folder):
    with pytest.raises(CourseError, match=r"no home folder .* HOME .* or PAPERCLUB_(DATA|CACHE)"):
        folder()


@posix
def test_a_chapter_runs_where_the_home_cannot_be_written_to(course):
    done = call(course, "run", "attention", HOME="/dev/null/home")
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stderr


# --- a kernel that is killed ---------------------------------------------------------------------


@posix
def test_a_kernel_killed_in_mid_chapter_is_said_with_its_cell(course):
    out = course / "_build" / "runs" / "attention-1-small.ipynb"
    done = call(course, "run", "attention", "--seed", "1")
    assert done.returncode == 1, done.stderr
    assert "Cell 3 failed: the kernel died" in done.stdout and str(out) in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert len(nbformat.read(out, as_version=4).cells) == 3


# --- a locale without UTF-8 ----------------------------------------------------------------------

ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_a_terminal_without_utf_8_loses_letters_and_nothing_else(course):
    log.write("doing", "Übung ✓")
    done = call(course, "log", "show", **ASCII)
    assert done.returncode == 0, done.stderr
    assert "?bung ?" in done.stdout
    assert call(course, "log", "move", "1", "finished", **ASCII).returncode == 0
    assert [(entry.state, entry.text) for entry in log.entries()] == [("finished", "Übung ✓")]


def test_what_is_typed_keeps_its_letters_on_the_way_through_course_py():
    hand_over = "import course, sys; sys.exit(course.hand_over(sys.executable, sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", hand_over, "log", "add", "doing", "Übung ✓"],
        cwd=paths.ROOT,
        env=os.environ | ASCII,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [entry.text for entry in log.entries()] == ["Übung ✓"]


def test_files_are_utf_8_whatever_the_locale_says(course, tmp_path):
    store.add([events.WorkMarked(work="attention-is-all-you-need", blurb="schön ✓")])
    file = tmp_path / "kept.json"
    assert call(course, "progress-export", str(file), **ASCII).returncode == 0
    assert "schön ✓" in file.read_text("utf-8")
    done = call(course, "reading", "list", **ASCII)
    assert done.returncode == 0, done.stderr


# --- caches that were damaged --------------------------------------------------------------------


def test_damaged_results_of_earlier_builds_are_forgotten_and_whole_ones_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "CACHE", tmp_path / "executed")
    notebooks = [new_notebook(cells=[new_code_cell(f"print({i})")]) for i in range(4)]
    for number, notebook in enumerate(notebooks):
        execution.keep(f"chapters/{number}", notebook, 1.0)
    cache = execution.open_cache()
    assert not execution.forget_damaged_runs()
    files = [
        tmp_path / "executed" / "executed" / cache.match_cache_notebook(one).hashkey / "base.ipynb"
        for one in notebooks
    ]
    files[0].unlink()
    files[1].write_bytes(files[1].read_bytes()[:50])
    shutil.rmtree(files[2].parent)
    assert execution.forget_damaged_runs()
    assert [record.uri for record in cache.list_cache_records()] == [
        str(paths.ROOT / "chapters" / "3.ipynb")
    ]
    execution.keep("chapters/0", notebooks[0], 1.0)
    assert not execution.forget_damaged_runs()


@pytest.mark.parametrize("content", [b"this is no database" * 99, b""])
def test_a_cache_that_is_no_database_is_begun_anew(tmp_path, monkeypatch, content):
    monkeypatch.setattr(execution, "CACHE", tmp_path / "executed")
    execution.keep("chapters/a", new_notebook(cells=[new_code_cell("1")]), 1.0)
    (tmp_path / "executed" / "global.db").write_bytes(content)
    assert execution.forget_damaged_runs()
    assert execution.open_cache().list_cache_records() == []


# --- a clock that jumps --------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """A clock for events that a test sets."""

    def at(year: int):
        moments = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=i) for i in count())
        now = SimpleNamespace(now=lambda zone: next(moments))
        monkeypatch.setattr(events, "datetime", SimpleNamespace(datetime=now, UTC=UTC))

    yield at


def test_the_last_word_holds_also_when_the_clock_was_set_back(clock):
    clock(2031)
    week.mark_week("attention", True)
    mark("attention-is-all-you-need", "third", "fine")
    log.write("next", "read it")
    predict(PREDICTION, "b")
    clock(2026)
    week.mark_week("attention", False)
    mark("attention-is-all-you-need", "first", "less so")
    log.move(1, "doing")
    predict(PREDICTION, "c")
    assert tally(store.read()).weeks_read == frozenset()
    assert [entry.state for entry in log.entries()] == ["doing"]
    assert tally(store.read()).of(PREDICTION).prediction.choice == "c"
    log.write("next", "something else")
    years = {entry.text: entry.since.year for entry in log.entries()}
    assert years == {"read it": 2031, "something else": 2026}, "no date is moved that need not be"


def test_what_another_machine_noted_keeps_its_time(clock):
    clock(2031)
    week.mark_week("attention", True)
    earlier = events.WeekMarked(slug="attention", read=False, time="2026-01-01T00:00:00Z")
    assert store.add([earlier], imported=True) == 1
    assert tally(store.read()).weeks_read == {"attention"}


def test_a_ledger_whose_seeds_ran_on_jumping_days_counts_all_of_them(tmp_path):
    days = (date(2026, 5, 1), date(1970, 1, 1), date(2099, 1, 1))
    ledger = Ledger(slug="attention", scale="small", code="c0de")
    for seed, day in enumerate(days):
        ledger.add(SeedRun(seed=seed, seconds=1, date=day, versions={}), [])
    write_ledger(ledger, tmp_path / "attention.json")
    again = read_ledger("attention", folder=tmp_path)
    assert [run.seed for run in again.runs] == [0, 1, 2]


def test_subscribers_see_a_change_that_was_written_with_a_clock_set_back(tmp_path):
    folder = make_club(tmp_path / "c")
    write_calendar(folder, read_club(folder), datetime(2031, 1, 1, tzinfo=UTC))
    make_club(folder, changes="{attention: {cancelled: true}}")
    text = write_calendar(folder, read_club(folder), datetime(2026, 1, 1, tzinfo=UTC)).read_text()
    (changed,) = [event for event in text.split("BEGIN:VEVENT") if "UID:attention@" in event]
    assert "SEQUENCE:1" in changed and "STATUS:CANCELLED" in changed

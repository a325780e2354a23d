"""Grading a class: everything once, nothing lost by a kill, failures of ours never a 0."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import pytest

from paperclub import cluster
from paperclub.errors import CourseError
from paperclub.grading import batch, work
from paperclub.grading.batch import Options, grade_week
from paperclub.grading.book import Book
from paperclub.grading.border import Deadline
from paperclub.grading.collect import collect
from paperclub.grading.policy import standings
from paperclub.grading.sandbox import folders, start
from paperclub.grading.sandbox.start import Infrastructure, Zygote
from tests.class_room import hand_in, needs_sandbox, released
from tests.class_week import SLUG, cells, notebook

pytestmark = needs_sandbox
STUDENTS = [f"student{number}" for number in range(8)]
TWO = Options(workers=2)


@pytest.fixture
def room(tmp_path):
    folder = released(tmp_path)
    collect(hand_in(tmp_path, STUDENTS, wrong=("student3",)), folder)
    return folder


def totals(folder):
    with Book(folder.book) as book:
        return {one.student: one.total for one in standings(book, SLUG)}


def rows(folder, table="gradings"):
    with sqlite3.connect(folder.book) as db:
        return db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]


def test_a_class_is_graded_once_and_then_there_is_nothing_to_do(room, capsys):
    assert grade_week(SLUG, room, TWO) == 0
    assert totals(room) == {one: 6 if one == "student3" else 10 for one in STUDENTS}
    assert grade_week(SLUG, room, TWO) == 0
    assert "nothing new to grade" in capsys.readouterr().out
    assert rows(room) == len(STUDENTS)


def test_grading_again_gives_the_same_mark_and_keeps_the_old_one(room):
    grade_week(SLUG, room, TWO)
    before = totals(room)
    grade_week(SLUG, room, Options(regrade=True, student="student3", workers=1))
    assert totals(room) == before
    assert rows(room) == len(STUDENTS) + 1


def test_a_newer_release_is_graded_by_its_own_cases(room, tmp_path):
    grade_week(SLUG, room, TWO)
    released(tmp_path, "two")
    assert grade_week(SLUG, room, TWO) == 0
    assert rows(room) == 2 * len(STUDENTS)


def test_a_kill_at_any_moment_loses_no_mark_and_doubles_none(room):
    code = (
        "import sys\nfrom pathlib import Path\nfrom paperclub.grading.folder import ClassFolder\n"
        "from paperclub.grading.batch import grade_week, Options\n"
        f"sys.exit(grade_week({SLUG!r}, ClassFolder(Path(sys.argv[1])), Options(workers=1)))"
    )
    command = [sys.executable, "-c", code, str(room.root)]
    moments = random.Random(7)
    seen = []
    for _ in range(3):
        started = rows(room)
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
        # Somewhere between its first new mark and its last.
        wanted = started + moments.randint(1, 3)
        while rows(room) < wanted and process.poll() is None:
            time.sleep(0.005)
        time.sleep(moments.random() * 0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        seen.append(rows(room))
    assert seen[0] < len(STUDENTS)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert totals(room) == {one: 6 if one == "student3" else 10 for one in STUDENTS}
    assert rows(room) == len(STUDENTS)


@pytest.mark.slow
def test_a_class_of_300_outlives_kills_at_random_moments(tmp_path):
    students = [f"student{number:03}" for number in range(300)]
    wrong = students[::10]
    room = released(tmp_path)
    collect(hand_in(tmp_path, students, wrong), room)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "paperclub.cli", "grade", SLUG, "--class", str(room.root)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    random_moments = random.SystemRandom()
    unfinished = []
    while True:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        if len(unfinished) < 6:
            if len(unfinished) % 3:  # else even before its first mark
                before = rows(room)
                while rows(room) == before and process.poll() is None:
                    time.sleep(0.01)
            time.sleep(random_moments.random() * 2)
            process.kill()
        assert process.wait() in (0, -signal.SIGKILL)
        if process.returncode == 0:
            break
        unfinished.append(rows(room))
    assert sum(0 < count < 300 for count in unfinished) >= 2
    assert totals(room) == {one: 6 if one in wrong else 10 for one in students}
    assert rows(room) == 300
    assert not list(temporary.iterdir())


def test_a_folder_that_a_kill_left_goes_at_the_next_start_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    used = folders.Folder()
    left = tmp_path / f"{folders.PREFIX}left"
    (left / "library").mkdir(parents=True)
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / f"{folders.PREFIX}link").symlink_to(other)
    folders.remove_left_behind()
    assert not left.exists()
    assert used.path.is_dir()
    assert other.is_dir()
    used.remove()
    assert not used.path.exists()


def test_when_the_grader_is_killed_nothing_of_it_goes_on(room, tmp_path):
    code = (
        "import time\nfrom paperclub.grading.sandbox.start import Zygote\n"
        f"z = Zygote({SLUG!r})\nc = z.fork()\nprint(z._process.pid, c.pid, flush=True)\n"
        "time.sleep(100)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pids = [int(one) for one in process.stdout.readline().split()]
    process.kill()
    process.wait()
    end = time.monotonic() + 10
    while time.monotonic() < end and any(_runs(pid) for pid in pids):
        time.sleep(0.02)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_failure_of_the_sandbox_is_no_mark_and_is_tried_again(room, monkeypatch, capsys):
    def fails(*given):
        raise Infrastructure("no room")

    with monkeypatch.context() as broken:
        broken.setattr(work, "grade", fails)
        assert grade_week(SLUG, room, Options(workers=1, student="student0")) == 1
    assert "no fault of theirs and no 0" in capsys.readouterr().out
    assert totals(room)["student0"] is None
    assert grade_week(SLUG, room, TWO) == 0
    assert totals(room)["student0"] == 10


def test_a_failure_while_grading_again_leaves_the_mark_that_was_there(room, monkeypatch):
    def fails(*given):
        raise Infrastructure("no room")

    grade_week(SLUG, room, TWO)
    monkeypatch.setattr(work, "grade", fails)
    again = Options(workers=1, regrade=True, student="student0")
    assert grade_week(SLUG, room, again) == 1
    assert totals(room)["student0"] == 10


def test_a_sandbox_that_dies_in_between_is_replaced(room, monkeypatch):
    real, killed = work.grade, []

    def once(zygote, *given):
        if not killed:
            killed.append(zygote._process.pid)
            zygote._process.kill()
            zygote._process.wait()
        return real(zygote, *given)

    monkeypatch.setattr(work, "grade", once)
    assert grade_week(SLUG, room, Options(workers=1)) == 0
    assert totals(room)["student0"] == 10


def test_what_times_out_is_tried_once_more_alone_and_kept_then(tmp_path, monkeypatch):
    folder = released(tmp_path)
    source = hand_in(tmp_path, ["a", "b"])
    loop = "def causal_mask(n):\n    while True:\n        pass"
    (source / "b" / f"{SLUG}.ipynb").write_bytes(notebook(cells(loop)))
    collect(source, folder)
    tried = []
    real = work.grade
    monkeypatch.setattr(work, "grade", lambda *given: tried.append(1) or real(*given))
    quick = Options(workers=1, deadline=Deadline(cpu=0.5, idle=2))
    assert grade_week(SLUG, folder, quick) == 0
    assert len(tried) == 3
    assert totals(folder) == {"a": 10, "b": 6}


def test_two_gradings_of_one_class_do_not_run_at_once(room):
    with batch._alone(room), pytest.raises(CourseError, match="is running"):
        grade_week(SLUG, room)


def test_the_gradebook_cannot_be_changed_only_added_to(room):
    with sqlite3.connect(room.book) as db:
        for statement in ("DELETE FROM submissions", "UPDATE submissions SET student = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                db.execute(statement)


def test_a_week_that_was_not_released_is_named(tmp_path):
    with pytest.raises(CourseError, match="was not released"):
        grade_week("nothing", released(tmp_path))


def test_a_student_who_handed_nothing_in_is_named(room):
    with pytest.raises(CourseError, match="'nobody' has no notebook"):
        grade_week(SLUG, room, Options(student="nobody"))


@pytest.mark.parametrize("layer", ["enforce_landlock", "enforce_seccomp", "enter_namespaces"])
def test_without_a_layer_grading_is_refused(layer, monkeypatch):
    real = start.write_mirror

    def weakened(folder, slug):
        real(folder, slug)
        place = folder / "paperclub" / "grading" / "sandbox" / "layers.py"
        text = place.read_text("utf-8")
        assert f"def {layer}(" in text
        place.write_text(f"{text}\n\ndef {layer}(*given):\n    return None\n", "utf-8")

    monkeypatch.setattr(start, "write_mirror", weakened)
    with pytest.raises(CourseError, match="does not shut submissions in"):
        Zygote(SLUG)


def test_where_there_is_no_linux_a_container_or_wsl_is_named(monkeypatch):
    monkeypatch.setattr(start.sys, "platform", "darwin")
    with pytest.raises(CourseError, match="WSL"):
        Zygote(SLUG)


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_loses_no_mark_and_doubles_none(room, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "10")
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        kept = Book.add_grading
        killed = []

        def kill_one(self, *given, **named):
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)
            return kept(self, *given, **named)

        monkeypatch.setattr(Book, "add_grading", kill_one)
        options = Options(scheduler=cluster.scheduler_address)
        assert grade_week(SLUG, room, options) == 0
    assert killed
    assert totals(room) == {one: 6 if one == "student3" else 10 for one in STUDENTS}
    assert rows(room) == len(STUDENTS)


def test_a_cluster_that_does_not_answer_is_named(room, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    # Nothing listens there.
    with (
        pytest.raises(CourseError, match="No Dask scheduler answers"),
        work.executor(1, "tcp://127.0.0.1:9"),
    ):
        pass

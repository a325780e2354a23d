"""What must not lose progress: kernels that die, notebooks at once, damage, no room."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest
from attempts import (
    PREDICTION,
    WEIGHTS,
    attempt,
    fresh_process,  # noqa: F401 - a fixture
    right,
    without_mask,
)

from paperclub import paths
from paperclub.learner import check, hint, predict, progress, store
from paperclub.learner.events import Logged, new_id
from paperclub.learner.tally import tally


@pytest.fixture
def no_room(own_data_folder, monkeypatch):
    """A data folder that cannot be used, whoever runs the tests."""
    blocked = own_data_folder / "file"
    blocked.write_text("", "utf-8")
    monkeypatch.setenv("PAPERCLUB_DATA", str(blocked / "folder"))


WRITER = """
import sys
from paperclub.learner import store
from paperclub.learner.events import Attempt
while True:
    event = Attempt(exercise="a.b", status="wrong", points=0)
    assert store.record(event) is None
    print(event.id, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("lines", [1, 2, 5, 20])
def test_a_killed_kernel_loses_nothing_that_was_recorded(lines, own_data_folder):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], stdout=subprocess.PIPE, encoding="utf-8", cwd=paths.ROOT
    )
    said = [writer.stdout.readline().strip() for _ in range(lines)]
    writer.send_signal(signal.SIGKILL)
    said += writer.stdout.read().split()
    writer.wait()
    kept = {event.id for event in store.read()}
    assert {id for id in said if len(id) == 32} <= kept
    assert store.record(attempt()) is None
    assert store.remarks() == []
    assert not list(own_data_folder.glob("*damaged*"))


CHECKER = """
import os, signal
from paperclub.learner import check

def answer(scores, mask=None):
    os.kill(os.getpid(), signal.SIGKILL)

check("attention.weights", answer)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kernel_that_dies_in_mid_check_leaves_the_records_whole():
    store.record(attempt())
    died = subprocess.run([sys.executable, "-c", CHECKER], check=False, cwd=paths.ROOT)
    assert died.returncode == -signal.SIGKILL
    assert check(WEIGHTS, right).status == "passed"
    assert tally(store.read()).of(WEIGHTS).attempts == 2


MANY = """
from paperclub.learner import store
from paperclub.learner.events import Attempt
for _ in range(40):
    assert store.record(Attempt(exercise="a.b", status="wrong", points=0)) is None
"""


def test_two_notebooks_write_at_once_from_the_first_moment():
    writers = [subprocess.Popen([sys.executable, "-c", MANY], cwd=paths.ROOT) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(store.read()) == 80


def test_threads_write_at_once():
    threads = [threading.Thread(target=store.record, args=(attempt(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read()) == 8


def damage_middle(path):
    content = bytearray(path.read_bytes())
    content[4096:4200] = b"\xff" * 104
    path.write_bytes(content)


def damage_schema(path):
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE event RENAME COLUMN body TO corpus")
    connection.close()


def damage_row(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE event SET body = 'x' WHERE rowid = 1")
    connection.close()


DAMAGES = [
    lambda path: path.write_bytes(b"this is no database, but longer than a header" * 9),
    lambda path: path.write_bytes(path.read_bytes()[:5000]),
    damage_middle,
    damage_schema,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside_and_said_in_one_sentence(damage, own_data_folder):
    for _ in range(100):
        store.add([attempt()])
    path = own_data_folder / "progress.sqlite"
    damage(path)
    broken = path.read_bytes()
    verdict = check(WEIGHTS, right)
    assert verdict.status == "passed" and verdict.points == 2
    said = str(verdict)
    assert said.count("was damaged. It is kept as") == 1
    (aside,) = own_data_folder.glob("progress.damaged-*.sqlite")
    assert aside.read_bytes() == broken and str(aside) in said
    assert "damaged" not in str(check(WEIGHTS, right))
    assert tally(store.read()).of(WEIGHTS).passed


def test_what_can_still_be_read_of_a_damaged_file_is_kept(own_data_folder):
    for _ in range(5):
        store.add([attempt()])
    damage_row(own_data_folder / "progress.sqlite")
    assert len(store.read()) == 4
    assert "the 4 entries that could still be read" in store.remarks()[0]
    assert store.remarks() == []


def test_a_second_damage_does_not_overwrite_the_first(own_data_folder):
    for content in (b"first damage" * 50, b"second damage" * 50):
        (own_data_folder / "progress.sqlite").write_bytes(content)
        store.record(attempt())
    kept = {path.read_bytes() for path in own_data_folder.glob("progress.damaged-*.sqlite")}
    assert kept == {b"first damage" * 50, b"second damage" * 50}


def test_an_empty_file_is_begun_and_not_called_damage(own_data_folder):
    (own_data_folder / "progress.sqlite").write_bytes(b"")
    assert store.record(attempt()) is None
    assert len(store.read()) == 1
    assert store.remarks() == []


def test_a_file_of_a_newer_course_is_left_alone(own_data_folder):
    store.record(attempt())
    path = own_data_folder / "progress.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    assert "newer version of the course" in str(check(WEIGHTS, right))
    assert path.read_bytes() == before
    assert list(own_data_folder.glob("*damaged*")) == []


def test_a_folder_that_cannot_be_used_does_not_cost_the_verdict(no_room):
    verdict = check(WEIGHTS, right)
    assert (verdict.status, repr(verdict)) == ("passed", "2")
    assert "This could not be recorded, and counts only until the kernel ends" in str(verdict)
    assert hint(WEIGHTS).headline == "Hint 1 of 2"
    assert hint(WEIGHTS).headline == "Hint 2 of 2"
    assert predict(PREDICTION, "c").points == 3
    assert "cannot be read" in str(progress("attention"))
    assert "✓ passed" in str(progress("attention"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_folder_is_read_and_said(own_data_folder):
    store.record(attempt())
    (own_data_folder / "progress.sqlite").chmod(0o400)
    own_data_folder.chmod(0o500)
    try:
        assert "may not be written to" in str(check(WEIGHTS, without_mask))
        assert tally(store.read()).of(WEIGHTS).attempts == 2
    finally:
        own_data_folder.chmod(0o700)


def test_a_file_that_may_only_be_read_is_read_and_said(monkeypatch):
    store.record(attempt())
    connect = sqlite3.connect

    def read_only(path, **named):
        return connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, **named)

    monkeypatch.setattr(store.sqlite3, "connect", read_only)
    assert "its folder or file may not be written to" in str(check(WEIGHTS, without_mask))
    assert tally(store.read()).of(WEIGHTS).attempts == 2
    assert store.remarks() == []


def test_a_full_disk_is_said_and_made_good_when_there_is_room_again(monkeypatch):
    store.record(attempt())
    connect = sqlite3.connect

    def small(*given, **named):
        connection = connect(*given, **named)
        connection.execute("PRAGMA max_page_count = 1")
        return connection

    monkeypatch.setattr(store.sqlite3, "connect", small)
    big = Logged(entry=new_id(), state="doing", text="x" * 9000)
    assert "the disk is full" in store.record(big)
    assert [event.kind for event in store.read()] == ["attempt", "log"]
    monkeypatch.setattr(store.sqlite3, "connect", connect)
    assert store.record(attempt()) is None
    store._held.clear()
    assert [event.kind for event in store.read()] == ["attempt", "log", "attempt"]

"""No command writes over an answer: whatever happens, in whatever order."""

import contextlib
import random
import re
from pathlib import Path

import pytest
from copying import (
    FIRST,
    SECOND,
    answer,
    everything_in_work,
    make_chapter,
    make_course,
    new_version,
    notebook,
    read,
    run_cells,
    write,
)

from paperclub import paths
from paperclub.learner import copies, placing
from paperclub.learner.cells import read_notebook
from paperclub.learner.copies import ensure_copies, reset, update

course = pytest.fixture(make_course)
chapter = pytest.fixture(make_chapter)


@pytest.mark.parametrize("broken", ["link", "replace", "fsync", "unlink"])
@pytest.mark.parametrize("command", ["update", "reset", "ensure"])
def test_interruption_loses_nothing(chapter, monkeypatch, broken, command):
    answer(chapter, "answer = 42")
    run_cells(paths.WORK / "exercises" / "attention.ipynb")
    new_version()
    write(paths.EXERCISES / "attention.ipynb", SECOND)
    if command == "ensure":
        (paths.WORK / "exercises" / "attention.ipynb").unlink()

    def interrupt(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        where = Path if broken in ("replace", "unlink") else placing.os
        patch.setattr(where, broken, interrupt)
        with contextlib.suppress(KeyboardInterrupt):
            {
                "update": update,
                "reset": lambda: reset("attention", ask=False),
                "ensure": ensure_copies,
            }[command]()
    assert "answer = 42" in everything_in_work()
    update()
    ensure_copies()
    assert "answer = 42" in everything_in_work()
    for path in (chapter, paths.WORK / "exercises" / "attention.ipynb"):
        read_notebook(path.read_bytes())


def test_without_hard_links_nothing_is_written_over_either(chapter, monkeypatch):
    def no_links(*_args, **_kwargs):
        raise PermissionError("no hard links here")

    monkeypatch.setattr(placing.os, "link", no_links)
    answer(chapter, "answer = 42")
    reset("attention", ask=False)
    answer(chapter, "answer = 43")
    reset("attention", ask=False)
    assert "answer = 42" in everything_in_work()
    assert "answer = 43" in everything_in_work()
    assert read(chapter) == FIRST
    with pytest.raises(FileExistsError):
        placing.create_new(chapter, b"something else")
    assert read(chapter) == FIRST


def test_notebook_saved_while_update_runs_is_not_replaced(chapter, monkeypatch):
    """The learner saves in Lab after update has judged the copy untouched."""
    new_version()
    judged = copies.replace_if_same

    def saved_in_between(path, expected, content):
        answer(path, "answer = 42")
        return judged(path, expected, content)

    monkeypatch.setattr(copies, "replace_if_same", saved_in_between)
    update()
    assert "answer = 42" in chapter.read_text()
    assert chapter.with_name("attention (new 2026-11-22).ipynb").exists()


def test_next_kept_name_taken_in_the_meantime_is_not_overwritten(chapter, monkeypatch):
    """Two resets at once: the name that looked free is not, when the file is moved."""
    taken = chapter.with_name("attention (kept 2026-11-22 1).ipynb")
    looks = [taken, chapter.with_name("attention (kept 2026-11-22 2).ipynb")]
    taken.write_text("the other reset's")
    answer(chapter, "answer = 42")
    monkeypatch.setattr(placing, "next_kept", lambda _: looks.pop(0))
    assert placing.keep_beside(chapter).name == "attention (kept 2026-11-22 2).ipynb"
    assert taken.read_text() == "the other reset's"


class Learner:
    """Somebody who writes, runs, breaks and deletes notebooks, as the dice say."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.written = 0

    def files(self) -> list[Path]:
        return sorted(path for path in paths.WORK.rglob("*.ipynb") if path.is_file())

    def notebooks(self) -> list[Path]:
        return [path for path in self.files() if path.read_bytes().endswith(b"}")]

    def writes(self) -> None:
        if notebooks := self.notebooks():
            self.written += 1
            answer(self.dice.choice(notebooks), f"answer number {self.written};")

    def runs(self) -> None:
        for path in self.notebooks():
            run_cells(path)

    def breaks(self) -> None:
        if files := self.files():
            self.written += 1
            path = self.dice.choice(files)
            path.write_bytes(path.read_bytes() + f"answer number {self.written};".encode())

    def deletes(self) -> None:
        if files := self.files():
            self.dice.choice(files).unlink()

    def damages_the_manifest(self) -> None:
        (paths.WORK / ".copies.json").write_text("damaged")

    def loses_the_manifest(self) -> None:
        (paths.WORK / ".copies.json").unlink(missing_ok=True)


@pytest.mark.parametrize("seed", range(60))
def test_no_sequence_of_commands_loses_an_answer(course, seed):
    """Whatever a learner wrote and did not delete is still in work/ after every command."""
    dice = random.Random(seed)
    learner = Learner(dice)

    def course_changes():
        folder = dice.choice([paths.CHAPTERS, paths.EXERCISES])
        version = f"# Version {dice.randrange(4)}"
        write(folder / "attention.ipynb", notebook(("a", "markdown", version)))

    events = [learner.writes] * 3 + [course_changes] * 2 + [learner.runs, learner.breaks]
    events += [learner.deletes, learner.damages_the_manifest, learner.loses_the_manifest]
    commands = [ensure_copies, update, update, lambda: reset("attention", ask=False)]
    ensure_copies()
    for _ in range(40):
        dice.choice(events)()
        before = set(re.findall(r"answer number \d+;", everything_in_work()))
        dice.choice(commands)()
        assert before <= set(re.findall(r"answer number \d+;", everything_in_work()))

"""The learner's copies: made, refreshed, brought in beside, and never written over."""

import json
import sys

import pytest
from copying import (
    FIRST,
    SECOND,
    answer,
    make_chapter,
    make_course,
    new_version,
    notebook,
    read,
    run_cells,
    write,
)

from paperclub import cli, paths
from paperclub.errors import CourseError
from paperclub.learner import copies
from paperclub.learner.cells import changes, read_notebook
from paperclub.learner.copies import ensure_copies, open_copy, reset, update

course = pytest.fixture(make_course)
chapter = pytest.fixture(make_chapter)


def test_copies_are_made_once_and_left_alone_after(chapter):
    assert read(chapter) == FIRST
    answer(chapter, "answer = 42")
    assert ensure_copies() == []
    assert "answer = 42" in chapter.read_text()


def test_copies_lie_so_that_links_between_chapter_and_exercises_hold(chapter):
    assert (chapter.parent / "../exercises/attention.ipynb").resolve().is_file()


def test_deleted_copy_is_made_anew(chapter):
    chapter.unlink()
    assert open_copy("chapters", "attention") == chapter
    assert read(chapter) == FIRST


def test_update_with_nothing_new_says_so_and_changes_nothing(chapter, capsys):
    before = chapter.read_bytes()
    update()
    assert "up to date" in capsys.readouterr().out
    assert chapter.read_bytes() == before


def test_update_refreshes_an_untouched_copy_and_says_what_changed(chapter, capsys):
    new_version()
    update()
    said = capsys.readouterr().out
    assert read(chapter) == SECOND
    assert "attention, chapter: refreshed" in said
    assert "Without the scale, softmax stops listening: 1 cell changed" in said
    assert "Break it: 1 cell added" in said
    assert "attention, exercises" not in said
    update()
    assert "up to date" in capsys.readouterr().out


def test_running_a_copy_does_not_count_as_touching_it(chapter):
    run_cells(chapter)
    new_version()
    update()
    assert read(chapter) == SECOND


@pytest.mark.parametrize(
    "touch",
    [
        lambda c: c["cells"][-1].update(source="answer = 42"),
        lambda c: c["cells"][-1].update(source=["answer = ", "43"]),
        lambda c: c["cells"][-1].update(cell_type="raw"),
        lambda c: c["cells"].pop(),
        lambda c: c["cells"].reverse(),
        lambda c: c["cells"][0].update(attachments={"photo.png": {"image/png": "aGk="}}),
        lambda c: c["cells"].append(notebook(("note", "markdown", "my note"))["cells"][0]),
    ],
    ids=["source", "source as lines", "kind", "removed", "order", "attachment", "added"],
)
def test_update_lays_a_newer_version_beside_a_touched_copy(chapter, capsys, touch):
    content = read(chapter)
    touch(content)
    write(chapter, content)
    before = chapter.read_bytes()
    new_version()
    update()
    beside = chapter.with_name("attention (new 2026-11-22).ipynb")
    assert chapter.read_bytes() == before
    assert read(beside) == SECOND
    assert beside.name in capsys.readouterr().out


def test_update_never_brings_the_same_version_twice(chapter, capsys):
    answer(chapter, "answer = 42")
    new_version()
    update()
    chapter.with_name("attention (new 2026-11-22).ipynb").unlink()
    capsys.readouterr()
    update()
    assert "up to date" in capsys.readouterr().out
    assert sorted(path.name for path in chapter.parent.iterdir()) == ["attention.ipynb"]


def test_a_second_new_version_gets_a_name_of_its_own(chapter):
    answer(chapter, "answer = 42")
    new_version()
    update()
    beside = chapter.with_name("attention (new 2026-11-22).ipynb")
    answer(beside, "my work in the new one")
    new_version(notebook(("only", "markdown", "# Third")))
    update()
    assert "my work in the new one" in beside.read_text()
    assert "Third" in chapter.with_name("attention (new 2026-11-22 2).ipynb").read_text()


def test_a_copy_that_already_says_the_new_version_needs_nothing(chapter, capsys):
    write(chapter, SECOND)
    new_version()
    update()
    assert "up to date" in capsys.readouterr().out
    assert not copies.copy_states()[copies.Place("chapters", "attention")].newer


@pytest.mark.parametrize(
    "broken", [b"{ not json", b"", b"[1, 2]", b'{"cells": 3}', b"\xff\xfe\x00"]
)
def test_broken_notebook_is_left_as_it_is_and_said(chapter, capsys, broken):
    chapter.write_bytes(broken)
    new_version()
    assert ensure_copies() == []
    update()
    assert chapter.read_bytes() == broken
    assert "cannot be read as a notebook" in capsys.readouterr().out
    with pytest.raises(CourseError, match="reset attention"):
        open_copy("chapters", "attention")


def test_folder_in_the_copys_place_is_said_and_kept_by_reset(chapter, capsys):
    chapter.unlink()
    chapter.mkdir()
    (chapter / "notes.txt").write_text("mine")
    update()
    assert "it is a folder" in capsys.readouterr().out
    reset("attention", ask=False)
    assert read(chapter) == FIRST
    assert (chapter.with_name("attention (kept 2026-11-22 1).ipynb") / "notes.txt").exists()


def test_write_protected_copy_is_not_replaced(chapter):
    chapter.chmod(0o444)
    new_version()
    update()
    assert read(chapter) == FIRST
    assert chapter.with_name("attention (new 2026-11-22).ipynb").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
@pytest.mark.parametrize("dangling", [True, False])
def test_linked_copy_is_not_written_through(chapter, tmp_path, dangling):
    mine = tmp_path / "mine.ipynb"
    chapter.rename(mine)
    chapter.symlink_to(tmp_path / "gone.ipynb" if dangling else mine)
    new_version()
    update()
    assert chapter.is_symlink()
    assert read(mine) == FIRST
    assert not (tmp_path / "gone.ipynb").exists()


def test_damaged_manifest_is_set_aside_and_touched_copies_stay(chapter, capsys):
    answer(chapter, "answer = 42")
    (paths.WORK / ".copies.json").write_text('{"copies": {"chapters/attention": 3}}')
    remarks = ensure_copies()
    assert len(remarks) == 1
    assert "damaged" in remarks[0]
    assert list(paths.WORK.glob(".copies (kept *).json"))
    new_version()
    update()
    assert "answer = 42" in chapter.read_text()
    # What is not touched is known again, from the course's own notebook.
    (paths.WORK / ".copies.json").write_text("")
    assert "damaged" in ensure_copies()[0]
    capsys.readouterr()
    update()
    assert "up to date" in capsys.readouterr().out


def test_reset_keeps_the_old_copy_each_time(chapter, capsys):
    for number in (1, 2):
        answer(chapter, f"attempt {number}")
        reset("attention", ask=False)
        assert read(chapter) == FIRST
        kept = chapter.with_name(f"attention (kept 2026-11-22 {number}).ipynb")
        assert f"attempt {number}" in kept.read_text()
        assert kept.name in capsys.readouterr().out


def test_reset_of_fresh_copies_keeps_nothing(chapter, capsys):
    reset("attention", ask=False)
    assert "as the course has them" in capsys.readouterr().out
    assert not list(chapter.parent.glob("*kept*"))


def test_reset_keeps_outputs_too(chapter):
    run_cells(chapter)
    reset("attention", ask=False)
    kept = chapter.with_name("attention (kept 2026-11-22 1).ipynb")
    assert "hello" in kept.read_text()


def test_reset_asks_and_no_means_no(chapter, monkeypatch, capsys):
    answer(chapter, "answer = 42")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(copies.Confirm, "ask", lambda *_, **__: False)
    reset("attention")
    assert "Nothing was changed" in capsys.readouterr().out
    assert "answer = 42" in chapter.read_text()
    assert not list(chapter.parent.glob("*kept*"))


def test_reset_without_a_terminal_needs_yes(chapter, monkeypatch):
    answer(chapter, "answer = 42")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(CourseError, match="--yes"):
        reset("attention")
    assert "answer = 42" in chapter.read_text()


@pytest.mark.parametrize("slug", ["atention", "", "../attention", "[/]", "attention.ipynb"])
def test_unknown_week_is_refused_with_those_that_exist(chapter, slug):
    with pytest.raises(CourseError, match="attention"):
        reset(slug, ask=False)
    with pytest.raises(CourseError, match="There is no"):
        open_copy("exercises", slug)


def test_command_line_shows_what_was_typed_as_it_was_typed(course, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["course.py", "reset", "[/] or [red]"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "'[/] or [red]'" in capsys.readouterr().err


def test_broken_source_stops_neither_the_other_copies_nor_hides(course, capsys):
    (paths.CHAPTERS / "attention.ipynb").write_text("<<<<<<< HEAD")
    remarks = ensure_copies()
    assert len(remarks) == 1
    assert "git checkout -- chapters/attention.ipynb" in remarks[0]
    assert (paths.WORK / "exercises" / "attention.ipynb").is_file()
    with pytest.raises(CourseError, match=r"course's own chapters/attention\.ipynb"):
        update()


def test_folder_that_cannot_be_written_to_is_a_sentence(course):
    paths.WORK.write_text("a file where the folder should be")
    with pytest.raises(CourseError, match="cannot be written"):
        ensure_copies()


def test_changes_are_counted_by_heading():
    old = read_notebook(json.dumps(FIRST).encode()).cells
    new = read_notebook(json.dumps(SECOND).encode()).cells
    assert changes(old, old) == []
    assert changes(new, old) == [
        "Without the scale, softmax stops listening: 1 cell changed",
        "Break it: 1 cell removed",
    ]
    assert changes(old, tuple(reversed(old))) == ["the order of the cells"]


def test_state_tells_run_from_touched(chapter):
    place = copies.Place("chapters", "attention")
    assert copies.copy_states()[place]._asdict() == {
        "exists": True,
        "opened": None,
        "has_run": False,
        "touched": False,
        "newer": False,
        "trouble": None,
    }
    open_copy("chapters", "attention")
    run_cells(chapter)
    state = copies.copy_states()[place]
    assert state.opened
    assert state.has_run
    assert not state.touched
    answer(chapter, "answer = 42")
    new_version()
    state = copies.copy_states()[place]
    assert state.touched
    assert state.newer

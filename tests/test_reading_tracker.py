"""The reading tracker: passes, blurbs, counts, and the way to a paper."""

import pytest

from paperclub.curriculum import reading_list, syllabus
from paperclub.errors import CourseError
from paperclub.learner import commands, reading, store
from paperclub.learner.events import WorkMarked

PAPER = "attention-is-all-you-need"
HOSTILE = "[red]<img src=x onerror=alert(1)>[/]"


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setattr(commands.console, "_width", 120)


def test_every_work_is_to_be_read_until_it_is_marked():
    assert {one.status for one in reading.tracked()} == {"to-read"}
    assert reading.mark(PAPER, "second").status == "second"
    assert [one.work.id for one in reading.tracked(status="second")] == [PAPER]


def test_a_pass_and_a_blurb_do_not_undo_each_other():
    reading.mark(PAPER, "first", "I built this.")
    now = reading.mark(PAPER, "third")
    assert (now.status, now.blurb) == ("third", "I built this.")
    now = reading.mark(PAPER, None, "")
    assert (now.status, now.blurb) == ("third", "")
    assert reading.mark(PAPER, "to-read").status == "to-read"


def test_counts_of_the_categories_add_up_to_the_list():
    before = reading.counts()
    assert sum(map(sum, (found.values() for found in before.values()))) == len(reading_list().works)
    topic = reading_list().work(PAPER).topic
    reading.mark(PAPER, "first")
    after = reading.counts()[topic]
    assert after["first"] == 1
    assert after["to-read"] == before[topic]["to-read"] - 1


def test_the_list_can_be_cut_by_category_and_pass():
    topic = reading_list().work(PAPER).topic
    reading.mark(PAPER, "first")
    both = reading.tracked(category=topic, status="first")
    assert [one.work.id for one in both] == [PAPER]
    assert all(one.work.topic == topic for one in reading.tracked(category=topic))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reading.mark("attention-is-all-you-ned", "first"), f"Did you mean {PAPER}"),
        (lambda: reading.mark(PAPER, "forth"), "Did you mean first"),
        (lambda: reading.mark(PAPER, None), "Name a pass"),
        (lambda: reading.mark(PAPER, None, "x" * 20_000), "at most 10000 characters"),
        (lambda: reading.tracked(category="attenton"), "Did you mean attention"),
        (lambda: reading.tracked(status="read"), "to-read"),
        (lambda: commands.show_path("no-such-work-at-all"), "no work"),
    ],
)
def test_a_wrong_name_is_refused_with_the_near_ones(call, says):
    with pytest.raises(CourseError, match=says):
        call()
    assert store.read() == []


def test_a_mark_that_cannot_be_written_is_an_error(own_data_folder, monkeypatch):
    (own_data_folder / "file").write_text("", "utf-8")
    monkeypatch.setenv("PAPERCLUB_DATA", str(own_data_folder / "file" / "folder"))
    with pytest.raises(CourseError, match="Nothing was changed"):
        reading.mark(PAPER, "first")


def test_a_work_that_left_the_list_is_passed_over():
    store.add([WorkMarked(work="gone", status="first")])
    assert "gone" not in [one.work.id for one in reading.tracked()]


def test_commands_show_what_was_marked_as_it_was_typed(capsys):
    commands.mark_work(PAPER, "second", HOSTILE)
    commands.show_works(None, "second")
    commands.show_works(None, "third")
    commands.show_counts()
    out = capsys.readouterr().out
    assert out.count(HOSTILE) == 2 and "2nd pass" in out
    assert "No work stands like that yet." in out
    assert "together" in out


def test_the_way_to_a_paper_names_its_weeks_in_order(capsys):
    commands.show_path(PAPER)
    out = capsys.readouterr().out
    slugs = [line.split()[0] for line in out.splitlines()[1:]]
    assert slugs[-1] == "attention"
    order = [week.slug for week in syllabus().weeks]
    assert slugs == sorted(slugs, key=order.index)

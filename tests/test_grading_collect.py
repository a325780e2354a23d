"""Submissions as they really arrive: each has a status and a sentence; none is lost."""

import io
import json
import os
import zipfile

import pytest

from paperclub.errors import CourseError
from paperclub.grading import notebook as reading
from paperclub.grading.book import Book
from paperclub.grading.collect import collect, moment
from paperclub.grading.notebook import read_submission
from paperclub.grading.policy import standings
from tests.class_room import hand_in, released
from tests.class_week import IMPORTS, RIGHT_MASK, SLUG, cell, cells, notebook

GOOD = notebook(cells())


def own(word):
    return notebook(cells(end=f"'{word}'"))


@pytest.fixture
def room(tmp_path):
    return released(tmp_path)


def zipped(place, files, **options):
    """Write an archive whose entries are named just so."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data, **options)
    return place


def collected(folder):
    """Return what the gradebook says of each file."""
    with Book(folder.book) as book:
        return {one.file: one for one in book.submissions()}


def statuses(folder):
    return {file: one.status for file, one in collected(folder).items()}


LAYOUTS = {
    "a folder for each student": (
        {"Ada/a.ipynb": own(1), "Bob/renamed (2).ipynb": own(2)}, ["Ada", "Bob"],
    ),
    "a folder for each student in a folder": (
        {"export/Ada/a.ipynb": own(1), "export/Bob/b.ipynb": own(2)}, ["Ada", "Bob"],
    ),
    "one student with two attempts": (
        {f"Ada/{SLUG}.ipynb": own(1), f"Ada/{SLUG}-1.ipynb": own(2)}, ["Ada", "Ada"],
    ),
    "files named for students": ({"Ada.ipynb": own(1), "Bob.ipynb": own(2)}, ["Ada", "Bob"]),
    "files named for students in a folder": (
        {"x/Ada.ipynb": own(1), "x/Bob.ipynb": own(2)}, ["Ada", "Bob"],
    ),
    "Moodle's folders": (
        {
            "Ada Lovelace_123_assignsubmission_file_/a.ipynb": own(1),
            "Bob_ Jr_456_assignsubmission_file_/b.ipynb": own(2),
        },
        ["123", "456"],
    ),
    "Moodle's files": (
        {
            "Ada Lovelace_123_assignsubmission_file_a.ipynb": own(1),
            "Bob_456_assignsubmission_file_b.ipynb": own(2),
        },
        ["123", "456"],
    ),
    "Canvas": (
        {"lovelaceada_11_901_hw.ipynb": own(1), "bob_LATE_12_902_hw-1.ipynb": own(2)},
        ["11", "12"],
    ),
    "nbgrader": (
        {f"submitted/ada/{SLUG}/{SLUG}.ipynb": own(1), f"submitted/bob/{SLUG}/x.ipynb": own(2)},
        ["ada", "bob"],
    ),
    "names in any script": (
        {"Ελένη/a.ipynb": own(1), "小明/b.ipynb": own(2), "Zoë O'Hara; DROP/c.ipynb": own(3)},
        ["Ελένη", "Zoë O'Hara; DROP", "小明"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_tells_whose_a_file_is(room, tmp_path, layout):
    files, students = LAYOUTS[layout]
    assert collect(zipped(tmp_path / "in.zip", files), room) == 0
    found = collected(room)
    assert sorted(one.student for one in found.values()) == sorted(students)
    assert {one.status for one in found.values()} == {"ok"}
    # The same export once more, unpacked this time, brings nothing new.
    for name, data in files.items():
        place = tmp_path / "unpacked" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    assert collect(tmp_path / "unpacked", room) == 0
    assert collected(room) == found


def version_3():
    old = [{"cell_type": "code", "input": IMPORTS}, {"cell_type": "code", "input": RIGHT_MASK}]
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": old}]}).encode()


ODD = {
    "empty": (b"", "empty"),
    "blank": (b" \n ", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\xff\xfe", "not-a-notebook"),
    "a text": ("Sehr geehrte Frau Professor …".encode(), "not-a-notebook"),
    "another JSON": (b'{"a": 1}', "not-a-notebook"),
    "a list": (b"[]", "not-a-notebook"),
    "cut off": (GOOD[: len(GOOD) // 2], "truncated"),
    "nested without end": (b"[" * 100_000, "not-a-notebook"),
    "a notebook of something else": (notebook([cell("print('hello')")]), "wrong-week"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_submission_has_a_status_and_a_sentence(room, tmp_path, name):
    data, status = ODD[name]
    assert collect(zipped(tmp_path / "in.zip", {"Ada/x.ipynb": data}), room) == 1
    (one,) = collected(room).values()
    assert one.status == status
    assert one.says.endswith((".", ")."))
    assert room.file(one.digest).read_bytes() == data


def test_format_3_is_read_where_the_week_is_named(room, tmp_path):
    collect(zipped(tmp_path / "in.zip", {"Ada/x.ipynb": version_3()}), room, week=SLUG)
    (one,) = collected(room).values()
    assert one.status == "ok"
    assert "format 3" in one.says


def test_two_hundred_megabytes_of_output_are_passed_over(room, tmp_path):
    whole = json.loads(GOOD)
    whole["cells"][0]["outputs"] = [{"name": "stdout", "text": 'x "[' * (50 << 20)}]
    data = json.dumps(whole).encode()
    assert len(data) > 200 << 20
    assert read_submission(data) == read_submission(GOOD)


def test_a_zip_bomb_is_not_unpacked(room, tmp_path, monkeypatch):
    monkeypatch.setattr("paperclub.grading.archives.LARGEST", 1 << 20)
    files = {"Ada/x.ipynb": bytes(50 << 20), "Bob/x.ipynb": GOOD}
    collect(zipped(tmp_path / "in.zip", files), room)
    assert statuses(room) == {"Ada/x.ipynb": "too-large", "Bob/x.ipynb": "ok"}


def test_an_archive_that_lies_about_sizes_is_read_no_further_than_the_limit(
    room, tmp_path, monkeypatch
):
    monkeypatch.setattr("paperclub.grading.archives.LARGEST", 1 << 20)
    data = bytearray(zipped(tmp_path / "a.zip", {"Ada/x": bytes(5 << 20)}).read_bytes())
    for at in range(len(data) - 4):
        if data[at : at + 4] == (5 << 20).to_bytes(4, "little"):
            data[at : at + 4] = (100).to_bytes(4, "little")
    (tmp_path / "lies.zip").write_bytes(data)
    collect(tmp_path / "lies.zip", room)
    assert set(statuses(room).values()) <= {"damaged", "too-large", "not-a-notebook"}


@pytest.mark.parametrize(
    "name", ["../../etc/x.ipynb", "/etc/x.ipynb", "a/../../x.ipynb", "..\\x.ipynb", "C:\\x.ipynb"]
)
def test_a_path_that_climbs_out_is_not_followed(room, tmp_path, name):
    collect(zipped(tmp_path / "in.zip", {name: GOOD, "Bob/x.ipynb": GOOD}), room)
    found = statuses(room)
    assert found.pop("Bob/x.ipynb") == "ok"
    assert list(found.values()) == ["unsafe-path"]


def test_links_are_named_and_not_followed(room, tmp_path):
    (tmp_path / "in" / "Ada").mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_bytes(GOOD)
    (tmp_path / "in" / "Ada" / "x.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (tmp_path / "in" / "Bob").symlink_to(tmp_path)
    collect(tmp_path / "in", room)
    assert statuses(room) == {"Ada/x.ipynb": "a-link", "Bob": "a-link"}


def test_a_link_in_an_archive_is_named(room, tmp_path):
    info = zipfile.ZipInfo("Ada/x.ipynb")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    collect(tmp_path / "in.zip", room)
    assert statuses(room) == {"Ada/x.ipynb": "a-link"}


def test_a_damaged_entry_does_not_stop_the_others(room, tmp_path):
    place = zipped(tmp_path / "in.zip", {"Ada/x.ipynb": GOOD, "Bob/x.ipynb": own(1)})
    data = bytearray(place.read_bytes())
    start = data.index(b"Ada/x.ipynb") + len(b"Ada/x.ipynb")
    data[start : start + 40] = bytes(40)
    place.write_bytes(data)
    collect(place, room)
    assert statuses(room) == {"Ada/x.ipynb": "damaged", "Bob/x.ipynb": "ok"}


def test_what_systems_leave_behind_is_passed_over(room, tmp_path):
    files = {
        "Ada/x.ipynb": GOOD, "__MACOSX/Ada/._x.ipynb": b"x", "Ada/.DS_Store": b"x",
        "Ada/.ipynb_checkpoints/x-checkpoint.ipynb": GOOD,
    }  # fmt: skip
    assert collect(zipped(tmp_path / "in.zip", files), room) == 0
    assert list(statuses(room)) == ["Ada/x.ipynb"]


def test_a_second_attempt_stands_beside_the_first(room, tmp_path):
    collect(zipped(tmp_path / "1.zip", {"Ada/x.ipynb": own(1)}), room)
    collect(zipped(tmp_path / "2.zip", {"Ada/x.ipynb": own(2)}), room)
    with Book(room.book) as book:
        (one,) = standings(book, SLUG)
        assert one.attempts == 2
        assert room.file(one.submission.digest).read_bytes() == own(2)
        assert len(book.submissions()) == 2


def test_times_come_from_the_export_and_never_from_a_file(room, tmp_path):
    source = hand_in(tmp_path, ["Ada", "Bob"])
    os.utime(source / "Ada" / f"{SLUG}.ipynb", (0, 0))
    times = tmp_path / "times.csv"
    times.write_text("Student;Submitted\nada;2026-03-01T10:00+01:00\n", "utf-8")
    collect(source, room, times=times)
    found = {one.student: one.submitted for one in collected(room).values()}
    assert found == {"Ada": "2026-03-01T09:00:00+00:00", "Bob": ""}


def test_nbgraders_own_time_stamp_is_read(room, tmp_path):
    files = {
        f"ada/{SLUG}/{SLUG}.ipynb": GOOD,
        f"ada/{SLUG}/timestamp.txt": b"2026-03-01 10:00:00.123 UTC",
    }
    collect(zipped(tmp_path / "in.zip", files), room)
    (one,) = collected(room).values()
    assert one.submitted == "2026-03-01T10:00:00+00:00"


def test_moodles_worksheet_gives_times():
    assert moment("Tuesday, 3 March 2026, 2:05 PM", "x").startswith("2026-03-03T")


def test_a_time_that_is_none_is_named_with_its_place():
    with pytest.raises(CourseError, match=r"due.csv, line 3: 'soon' is no time"):
        moment("soon", "due.csv, line 3")


def test_a_source_that_is_no_archive_is_named(room, tmp_path):
    (tmp_path / "x.rar").write_bytes(b"Rar!")
    for source in (tmp_path / "x.rar", tmp_path / "nowhere"):
        with pytest.raises(CourseError):
            collect(source, room)


def test_a_reader_gives_up_on_more_than_a_notebook_can_hold(monkeypatch):
    monkeypatch.setattr(reading, "TOKENS", 1000)
    with pytest.raises(reading.NotReadable, match="more lists"):
        read_submission(b'{"cells": [' + b"[]," * reading.SHORT + b"[]]}")


def test_a_nested_archive_is_named_as_no_notebook(room, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.ipynb", GOOD)
    collect(zipped(tmp_path / "in.zip", {"Ada/work.zip": inner.getvalue()}), room)
    assert statuses(room) == {"Ada/work.zip": "not-a-notebook"}

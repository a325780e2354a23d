"""The plays that ship with the course: whole, checked, and asked for by name."""

import pytest

from paperclub.data import plays
from paperclub.errors import CourseError


def test_every_play_is_there_and_nothing_but_plain_text():
    texts = plays.shipped_plays(plays.TRAINING + plays.VALIDATION + plays.HELD_OUT)
    assert len(texts) == 37 and all(text.isascii() for text in texts.values())
    assert sum(map(len, texts.values())) == 4_845_474
    assert texts["hamlet"].count("To be, or not to be,") == 1


def test_the_passages_that_ship_stand_in_the_held_out_plays():
    text = "".join(plays.shipped_plays(plays.HELD_OUT).values())
    assert all(passage in text for passage in plays.read_excerpts())


def test_a_play_that_is_not_there_is_named():
    with pytest.raises(CourseError, match="no play is called 'faust'; there are: alls_well"):
        plays.shipped_plays(("hamlet", "faust"))


def test_a_missing_or_damaged_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(plays, "PLAYS_FILE", tmp_path / "plays.json.bz2")
    with pytest.raises(CourseError, match="cannot be read: restore it"):
        plays.shipped_plays(plays.HELD_OUT)
    (tmp_path / "plays.json.bz2").write_bytes(b"other")
    with pytest.raises(CourseError, match="is damaged"):
        plays.shipped_plays(plays.HELD_OUT)

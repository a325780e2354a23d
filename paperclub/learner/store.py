"""Where events are kept: one sqlite3 file in the person's data folder.

Every writing is one transaction, so that a kernel may die at any moment and two notebooks may
write at once. What cannot be written is held in memory, and goes to the file with the next writing
that succeeds.
"""

import contextlib
import datetime
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.learner.events import Event

T = TypeVar("T")

VERSION = 1  # raised with every new kind of event too: an older course must not call it damage
TICK = datetime.timedelta(microseconds=1)
PATIENCE = 15  # seconds that a writing waits for another one
SCHEMA = """
CREATE TABLE event (
    id TEXT PRIMARY KEY NOT NULL,
    time TEXT NOT NULL,
    body TEXT NOT NULL
)
"""
INSERT = "INSERT OR IGNORE INTO event VALUES (?, ?, ?)"
_EVENT: TypeAdapter = TypeAdapter(Event)

_held: list[Event] = []
_remarks: list[str] = []


class NotKept(CourseError):
    """The file cannot be read or written.

    Attributes:
        why: The reason and the place, to end another sentence with.
    """

    def __init__(self, why: str, path: Path | str) -> None:
        super().__init__(
            f"Your records cannot be used: {why} ({path}). Nothing was changed. The environment "
            "variable PAPERCLUB_DATA may name another folder for them."
        )
        self.why = f"{why} ({path})"


class _Damaged(Exception):
    """The file is not what was written."""


def file() -> Path:
    """Return where the events are kept.

    Raises:
        NotKept: The data folder cannot be made.
    """
    try:
        return paths.user_data() / "progress.sqlite"
    except OSError as error:
        raise NotKept(str(error.strerror or error), error.filename) from error
    except CourseError as error:
        raise NotKept("you have no home folder on this machine", "HOME is not set") from error


def record(*events: Event) -> str | None:
    """Keep events; return a sentence if they could not be written to the disk.

    They count in this process all the same, and are written with the next that can be.
    """
    try:
        add([*_held, *events])
    except NotKept as error:
        _held.extend(events)
        return f"This could not be recorded, and counts only until the kernel ends: {error.why}."
    _held.clear()
    return None


def add(events: Iterable[Event], imported: bool = False) -> int:
    """Write events, all or none; return how many were not there yet.

    What happened now comes after all that is known of the same thing: events are taken in the
    order of their time, and a clock that was set back would make the last word the first.

    Args:
        events: In the order in which they happened.
        imported: They come from another machine and keep their times.

    Raises:
        NotKept: They cannot be written; nothing was.
    """
    new = list(events)

    def insert(connection: sqlite3.Connection) -> int:
        before = connection.total_changes
        timed = new if imported else _after_what_is_known(new, connection)
        rows = [(event.id, event.time.isoformat(), event.model_dump_json()) for event in timed]
        connection.executemany(INSERT, rows)
        return connection.total_changes - before

    return _with_connection(insert)


def read() -> list[Event]:
    """Return all events, the oldest first.

    Raises:
        NotKept: There is a file, and it cannot be read.
    """
    found = _with_connection(_read, reading=True) if file().exists() else []
    written = {event.id for event in found}
    return found + [event for event in _held if event.id not in written]


def held() -> list[Event]:
    """Return what could not be written yet."""
    return list(_held)


def remarks() -> list[str]:
    """Return what is to be said of the file, once."""
    said = list(_remarks)
    _remarks.clear()
    return said


def _after_what_is_known(new: list[Event], connection: sqlite3.Connection) -> list[Event]:
    """Return events with times later than what the file has of the same thing."""
    (last,) = connection.execute("SELECT max(time) FROM event").fetchone()
    if last is None or all(event.time.isoformat() > last for event in new):
        return new  # as a rule: no clock has jumped
    latest = {event.about: event.time for event in _read(connection)}
    timed = []
    for event in new:
        known = latest.get(event.about)
        if known and known >= event.time:
            event = event.model_copy(update={"time": known + TICK})
        latest[event.about] = event.time
        timed.append(event)
    return timed


def _read(connection: sqlite3.Connection) -> list[Event]:
    try:
        return [
            _EVENT.validate_json(body)
            for (body,) in connection.execute("SELECT body FROM event ORDER BY time, rowid")
        ]
    except (ValidationError, UnicodeDecodeError) as error:
        raise _Damaged from error


def _with_connection(work: Callable[[sqlite3.Connection], T], reading: bool = False) -> T:
    """Do ``work`` on the file in one transaction; a damaged file is set aside first."""
    path = file()
    try:
        try:
            return _in_transaction(path, work, reading)
        except _Damaged:
            _set_aside(path)
            return _in_transaction(path, work, reading)
    except (sqlite3.OperationalError, OSError) as error:
        raise NotKept(_why(error), path) from error
    except _Damaged as error:
        raise NotKept("the file is damaged, and so is the new one", path) from error


def _in_transaction(
    path: Path, work: Callable[[sqlite3.Connection], T], reading: bool = False
) -> T:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
            connection.isolation_level = None
            # A reader asks for no lock that a folder which may not be written to would refuse.
            if not (reading and _is_ready(connection)):
                connection.execute("BEGIN IMMEDIATE")
                _prepare(connection)
            with connection:
                return work(connection)
    except sqlite3.OperationalError:
        raise  # busy, full, not to be written: the file is as it should be
    except sqlite3.DatabaseError as error:
        raise _Damaged from error


def _is_ready(connection: sqlite3.Connection) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise NotKept(
            "they were written by a newer version of the course; bring this one up to date",
            connection.execute("PRAGMA database_list").fetchone()[2],
        )
    if version == VERSION:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(event)")]
        if columns != ["id", "time", "body"]:
            raise _Damaged
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _Damaged
    elif connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise _Damaged  # another program's file
    return version == VERSION


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the table if the file is new. It happens inside the transaction, so once."""
    if not _is_ready(connection):
        connection.execute(SCHEMA)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _set_aside(path: Path) -> None:
    """Rename a damaged file, begin a new one with what can still be read, and leave a remark."""
    with FileLock(path.with_suffix(".lock")):
        # Another notebook may have been here in the meantime.
        with contextlib.suppress(_Damaged):
            _in_transaction(path, _read, reading=True)
            return
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = path.with_name(f"progress.damaged-{stamp}.sqlite")
        path.rename(aside)
        journal = path.with_name(f"{path.name}-journal")
        if journal.exists():
            journal.rename(aside.with_name(f"{aside.name}-journal"))
        saved = list(_salvage(aside))
        _in_transaction(path, lambda connection: connection.executemany(INSERT, saved))
        entries = "1 entry" if len(saved) == 1 else f"{len(saved)} entries"
        _remarks.append(
            f"The file of your progress was damaged. It is kept as {aside}; a new one is begun, "
            f"with the {entries} that could still be read."
        )


def _salvage(aside: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a damaged file that can be read and are events; the file is not touched."""
    # `immutable`: no lock, no journal, nothing written beside it.
    address = f"{aside.absolute().as_uri()}?immutable=1"
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(address, uri=True)) as connection,
    ):
        connection.text_factory = bytes
        for (body,) in connection.execute("SELECT body FROM event"):
            with contextlib.suppress(ValidationError, TypeError):
                event = _EVENT.validate_json(body)
                yield event.id, event.time.isoformat(), event.model_dump_json()


def _why(error: Exception) -> str:
    said = str(getattr(error, "strerror", None) or error)
    return {
        "attempt to write a readonly database": "its folder or file may not be written to",
        "unable to open database file": "its folder may not be written to",
        "database or disk is full": "the disk is full",
        "database is locked": "another notebook holds it",
    }.get(said, said)

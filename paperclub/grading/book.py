"""The gradebook: one SQLite file to which things are only ever added.

Submissions, gradings and decisions each have a time and, where a person acted, a name. A mark that
changed is a new row; the old one stays. Every step is one transaction, so that a kill at any moment
leaves either all of it or none.
"""

import contextlib
import getpass
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paperclub.errors import CourseError
from paperclub.grading.marks import Graded, graded_from

VERSION = 1
_TABLES = """
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY, week TEXT NOT NULL, student TEXT NOT NULL, name TEXT NOT NULL,
  file TEXT NOT NULL, digest TEXT NOT NULL, status TEXT NOT NULL, says TEXT NOT NULL,
  submitted TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL,
  UNIQUE (week, student, digest, submitted, file)
);
CREATE TABLE gradings (
  id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submissions (id),
  release TEXT NOT NULL, run INTEGER NOT NULL, complete INTEGER NOT NULL, graded TEXT NOT NULL,
  at TEXT NOT NULL, author TEXT NOT NULL,
  UNIQUE (submission, release, run)
);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, week TEXT NOT NULL, student TEXT NOT NULL,
  exercise TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
  author TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Submission:
    """A file that was handed in.

    Attributes:
        id: Its number in the gradebook.
        week: The week; empty where none is known.
        student: What names the student.
        name: The student's name as the export writes it.
        file: Where in the export it lay.
        digest: Of what it holds; empty where it was not kept.
        status: ``ok``, or what is wrong with it.
        says: That in one sentence.
        submitted: When, by the export, in UTC; empty where the export does not say.
    """

    id: int
    week: str
    student: str
    name: str
    file: str
    digest: str
    status: str
    says: str
    submitted: str


@dataclass(frozen=True)
class Grading:
    """A submission's marks, from one run."""

    submission: int
    release: str
    run: int
    complete: bool
    graded: Graded
    at: str


@dataclass(frozen=True)
class Decision:
    """Something that a person decided: points, a due time, an extension, a policy."""

    kind: str
    week: str
    student: str
    exercise: str
    value: str
    reason: str
    at: str
    author: str


class Book:
    """An open gradebook. Use it as a context manager."""

    def __init__(self, file: Path):
        """Open the file, or make it.

        Raises:
            CourseError: It is no gradebook, or was written by a newer course.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(file, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            with self._transaction():
                self._prepare(file)
        except sqlite3.DatabaseError as error:
            raise CourseError(f"{file} is no gradebook of this course: {error}.") from error

    def _prepare(self, file: Path) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise CourseError(f"{file} was written by a newer course; update this one.")
        if version == VERSION:
            return
        for statement in _TABLES.split(";\n"):
            self._db.execute(statement)
        for table in ("submissions", "gradings", "decisions"):
            for action in ("UPDATE", "DELETE"):
                self._db.execute(
                    f"CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, 'the gradebook is only ever added to'); END"
                )
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def add_submission(
        self, week: str, student: str, name: str, file: str, digest: str, status: str, says: str,
        submitted: str, source: str,
    ) -> bool:  # fmt: skip
        """Write a file down; return False if that very one is there already."""
        with self._transaction():
            done = self._db.execute(
                "INSERT OR IGNORE INTO submissions (week, student, name, file, digest, status, "
                "says, submitted, source, at, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (week, student, name, file, digest, status, says, submitted, source, now(), who()),
            )
        return done.rowcount == 1

    def submissions(self, week: str | None = None) -> list[Submission]:
        """Return what was handed in, in the order in which it was collected."""
        rows = self._db.execute(
            "SELECT id, week, student, name, file, digest, status, says, submitted "
            "FROM submissions WHERE ? IS NULL OR week = ? ORDER BY id",
            (week, week),
        )
        return [Submission(*row) for row in rows]

    def add_grading(
        self, submission: int, release: str, graded: Graded, complete: bool, again: bool = False
    ) -> bool:
        """Write marks down; without ``again``, only if there are no complete ones yet.

        Returns:
            Whether they were written.
        """
        with self._transaction():
            runs, done = self._db.execute(
                "SELECT COUNT(*), COALESCE(MAX(complete), 0) FROM gradings "
                "WHERE submission = ? AND release = ?",
                (submission, release),
            ).fetchone()
            if done and not again:
                return False
            text = json.dumps(graded.plain(), ensure_ascii=False)
            self._db.execute(
                "INSERT INTO gradings (submission, release, run, complete, graded, at, author) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (submission, release, runs + 1, complete, text, now(), who()),
            )
        return True

    def gradings(self, week: str) -> dict[int, Grading]:
        """Return the grading that holds of each submission of a week, by its number.

        That is the newest complete one; where there is none, the newest.
        """
        rows = self._db.execute(
            "SELECT g.submission, g.release, g.run, g.complete, g.graded, g.at FROM gradings g "
            "JOIN submissions s ON s.id = g.submission WHERE s.week = ? ORDER BY g.complete, g.id",
            (week,),
        )
        return {row[0]: _grading(row) for row in rows}

    def graded_with(self, week: str, release: str) -> set[int]:
        """Return the submissions that have complete marks from a release."""
        rows = self._db.execute(
            "SELECT g.submission FROM gradings g JOIN submissions s ON s.id = g.submission "
            "WHERE s.week = ? AND g.release = ? AND g.complete",
            (week, release),
        )
        return {submission for (submission,) in rows}

    def decide(self, decisions: Iterable[tuple[str, str, str, str, str, str]]) -> None:
        """Write down decisions: kind, week, student, exercise, value, reason."""
        with self._transaction():
            self._db.executemany(
                "INSERT INTO decisions (kind, week, student, exercise, value, reason, at, author) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(*one, now(), who()) for one in decisions],
            )

    def decisions(self) -> list[Decision]:
        """Return every decision, the oldest first."""
        rows = self._db.execute(
            "SELECT kind, week, student, exercise, value, reason, at, author FROM decisions "
            "ORDER BY id"
        )
        return [Decision(*row) for row in rows]


def _grading(row: tuple[Any, ...]) -> Grading:
    submission, release, run, complete, text, at = row
    return Grading(submission, release, run, bool(complete), graded_from(json.loads(text)), at)


def now() -> str:
    """Return the time in UTC, as the gradebook writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def who() -> str:
    """Return the name of the person at this machine, as far as the system knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"

"""Where a class lies: its secret, what was released, what was handed in, the gradebook."""

import functools
import hashlib
import hmac
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.exercises import recorded
from paperclub.exercises.notion import Exercise
from paperclub.files import write_atomically
from paperclub.grading.judging import Week
from paperclub.grading.notebook import asked_in, given_in

SEEDS = 5
SECRET_BYTES = 32


class ClassFolder:
    """The folder of one class. Back it up: the secret decides what the hidden cases are."""

    def __init__(self, root: Path | None = None):
        """Name the folder: ``root``, or what ``PAPERCLUB_CLASS`` names, or ``class/``."""
        named = os.environ.get("PAPERCLUB_CLASS")
        self.root = (root or (Path(named) if named else paths.ROOT / "class")).absolute()
        self.book = self.root / "gradebook.db"
        self.received = self.root / "received"
        self.feedback = self.root / "feedback"
        self.lock = self.root / "grading.lock"
        self.courses = self.root / "courses"

    def make(self) -> None:
        """Make the folder if it is missing, closed to other people of this machine."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self) -> bytes:
        """Return the class's secret, drawn at the first asking.

        Raises:
            CourseError: The file that holds it is damaged.
        """
        place = self.root / "secret"
        self.make()
        if not place.exists():
            write_atomically(place, secrets.token_hex(SECRET_BYTES) + "\n")
            place.chmod(0o600)
        try:
            found = bytes.fromhex(place.read_text("ascii").strip())
        except ValueError:
            found = b""
        if len(found) != SECRET_BYTES:
            raise CourseError(
                f"{place} is damaged. Take it from a backup: without it the hidden cases of what "
                "is released from now on are others."
            )
        return found

    def hidden_seeds(self, exercise: Exercise) -> tuple[int, ...]:
        """Return the seeds of an exercise's hidden cases: the same for everyone in the class."""
        return hidden_seeds(self.secret(), exercise.id)

    def keep_release(self, slug: str, id: str, files: dict[str, bytes]) -> bool:
        """Keep what a release is graded by; return False if that very release is there already."""
        place = self.released / slug / id
        if place.is_dir():
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".being-written-", dir=place.parent))
        try:
            for name, data in files.items():
                write_atomically(made / name, data)
            made.rename(place)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return True

    @property
    def released(self) -> Path:
        """Return where releases are kept."""
        return self.root / "released"

    def weeks(self) -> list[str]:
        """Return the weeks that were released, in alphabetical order."""
        return sorted(p.name for p in self.released.glob("*") if any(p.glob("*/release.json")))

    def release(self, slug: str) -> "Release":
        """Return the newest release of a week.

        Raises:
            CourseError: It was not released.
        """
        found = [
            Release(place, json.loads((place / "release.json").read_bytes()))
            for place in (self.released / slug).glob("[!.]*")
            if (place / "release.json").is_file()
        ]
        if not found:
            weeks = ", ".join(self.weeks()) or "none yet"
            raise CourseError(
                f"{slug!r} was not released to this class ({self.root}); released: {weeks}. "
                f"python course.py release {slug} --to DIR"
            )
        return max(found, key=lambda one: one.about["released"])

    def store(self, data: bytes) -> str:
        """Keep a file that was handed in, under the digest of what it holds; return that."""
        digest = hashlib.sha256(data).hexdigest()
        place = self.file(digest)
        if not place.exists():
            write_atomically(place, data)
        return digest

    def file(self, digest: str) -> Path:
        """Return where a file that was handed in lies."""
        return self.received / digest[:2] / digest


def hidden_seeds(secret: bytes, id: str) -> tuple[int, ...]:
    """Return the seeds of an exercise's hidden cases: HMAC-SHA256 of the secret and its id."""
    digests = (hmac.digest(secret, f"{id}:{step}".encode(), "sha256") for step in range(SEEDS))
    return tuple(int.from_bytes(digest[:4], "big") for digest in digests)


@dataclass(frozen=True)
class Release:
    """A week as it was released."""

    place: Path
    about: dict[str, Any]

    @property
    def id(self) -> str:
        """Return the name of this version."""
        return self.place.name

    @property
    def slug(self) -> str:
        """Return the week."""
        return self.place.parent.name

    @property
    def engine(self) -> str:
        """Return the name of what judges it."""
        return self.about["engine"]

    def parts(self) -> "Parts":
        """Return the bytes that grading needs."""
        return Parts(
            self.slug,
            (self.place / "exercises.ipynb").read_bytes(),
            (self.place / "hidden.cases").read_bytes(),
            (self.place / "practice.cases").read_bytes(),
            tuple(self.about["warm"]),
            self.engine,
        )


@dataclass(frozen=True)
class Parts:
    """A released week as bytes, so that another machine can grade it too."""

    slug: str
    notebook: bytes
    hidden: bytes
    practice: bytes
    warm: tuple[str, ...]
    engine: str


@functools.lru_cache(maxsize=4)
def week_of(parts: Parts) -> Week:
    """Return a released week as the grader needs it."""
    return Week(
        parts.slug,
        asked_in(parts.notebook),
        recorded.read(parts.hidden),
        recorded.read(parts.practice),
        parts.warm,
        given_in(parts.notebook),
    )

"""Where the course's notebooks lie, and where the learner's copies of them do."""

import contextlib
import difflib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.learner.cells import NotANotebook, Notebook, read_notebook

Kind = Literal["chapters", "exercises"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Place(NamedTuple):
    """A notebook of the course and where the learner's copy of it lies."""

    kind: Kind
    slug: str

    @property
    def name(self) -> str:
        """The key of the manifest, and the path below ``work/`` without its ending."""
        return f"{self.kind}/{self.slug}"

    @property
    def label(self) -> str:
        """What a person calls it."""
        return f"{self.slug}, {'chapter' if self.kind == 'chapters' else 'exercises'}"

    @property
    def source(self) -> Path:
        """The course's notebook."""
        return _folder(self.kind) / f"{self.slug}.ipynb"

    @property
    def copy(self) -> Path:
        """The learner's notebook."""
        return paths.WORK / self.kind / f"{self.slug}.ipynb"

    def read_source(self) -> Notebook:
        """Read the course's notebook.

        Raises:
            CourseError: It cannot be read.
        """
        try:
            return read_notebook(self.source.read_bytes())
        except (NotANotebook, OSError) as error:
            raise CourseError(
                f"The course's own {self.name}.ipynb cannot be read: {error}. If you did not mean "
                f"to change it, fetch it again: git checkout -- {self.name}.ipynb"
            ) from error

    def read_copy(self) -> Notebook | None:
        """Read the learner's notebook; ``None`` if nothing is there.

        Raises:
            NotANotebook: Something is there that is no notebook.
        """
        if self.copy.is_symlink() and not self.copy.exists():
            raise NotANotebook("it is a link to something that is gone")
        try:
            return read_notebook(self.copy.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = "it is a folder" if self.copy.is_dir() else f"{error.strerror or error}"
            raise NotANotebook(reason) from error

    def is_protected(self) -> bool:
        """Return whether the copy is a link or write-protected: the learner's own arrangement."""
        return self.copy.is_symlink() or not self.copy.stat().st_mode & stat.S_IWUSR

    def unreadable(self, reason: Exception) -> str:
        """Say what can be done about a copy that is not a notebook."""
        return (
            f"work/{self.name}.ipynb cannot be read as a notebook: {reason}. It is left as it is; "
            f"mend it, or start afresh, which keeps it: python course.py reset {self.slug}"
        )


def _folder(kind: Kind) -> Path:
    return paths.CHAPTERS if kind == "chapters" else paths.EXERCISES


def places() -> list[Place]:
    """Return every notebook that the course has for learners, by slug."""
    found = [
        Place(kind, path.stem)
        for kind in KINDS
        for path in _folder(kind).glob("*.ipynb")
        if path.is_file()
    ]
    return sorted(found, key=lambda place: (place.slug, place.kind))


def find_place(kind: Kind, slug: str) -> Place:
    """Return the place of a notebook that the course has.

    Raises:
        CourseError: It does not exist; the message lists those that do.
    """
    place = Place(kind, slug)
    known = [each.slug for each in places() if each.kind == kind]
    if slug in known:
        return place
    near = difflib.get_close_matches(slug, known, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    what = "chapter" if kind == "chapters" else "exercise notebook"
    listed = f"These exist: {', '.join(known)}." if known else "None is written yet."
    raise CourseError(f"There is no {what} called {slug!r}.{guess} {listed}")


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turn a folder that cannot be written to into a sentence.

    Raises:
        CourseError: The body raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"Your copies cannot be written: {error.strerror or error} "
            f"({error.filename or paths.WORK}). Nothing of yours was changed. Make room, or move "
            "the course to a folder that you may write to, and try again."
        ) from error

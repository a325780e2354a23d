"""Where everything lies: the checkout, and the reader's own data."""

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

from paperclub.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent
# Installed from a wheel, as students have it, the library carries what notebooks read of the book.
_CARRIED = Path(__file__).resolve().parent / "book"
BOOK = _CARRIED if _CARRIED.is_dir() else ROOT / "book"
CHAPTERS = ROOT / "chapters"
EXERCISES = ROOT / "exercises"
SOLUTIONS = ROOT / "solutions"
LEDGER = BOOK / "ledger"
MEASURED = BOOK / "measured.json"
BUILD = ROOT / "_build"
HTML = BUILD / "html"
WORK = ROOT / "work"


def user_data() -> Path:
    """Return the folder for what belongs to the person (progress, log), made if it is missing.

    ``PAPERCLUB_DATA`` names another folder, for tests and for shared machines.

    Raises:
        CourseError: The person has no home folder.
        OSError: The folder cannot be made.
    """
    folder = _folder_of_the_person("PAPERCLUB_DATA", platformdirs.user_data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def user_cache() -> Path:
    """Return the folder for what can be made again (de-quantised models); it may not exist yet.

    ``PAPERCLUB_CACHE`` names another folder, for tests and for shared machines.

    Raises:
        CourseError: The person has no home folder.
    """
    return _folder_of_the_person("PAPERCLUB_CACHE", platformdirs.user_cache_dir)


def _folder_of_the_person(variable: str, usual: Callable[..., str]) -> Path:
    named = os.environ.get(variable)
    try:
        return Path(named or usual("paperclub", False))
    except RuntimeError as error:  # some containers run as somebody whom the system does not know
        raise CourseError(
            "You have no home folder on this machine. Set the environment variable HOME to a "
            f"folder of yours, or {variable} to one for what the course keeps."
        ) from error

"""Finding a Firefox for the tests of the figures in a second browser engine."""

import os
import shutil
import sys
from pathlib import Path

from paperclub.checks.programs import can_install, install, named_by_hand

COMMANDS = ("firefox-esr", "firefox")


def find_firefox() -> Path | None:
    """Return the Firefox that is there, or None.

    ``PAPERCLUB_FIREFOX`` names one outright.

    Raises:
        CourseError: ``PAPERCLUB_FIREFOX`` names a file that does not exist.
    """
    named = named_by_hand("PAPERCLUB_FIREFOX", "a Firefox")
    return named or next((path for path in candidates() if path.is_file()), None)


def candidates() -> list[Path]:
    """Return where this system keeps its Firefox, the preferred first.

    macOS and Windows: not tested.
    """
    found = [Path(path) for command in COMMANDS if (path := shutil.which(command))]
    if sys.platform == "darwin":
        found.append(Path("/Applications/Firefox.app/Contents/MacOS/firefox"))
    if sys.platform == "win32" and (programs := os.environ.get("PROGRAMFILES")):
        found.append(Path(programs) / "Mozilla Firefox" / "firefox.exe")
    return found


def ensure_firefox() -> Path | None:
    """Return a Firefox or None; on Debian, as root, install one where there is none.

    Raises:
        CourseError: ``PAPERCLUB_FIREFOX`` names a file that does not exist.
    """
    found = find_firefox()
    if found is None and can_install():
        print("No Firefox found; installing firefox-esr through apt …", flush=True)
        install("firefox-esr")
        found = find_firefox()
    return found

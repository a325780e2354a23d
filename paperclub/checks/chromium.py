"""Finding a browser for the browser tests: Chromium, Chrome or Edge, whichever is there."""

import os
import shutil
import sys
from pathlib import Path

from paperclub.checks.programs import can_install, install, named_by_hand
from paperclub.errors import CourseError

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
MAC_APPS = ("Chromium", "Google Chrome", "Microsoft Edge")
WINDOWS_PROGRAMS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
# A browser that talks to nobody but the page: no update checks, no sign-in, no sync.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def flags() -> list[str]:
    """Return the command-line flags to start the browser with."""
    # Chromium's sandbox refuses to run as root, as on a build machine.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*FLAGS, "--no-sandbox"] if root else list(FLAGS)


def find_chromium() -> Path | None:
    """Return the browser that is there, or None.

    ``PAPERCLUB_CHROMIUM`` names one outright.

    Raises:
        CourseError: ``PAPERCLUB_CHROMIUM`` names a file that does not exist.
    """
    named = named_by_hand("PAPERCLUB_CHROMIUM", "a Chromium, Chrome or Edge")
    return named or next((path for path in candidates() if path.is_file()), None)


def candidates() -> list[Path]:
    """Return where this system keeps its browsers, the preferred first.

    macOS and Windows: not tested.
    """
    found = [Path(path) for command in COMMANDS if (path := shutil.which(command))]
    if sys.platform == "darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        found += [
            folder / f"{app}.app/Contents/MacOS/{app}" for app in MAC_APPS for folder in folders
        ]
    if sys.platform == "win32":
        variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        folders = [Path(os.environ[name]) for name in variables if os.environ.get(name)]
        found += [folder / program for program in WINDOWS_PROGRAMS for folder in folders]
    return found


def ensure_chromium() -> Path:
    """Return a browser; on Debian and Ubuntu, as root, install one where there is none.

    Raises:
        CourseError: There is none and none could be installed; the message says what to install.
    """
    found = find_chromium()
    if found is None and can_install():
        print("No browser found; installing Chromium through apt …", flush=True)
        install("chromium")
        found = find_chromium()
    if found is None:
        raise CourseError(
            "no Chromium, Chrome or Edge was found; install one of them (on Debian and Ubuntu: "
            "sudo apt-get install chromium) or name it in PAPERCLUB_CHROMIUM."
        )
    return found

"""Programs that the checks drive: named by hand, or installed with apt where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from paperclub.errors import CourseError


def named_by_hand(variable: str, what: str) -> Path | None:
    """Return the program that an environment variable names, or None where it names none.

    Raises:
        CourseError: The file that it names does not exist.
    """
    named = os.environ.get(variable)
    if not named:
        return None
    if not Path(named).is_file():
        raise CourseError(
            f"{variable} names {named}, which is not there; give the path of {what}, or unset it."
        )
    return Path(named)


def can_install() -> bool:
    """Tell whether this is root on a system with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str) -> None:
    """Install a package with apt; a failure leaves no program, which the caller reports."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-y", "--no-install-recommends"]
    for command in (["apt-get", "-qq", "update"], [*apt, "install", package]):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8",
            errors="replace", check=False,
        )  # fmt: skip
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no word why"])[-1]
            print(f"{' '.join(command)} failed: {last}", file=sys.stderr)

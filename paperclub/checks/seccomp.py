"""The system's libseccomp, which grading a class needs on Linux: found, or installed."""

import sys

from paperclub.checks.programs import can_install, install
from paperclub.errors import CourseError
from paperclub.grading.sandbox.seccomp import program

PACKAGE = "libseccomp2"


def ensure_libseccomp() -> None:
    """See that libseccomp is there; on Debian and Ubuntu, as root, install it where it is not.

    Where it cannot be had, the tests that need it say so themselves.
    """
    if sys.platform != "linux":
        return
    try:
        program()
    except CourseError:
        if can_install():
            print(f"No libseccomp found; installing {PACKAGE} through apt …", flush=True)
            install(PACKAGE)

"""The folders that sandboxes lie in: each is locked while it is in use, and goes when it is not."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "paperclub-sandbox-"


class Folder:
    """A temporary folder of this process, which no other takes for one that was left behind."""

    def __init__(self):
        made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
        self._held = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        # It has its name only now: whoever looks for what was left finds it locked already.
        self.path = made.rename(made.with_name(made.name[1:]))

    def remove(self) -> None:
        """Remove it, with all that is in it."""
        if self._held >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._held)
            self._held = -1


def remove_left_behind() -> None:
    """Remove the folders of this user's sandboxes that nobody holds: their graders were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # in use, another user's, or gone by now
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(held).st_uid == os.geteuid():
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)

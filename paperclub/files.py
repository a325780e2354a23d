"""Writing files so that an interruption loses nothing."""

import os
import tempfile
from pathlib import Path

from paperclub.errors import CourseError


def require_place(option: str, file: Path) -> None:
    """Make sure that ``file`` can be written, before the work whose result it is to hold.

    Args:
        option: What it was named with, for the message.
        file: Where something is to be written.

    Raises:
        CourseError: It is a folder, or its folder is not there.
    """
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise CourseError(f"{option} {file} is no place for a file; name one in a folder.")


def write_atomically(path: Path, content: str | bytes) -> None:
    r"""Write ``content`` to ``path`` in one step: a reader sees the old file or the new one.

    Text is written as UTF-8 with ``\n`` line ends. The folder of ``path`` is made if it is missing.

    Raises:
        OSError: The folder cannot be written to, or the disk is full; ``path`` is then unchanged.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; a written file gets the permissions that open() would give.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(path.stat().st_mode if path.exists() else 0o666 & ~umask)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

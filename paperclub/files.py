"""Writing files so that an interruption loses nothing."""

import os
import tempfile
from pathlib import Path


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

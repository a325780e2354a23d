"""Putting files where a person's work may lie: nothing that is there is ever written over."""

import contextlib
import datetime
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


def today() -> str:
    """Return today's date as it stands in file names, for example ``2026-11-22``."""
    return datetime.date.today().isoformat()


def create_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, whole or not at all.

    Raises:
        FileExistsError: Something lies at ``path``; it is untouched.
        OSError: The folder cannot be written to.
    """
    with _staged(path, content) as staged:
        _claim(staged, path)


def replace_if_same(path: Path, expected: bytes, content: bytes) -> bool:
    """Replace a file, unless it no longer holds what was expected.

    The new content is ready beside it before the last look, so that a notebook saved in the
    meantime is seen.

    Returns:
        Whether the file was replaced.
    """
    with _staged(path, content) as staged:
        if path.read_bytes() != expected:
            return False
        staged.replace(path)
    return True


def create_beside(path: Path, word: str, content: bytes) -> Path:
    """Write ``content`` beside ``path`` under a name that is free, and return it.

    For ``attention.ipynb`` and the word *new* it is ``attention (new 2026-11-22).ipynb``, then
    ``attention (new 2026-11-22 2).ipynb``.
    """
    number = 1
    while True:
        label = f"{word} {today()}" if number == 1 else f"{word} {today()} {number}"
        beside = path.with_name(f"{path.stem} ({label}){path.suffix}")
        try:
            create_new(beside, content)
        except FileExistsError:
            number += 1
        else:
            return beside


def keep_beside(path: Path) -> Path:
    """Give what lies at ``path`` (a file, a folder, a link) a name of its own, and return it.

    Afterwards ``path`` is free. The name is ``attention (kept 2026-11-22 1).ipynb``, with the
    first number that is free.
    """
    kept = next_kept(path)
    while True:
        try:
            if stat.S_ISREG(path.lstat().st_mode):
                _claim(path, kept)
                path.unlink()
            else:
                path.rename(kept)
        except FileExistsError:
            kept = next_kept(path)
        else:
            return kept


def next_kept(path: Path) -> Path:
    """Return the name under which ``keep_beside`` would keep what lies at ``path``."""
    number = 1
    while True:
        kept = path.with_name(f"{path.stem} (kept {today()} {number}){path.suffix}")
        if not kept.exists() and not kept.is_symlink():
            return kept
        number += 1


def _claim(source: Path, path: Path) -> None:
    """Let ``path`` name the file ``source`` too; unlike a rename, this never replaces a file."""
    try:
        os.link(source, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links (FAT, some network folders).
        content = source.read_bytes()
        with path.open("xb") as file:
            written = 0
            try:
                written = file.write(content)
            finally:
                file.close()
                if written != len(content):
                    path.unlink()


@contextlib.contextmanager
def _staged(path: Path, content: bytes) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(path.stat().st_mode if path.exists() else 0o644)
        yield staged
    finally:
        staged.unlink(missing_ok=True)

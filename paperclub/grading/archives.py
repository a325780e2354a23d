"""Going through what an export holds, without unpacking any of it to the disk."""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from paperclub.errors import CourseError
from paperclub.grading.notebook import LARGEST

ENTRIES = 50_000
LINK = "It is a link to another place; links are not read."
ALL = 16 << 30  # bytes of all files together
NOISE = ("__MACOSX", ".DS_Store", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini", ".git")


@dataclass(frozen=True)
class Entry:
    """A file of an export.

    Attributes:
        parts: Its place in the export, part by part.
        data: What it holds; None where that was not read.
        status: Why it was not read, in one word; ``ok`` otherwise.
        says: That in one sentence.
    """

    parts: tuple[str, ...]
    data: bytes | None
    status: str = "ok"
    says: str = ""

    @property
    def path(self) -> str:
        """Return its place as text."""
        return "/".join(self.parts)


def entries(source: Path) -> Iterator[Entry]:
    """Return every file of a folder or ZIP archive that a person could have meant.

    Raises:
        CourseError: ``source`` is neither, or not there.
    """
    if source.is_dir():
        return _in_folder(source)
    if not source.is_file():
        raise CourseError(f"{source} is not there; name a folder or a ZIP file of submissions.")
    if not zipfile.is_zipfile(source):
        raise CourseError(
            f"{source} is no ZIP file. Name a folder of submissions, or the archive as it was "
            "downloaded; one of another kind has to be unpacked first."
        )
    return _in_zip(source)


def _in_folder(root: Path) -> Iterator[Entry]:
    left = ALL
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in NOISE)
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(folder) / name
            if name in NOISE:
                continue
            entry = _file(path, path.relative_to(root).parts, left)
            left -= len(entry.data or b"")
            yield entry


def _file(path: Path, parts: tuple[str, ...], left: int) -> Entry:
    parts = tuple(part.encode("utf-8", "replace").decode("utf-8") for part in parts)
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            return Entry(parts, None, "a-link", LINK)
        if not stat.S_ISREG(about.st_mode):
            return Entry(parts, None, "not-a-file", "It is no ordinary file.")
        if about.st_size > min(LARGEST, left):
            return Entry(parts, None, *_too_large(about.st_size))
        # Not through a link that came in meanwhile.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            return Entry(parts, file.read(LARGEST + 1))
    except OSError as error:
        return Entry(parts, None, "unreadable", f"It cannot be read: {error.strerror}.")


def _too_large(size: int) -> tuple[str, str]:
    return "too-large", f"It has {size >> 20} MB; {LARGEST >> 20} MB are read at most."


def _in_zip(source: Path) -> Iterator[Entry]:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.infolist()
            if len(names) > ENTRIES:
                raise CourseError(f"{source} holds {len(names)} files; {ENTRIES} are read at most.")
            left = ALL
            for info in names:
                if info.is_dir():
                    continue
                entry = _zipped(archive, info, left)
                if entry is not None:
                    left -= len(entry.data or b"")
                    yield entry
    except (zipfile.BadZipFile, OSError) as error:
        raise CourseError(f"{source} is damaged: {error}. Download it again.") from error


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> Entry | None:
    name = info.filename.replace("\\", "/").encode("utf-8", "replace").decode("utf-8")
    parts = tuple(part for part in PurePosixPath(name).parts if part not in ("/", "."))
    if any(part in NOISE for part in parts) or not parts:
        return None
    if name.startswith("/") or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":"):
        says = "Its path climbs out of the archive; it was not read."
        return Entry(tuple(part for part in parts if part != ".."), None, "unsafe-path", says)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Entry(parts, None, "a-link", LINK)
    if info.flag_bits & 1:
        return Entry(parts, None, "encrypted", "It is locked by a password.")
    if info.file_size > min(LARGEST, left):
        return Entry(parts, None, *_too_large(info.file_size))
    try:
        with archive.open(info) as file:
            data = file.read(min(LARGEST, left) + 1)  # it may hold more than it announces
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        return Entry(parts, None, "damaged", "It cannot be unpacked.")
    if len(data) > min(LARGEST, left):
        return Entry(parts, None, *_too_large(len(data)))
    return Entry(parts, data)

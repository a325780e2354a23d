"""Whose file is it? The ways in which exports name students, attempts and weeks."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

MOODLE = re.compile(
    r"^(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)$"
)
CANVAS = re.compile(
    r"^(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)$"
)
ROOTS = ("submitted", "submissions")


@dataclass(frozen=True)
class Sender:
    """Who handed a file in, as the export says.

    Attributes:
        student: What names the student: the export's number, or the folder's name.
        name: The name as it is written there.
        layout: ``moodle``, ``canvas``, ``nbgrader``, ``folders`` or ``files``.
        late: Does the export itself call it late?
    """

    student: str
    name: str
    layout: str
    late: bool = False


def sender(parts: tuple[str, ...], common: int, weeks: list[str]) -> Sender:
    """Return who handed in the file at ``parts``.

    Args:
        parts: Its place in the export.
        common: How many folders all files of the export share at its front.
        weeks: The weeks that were released; nbgrader has a folder for each.
    """
    parts = tuple(unicodedata.normalize("NFC", part) for part in parts)
    for part in parts:
        if found := MOODLE.match(part):
            return Sender(found["number"], found["name"], "moodle")
    if found := CANVAS.match(parts[-1]):
        return Sender(found["number"], found["name"], "canvas", bool(found["late"]))
    for place, part in enumerate(parts[:-1]):
        if part in weeks and place >= 1:
            return Sender(parts[place - 1], parts[place - 1], "nbgrader")
    inner = parts[common:]
    if inner and inner[0] in ROOTS and len(inner) > 2:
        inner = inner[1:]
    if len(inner) > 1:
        return Sender(inner[0], inner[0], "folders")
    stem = PurePosixPath(parts[-1]).name.partition(".")[0] or parts[-1]
    return Sender(stem, stem, "files")


def clean(one: Sender) -> Sender:
    """Return the same with names that stand on one line and have an end."""
    return replace(one, student=_line(one.student), name=_line(one.name))


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).strip()[:120] or "?"


def shared(paths: list[tuple[str, ...]], weeks: list[str]) -> int:
    """Return how many folders all paths share at their front, but for one that names a student.

    An export is often one folder with everything in it; a class of one student has a folder, too.
    """
    folders = [path[:-1] for path in paths]
    if not folders:
        return 0
    count = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1 or level[0] in weeks or MOODLE.match(level[0]):
            break
        count += 1
    deepest = min(map(len, folders))
    if count < deepest or count == 0:
        return count
    # All lie in one folder: attempts of one student, if they are named for the week; else files
    # that are each named for a student.
    named_for_week = any(path[-1].startswith(tuple(weeks)) for path in paths) if weeks else False
    return count - 1 if named_for_week or len(paths) == 1 else count

"""What a notebook's cells say, apart from what running them left behind.

Two notebooks say the same when their cells have the same ids, kinds, sources and attachments in the
same order. Outputs, counters, widget state and metadata are not compared: running a notebook, or
folding a cell, is not an answer. Cells with nothing in them are passed over, because Shift-Enter on
the last cell adds one.
"""

import hashlib
import json
from collections import Counter
from typing import Any

from pydantic import BaseModel


class NotANotebook(ValueError):
    """The bytes are not a notebook; the message says how one sees it."""


class CellMark(BaseModel, frozen=True, extra="forbid"):
    """What is remembered of a cell: enough to see a change and to say where it is."""

    id: str
    digest: str
    heading: str


class Notebook(BaseModel, frozen=True):
    """A notebook as it lies on disk, with the marks of its cells."""

    raw: bytes
    cells: tuple[CellMark, ...]
    has_run: bool


def read_notebook(raw: bytes) -> Notebook:
    """Read the cells of a notebook.

    Raises:
        NotANotebook: ``raw`` is not JSON, or not a notebook of format 4.
    """
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        reason = f"it is not JSON: {error}" if raw.strip() else "it is empty"
        raise NotANotebook(reason) from error
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NotANotebook("it has no list of cells")
    marks = []
    heading = ""
    for cell in cells:
        source = _source(cell)
        if cell.get("cell_type") == "markdown":
            heading = _last_heading(source) or heading
        if source.strip() or cell.get("attachments"):
            marks.append(_mark(cell, source, heading))
    # Not the outputs: the course's own notebooks bring some along.
    has_run = any(cell.get("execution_count") for cell in cells)
    return Notebook(raw=raw, cells=tuple(marks), has_run=has_run)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotANotebook("a cell's source is not text")
    return source


def _mark(cell: dict[str, Any], source: str, heading: str) -> CellMark:
    said = [cell.get("cell_type"), source, cell.get("attachments") or {}]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    # Notebooks older than format 4.5 have no ids: what the cell says stands in for it.
    return CellMark(id=str(cell.get("id") or digest[:16]), digest=digest, heading=heading)


def _last_heading(markdown: str) -> str:
    found = ""
    fenced = False
    for line in markdown.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and line.startswith("#"):
            found = line.lstrip("#").strip() or found
    return found


def same(first: tuple[CellMark, ...], second: tuple[CellMark, ...]) -> bool:
    """Return whether two notebooks say the same."""
    return [(mark.id, mark.digest) for mark in first] == [(mark.id, mark.digest) for mark in second]


def fingerprint(cells: tuple[CellMark, ...]) -> str:
    """Return one hash for all that a notebook's cells say."""
    marks = json.dumps([(mark.id, mark.digest) for mark in cells])
    return hashlib.sha256(marks.encode()).hexdigest()


def changes(old: tuple[CellMark, ...], new: tuple[CellMark, ...]) -> list[str]:
    """Say what differs between two versions, one line for each heading.

    Returns:
        Lines such as ``Train it: 2 cells changed, 1 added``; empty if they say the same.
    """
    if same(old, new):
        return []
    before = {mark.id: mark.digest for mark in old}
    after = {mark.id for mark in new}
    found: dict[str, Counter[str]] = {}
    for mark in new:
        if mark.id not in before:
            found.setdefault(mark.heading, Counter())["added"] += 1
        elif before[mark.id] != mark.digest:
            found.setdefault(mark.heading, Counter())["changed"] += 1
    for mark in old:
        if mark.id not in after:
            found.setdefault(mark.heading, Counter())["removed"] += 1
    if not found:
        return ["the order of the cells"]
    return [f"{heading or 'The opening'}: {_count(counts)}" for heading, counts in found.items()]


def _count(counts: Counter[str]) -> str:
    words: list[str] = []
    for word in ("changed", "added", "removed"):
        if number := counts[word]:
            noun = "" if words else " cell" if number == 1 else " cells"
            words.append(f"{number}{noun} {word}")
    return ", ".join(words)

"""The learner's own copies of chapters and exercises, in ``work/``.

A copy is *touched* when its cells differ from the version it was made from (see
``paperclub.learner.cells``). ``update`` replaces only copies that are not touched. Their outputs go
with them: the cells that made them have changed, and running the notebook makes new ones. Every
other copy is left exactly as it is, and what is new lies down beside it.
"""

import contextlib
import datetime
import sys
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm

from paperclub.errors import CourseError
from paperclub.learner.cells import (
    NotANotebook,
    Notebook,
    changes,
    fingerprint,
    read_notebook,
    same,
)
from paperclub.learner.manifest import Copy, Manifest, load_manifest, peek_manifest
from paperclub.learner.places import Kind, Place, find_place, places, said_plainly
from paperclub.learner.placing import (
    create_beside,
    create_new,
    keep_beside,
    next_kept,
    replace_if_same,
)


class CopyState(NamedTuple):
    """What can be seen of a copy: nothing is claimed that is not in the file or the manifest."""

    exists: bool = False
    opened: datetime.datetime | None = None
    has_run: bool = False
    touched: bool = False
    newer: bool = False
    trouble: str | None = None


def ensure_copies() -> list[str]:
    """Make the copies that are missing; those that are there stay as they are.

    Returns:
        Sentences about what is worth knowing: a damaged list of copies, a broken notebook.

    Raises:
        CourseError: ``work/`` cannot be written to.
    """
    with said_plainly():
        manifest, remark = load_manifest()
        remarks = [remark] if remark else []
        for place in places():
            try:
                if not _make_if_missing(place, manifest) and place.name not in manifest.copies:
                    _recognise(place, manifest)
            except CourseError as error:
                remarks.append(str(error))
        manifest.save()
    return remarks


def open_copy(kind: Kind, slug: str) -> Path:
    """Return the learner's copy, made now if it is missing, and note that it was opened.

    Raises:
        CourseError: There is no such notebook, or what lies there is not a notebook.
    """
    place = find_place(kind, slug)
    with said_plainly():
        manifest, _ = load_manifest()
        _make_if_missing(place, manifest)
        entry = manifest.copies.setdefault(place.name, Copy())
        entry.opened = datetime.datetime.now(datetime.UTC)
        manifest.save()
    try:
        place.read_copy()
    except NotANotebook as error:
        raise CourseError(place.unreadable(error)) from error
    return place.copy


def copy_states() -> dict[Place, CopyState]:
    """Look at every copy, without making or changing any."""
    manifest = peek_manifest()
    return {place: _state(place, manifest.copies.get(place.name, Copy())) for place in places()}


def update() -> None:
    """Bring newer chapters and exercises into ``work/`` and say what changed.

    Raises:
        CourseError: A notebook could not be read or written; all others are up to date.
    """
    console = Console(soft_wrap=True, highlight=False)
    with said_plainly():
        manifest, remark = load_manifest()
    lines = [[remark]] if remark else []
    troubles = []
    for place in places():
        try:
            with said_plainly():
                if said := _bring(place, manifest):
                    lines.append([f"{place.label}: {said[0]}", *said[1:]])
                manifest.save()
        except CourseError as error:
            troubles.append(str(error))
    for first, *rest in lines:
        console.print(escape(first))
        for line in rest:
            console.print(f"  {escape(line)}")
    if troubles:
        raise CourseError("\n".join(dict.fromkeys(troubles)))
    if not lines:
        console.print("Your copies are up to date.")


def reset(slug: str, ask: bool = True) -> None:
    """Start a week afresh: old copies are kept beside the new ones.

    Raises:
        CourseError: The week is unknown, or nobody is there to be asked.
    """
    console = Console(soft_wrap=True, highlight=False)
    find_place("chapters", slug)
    week = [place for place in places() if place.slug == slug]
    worn = [place for place in week if _is_worn(place)]
    for place in worn:
        kept = next_kept(place.copy).name
        console.print(f"work/{place.name}.ipynb will be kept as {escape(kept)}")
    if worn and ask:
        if not sys.stdin.isatty():
            raise CourseError(
                "reset asks before it changes anything, and nobody can answer here. Nothing was "
                f"changed. To go ahead without being asked: python course.py reset {slug} --yes"
            )
        if not Confirm.ask("Make fresh copies?", default=False, console=console):
            console.print("Nothing was changed.")
            return
    with said_plainly():
        manifest, _ = load_manifest()
        for place in week:
            source = place.read_source()
            if place in worn:
                keep_beside(place.copy)
            _make_if_missing(place, manifest)
            manifest.copies[place.name] = Copy(cells=source.cells)
        manifest.save()
    console.print(
        f"Fresh copies of {slug} are in work/."
        if worn
        else f"Your copies of {slug} are as the course has them."
    )


def _make_if_missing(place: Place, manifest: Manifest) -> bool:
    """Copy the course's notebook if the learner has none; return whether that was so."""
    if place.copy.exists() or place.copy.is_symlink():
        return False
    source = place.read_source()
    try:
        create_new(place.copy, source.raw)
    except FileExistsError:
        return False
    opened = manifest.copies.get(place.name, Copy()).opened
    manifest.copies[place.name] = Copy(cells=source.cells, opened=opened)
    return True


def _recognise(place: Place, manifest: Manifest) -> None:
    """Note a copy that nothing is known of, if it says what the course's notebook says."""
    source = place.read_source()
    with contextlib.suppress(NotANotebook):
        held = place.read_copy()
        if held and same(held.cells, source.cells):
            manifest.copies[place.name] = Copy(cells=source.cells)


def _state(place: Place, entry: Copy) -> CopyState:
    try:
        held = place.read_copy()
        source = place.read_source()
    except NotANotebook as error:
        return CopyState(True, entry.opened, touched=True, trouble=place.unreadable(error))
    except CourseError as error:
        return CopyState(place.copy.exists(), entry.opened, trouble=str(error))
    if held is None:
        return CopyState(opened=entry.opened)
    return CopyState(
        exists=True,
        opened=entry.opened,
        has_run=held.has_run,
        touched=_is_touched(held, source, entry),
        newer=not same(held.cells, source.cells) and _is_news(source, entry),
    )


def _is_touched(held: Notebook, source: Notebook, entry: Copy) -> bool:
    return not same(held.cells, source.cells) and not same(held.cells, entry.cells)


def _is_news(source: Notebook, entry: Copy) -> bool:
    """Return whether the learner has neither copied nor been brought this version."""
    return not same(source.cells, entry.cells) and fingerprint(source.cells) != entry.offered


def _is_worn(place: Place) -> bool:
    """Return whether a fresh copy would differ from what lies there."""
    try:
        held = place.read_copy()
    except NotANotebook:
        return True
    return held is not None and held.raw != place.read_source().raw


def _bring(place: Place, manifest: Manifest) -> list[str]:
    """Bring one copy up to date; return what to say, nothing if nothing is new."""
    source = place.read_source()
    if _make_if_missing(place, manifest):
        return [f"new: work/{place.name}.ipynb"]
    entry = manifest.copies.setdefault(place.name, Copy())
    try:
        held = place.read_copy()
    except NotANotebook as error:
        return [place.unreadable(error), *_offer(place, source, entry)]
    if held and same(held.cells, source.cells):
        entry.cells = source.cells
        return []
    untouched = held and same(held.cells, entry.cells) and not place.is_protected()
    if held and untouched and replace_if_same(place.copy, held.raw, source.raw):
        news = changes(entry.cells, source.cells)
        entry.cells, entry.offered = source.cells, None
        return ["refreshed; you had not changed it", *news]
    return _offer(place, source, entry)


def _offer(place: Place, source: Notebook, entry: Copy) -> list[str]:
    """Lay a newer version beside the learner's own, once."""
    if not _is_news(source, entry):
        return []
    if any(_says(path, source) for path in place.copy.parent.glob(f"{place.slug} (new *).ipynb")):
        entry.offered = fingerprint(source.cells)
        return []
    beside = create_beside(place.copy, "new", source.raw)
    entry.offered = fingerprint(source.cells)
    news = changes(entry.cells, source.cells) if entry.cells else []
    return [f"yours stays as it is; the newer version is {beside.name} beside it", *news]


def _says(path: Path, source: Notebook) -> bool:
    """Return whether a notebook that was brought in before says what the course's says now."""
    try:
        return same(read_notebook(path.read_bytes()).cells, source.cells)
    except (NotANotebook, OSError):
        return False

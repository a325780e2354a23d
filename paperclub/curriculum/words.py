"""Looking up a word of the glossary, and setting an entry as Markdown."""

import re
from collections.abc import Iterable

from paperclub.curriculum.checked_yaml import suggest
from paperclub.curriculum.load import glossary, syllabus
from paperclub.curriculum.models import GlossaryEntry
from paperclub.errors import CourseError


def find_entry(word: str) -> GlossaryEntry:
    """Return the entry of a word: its term or another name of it, in any case, one or many.

    The entry's question finds it too.

    Raises:
        CourseError: There is none; near matches are named.
    """
    entries = {
        key: entry for entry in glossary() for key in _keys([*_names(entry), entry.question])
    }
    for key in _keys([word]):
        if key in entries:
            return entries[key]
    names = [name for entry in glossary() for name in _names(entry)]
    holding = [name for name in names if _key(word) and _key(word) in _key(name)]
    if holding:
        near = f"Did you mean {' or '.join(holding[:3])}?"
    else:
        near = suggest(word.strip().lower(), [name.lower() for name in names])
    raise CourseError(f"The glossary has no entry {word!r}. {near} explain() lists them all.")


def entry_markdown(entry: GlossaryEntry) -> str:
    """Return an entry below its term: question, three sentences, other names, and its week.

    Links are relative to a folder beside ``chapters/``.
    """
    week = syllabus().week(entry.week)
    shown = f"[{plain(week.title)}](../chapters/{week.slug}.ipynb)"
    if not week.written:
        shown = f"{plain(week.title)} (*planned*)"
    also = f"\n\nAlso: {plain(', '.join(entry.also))}." if entry.also else ""
    return f"*{plain(entry.question)}*\n\n{plain(' '.join(entry.answer))}{also}\n\nSee it: {shown}"


def plain(text: str) -> str:
    """Return ``text`` so that Markdown shows it as these characters."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|$~&:-])", r"\\\1", text)


def _names(entry: GlossaryEntry) -> list[str]:
    return [entry.term, *entry.also]


def _keys(names: Iterable[str]) -> list[str]:
    """Return what names are compared by, in the singular too."""
    keys = [_key(name) for name in names]
    return keys + [key[:-1] for key in keys if key.endswith("s")]


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()

"""Asking for a word in a notebook."""

from dataclasses import dataclass

from paperclub.curriculum import GlossaryEntry, glossary, syllabus
from paperclub.curriculum.words import entry_markdown, find_entry, plain


@dataclass(frozen=True)
class Explanation:
    """An entry of the glossary, as a notebook and as a terminal show it."""

    entry: GlossaryEntry

    def _repr_markdown_(self) -> str:
        book = f"[the glossary](../book/glossary.md#{self.entry.anchor})"
        return f"**{plain(self.entry.term)}**\n\n{entry_markdown(self.entry)} · in {book}"

    def __repr__(self) -> str:
        week = syllabus().week(self.entry.week)
        planned = "" if week.written else " (planned)"
        answer = " ".join(self.entry.answer)
        return f"{self.entry.term}: {answer}\nSee it: {week.title}{planned}"


@dataclass(frozen=True)
class Words:
    """All words that can be asked for."""

    entries: tuple[GlossaryEntry, ...]

    def _repr_markdown_(self) -> str:
        lines = (f"- {plain(entry.term)}: *{plain(entry.question)}*" for entry in self.entries)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return "\n".join(f"{entry.term}: {entry.question}" for entry in self.entries)


def explain(word: str | None = None) -> Explanation | Words:
    """Explain a word in three sentences, with the week that shows it; without a word, list all.

    Raises:
        CourseError: The glossary has no such entry; near matches are named.
    """
    if word is None:
        return Words(tuple(sorted(glossary(), key=lambda entry: entry.term.lower())))
    return Explanation(find_entry(str(word)))

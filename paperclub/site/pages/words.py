"""The glossary, as Markdown: its headings join the page's contents and can be linked to."""

from paperclub.curriculum import glossary
from paperclub.curriculum.words import entry_markdown, plain


def words_markdown() -> str:
    """Return every entry under its term, in alphabetical order."""
    return "\n\n".join(
        f"## {plain(entry.term)}\n\n{entry_markdown(entry)}"
        for entry in sorted(glossary(), key=lambda entry: entry.term.lower())
    )

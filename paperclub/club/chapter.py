"""What an agenda takes from a chapter: the parts of its notebook that were written for a group."""

import re
from dataclasses import dataclass

import nbformat

from paperclub import paths
from paperclub.curriculum import Week

HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
ROW = re.compile(r"^\| *(\d+) *[–-] *(\d+) *\|([^|]*)\|([^|]*)\|", re.MULTILINE)
FOLD = re.compile(r"</?(?:details|summary)[^>]*>")
SUMMARY = re.compile(r"<summary>(?:For the facilitator: )?(.*?)</summary>")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True)
class Stop:
    """A row of the run of show, in minutes from the beginning."""

    start: int
    end: int
    what: str
    where: str


@dataclass(frozen=True)
class GroupParts:
    """A chapter's parts for a group, as Markdown; what a chapter lacks is empty.

    Attributes:
        stops: The run of show.
        first_pass: The section on how to read the paper: three passes, five Cs, three questions.
        bring: What the room demonstration needs.
        demo: The room demonstration.
        notes: Where rooms get stuck, and what can go wrong live.
        answers: The stop questions and what to expect.
        discuss: The questions in their two kinds.
    """

    stops: tuple[Stop, ...] = ()
    first_pass: str = ""
    bring: str = ""
    demo: str = ""
    notes: str = ""
    answers: str = ""
    discuss: str = ""


def group_parts(week: Week) -> GroupParts:
    """Return what a week's chapter holds for a group; nothing for a week that is planned."""
    if not week.written:
        return GroupParts()
    notebook = nbformat.read(paths.CHAPTERS / f"{week.slug}.ipynb", as_version=4)
    text = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    kit = [cell.source for cell in text if "facilitator" in cell.metadata.get("tags", [])]
    lesson = "\n\n".join(
        cell.source for cell in text if "facilitator" not in cell.metadata.get("tags", [])
    )
    notes = "\n\n".join(FOLD.sub("", cell) for cell in kit)
    return GroupParts(
        stops=tuple(
            Stop(int(start), int(end), _plain(what), _plain(where))
            for start, end, what, where in ROW.findall(notes)
        ),
        first_pass=_section(lesson, "How to read"),
        bring=_paragraphs(notes, "Bring"),
        demo=_paragraphs(notes, "Room demo"),
        notes=_paragraphs(notes, "Where rooms get stuck", "What can go wrong live"),
        answers="\n\n".join([_paragraphs(notes, "Stop questions"), *map(_answers, kit[1:])]),
        discuss=_section(lesson, "Discuss"),
    )


def _answers(cell: str) -> str:
    """Return a later cell of the kit, which keeps what nobody should read before predicting."""
    text = SUMMARY.sub(lambda found: f"\n## {found[1].capitalize()}\n", cell)
    return _unlinked(FOLD.sub("", text).strip())


def _section(text: str, opens: str) -> str:
    """Return what stands under the heading that opens so, without links into the book."""
    heads = list(HEADING.finditer(text))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        if head[1].startswith(opens):
            return _unlinked(text[head.end() : after.start() if after else None].strip())
    return ""


def _paragraphs(text: str, *openings: str) -> str:
    """Return the paragraphs that open with one of some words in bold."""
    found = [
        part.strip()
        for part in text.split("\n\n")
        if any(part.strip().startswith(f"**{opening}") for opening in openings)
    ]
    return _unlinked("\n\n".join(found))


def _unlinked(text: str) -> str:
    """Drop what means something on the chapter's page only: links within it, formulas' marks."""
    text = re.sub(r"\[([^\]]+)\]\((?!https?://)[^)]*\)", r"\1", text)
    return re.sub(r"\$([^$\n]+)\$", r"*\1*", text)


def _plain(text: str) -> str:
    return LINK.sub(r"\1", text).strip()

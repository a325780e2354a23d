"""What was said and found in a session, as far as people want it kept."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from paperclub.club.models import Club, People
from paperclub.club.printing import TEMPLATES
from paperclub.club.rota import rota
from paperclub.club.sessions import in_order_of_time, session_of
from paperclub.curriculum.checked_yaml import Entry, YamlFile, suggest
from paperclub.curriculum.models import Slug, Text
from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.ledger import ledgers

RECORDS = "records"
SECTIONS = (
    "Claims tested in the room",
    "Room demo",
    "Disagreements",
    "Unanswered questions",
    "Links",
    "Next week",
)
FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
ITEM = re.compile(r"^[-*] +(.+?) *$", re.MULTILINE)
DEMO = "Room demo"
MOST_OF_A_LINE = 4_000  # characters
HINT = "A question goes to next week's session, or to the week that you name behind it: → SLUG."
# What Markdown would take as its own: in a figure's line these are only characters.
MARKS = re.compile(r"([\\`*_\[\]<>&#~|])")
OPENING = re.compile(r"^(?:([+=-])|(\d+)([.)]))")
TARGET = re.compile(r"(?:→|->) *([a-z0-9-]+) *$")


class Front(Entry):
    """The head of a record."""

    week: Slug
    date: date
    led_by: Text | None = None
    came: Annotated[int, Field(ge=0, le=10_000)] | None = None


@dataclass(frozen=True)
class Record:
    """One session's record: its head, and what stands under each heading."""

    file: Path
    front: Front
    sections: dict[str, str]

    @property
    def questions(self) -> list[tuple[str, str]]:
        """The unanswered questions, each with the week that it is meant for; "" for the next."""
        found = []
        for line in ITEM.findall(self.sections.get("Unanswered questions", "")):
            target = TARGET.search(line)
            text = line[: target.start()].strip() if target else line
            found.append((text, target[1] if target else ""))
        return found


def begin_record(folder: Path, club: Club, people: People, slug: str) -> tuple[Path, bool]:
    """Begin a week's record from the template; one that exists is left as it is.

    Returns:
        Its file, and whether it is new.

    Raises:
        CourseError: The group does not take that week up, or an earlier record is broken.
    """
    session = session_of(club, slug)
    earlier = read_records(folder)
    there = next((one for one in earlier if one.front.week == slug), None)
    if there:
        return there.file, False
    slot = next((one for one in rota(club, people) if one.session.week.slug == slug), None)
    claims = [
        (name, definition.says)
        for ledger in ledgers()
        if ledger.slug == slug
        for name, definition in ledger.claims.items()
    ]
    text = TEMPLATES.get_template("record.md").render(
        week=session.week,
        day=session.day,
        led_by=slot.name if slot and slot.agreed else None,
        claims=claims,
        hint=HINT,
        carried=carried_over(earlier, club, slug),
    )
    file = folder / RECORDS / f"{session.day:%Y-%m-%d}-{slug}.md"
    write_atomically(file, text)
    return file, True


def add_demos(file: Path, lines: list[str]) -> int:
    """Put lines that a room's figures gave under the record's heading *Room demo*.

    A line's text is data: what Markdown would take for marks is written as characters. One that
    stands there already is not put in twice.

    Args:
        file: The record; everything else in it stays as it is.
        lines: As the figures give them, with or without the hyphen in front.

    Returns:
        How many are new.

    Raises:
        CourseError: A line is empty, or too long; or the record has no such heading. Nothing is
            written then.
    """
    items = [f"- {_as_characters(line)}" for line in lines]
    record = read_record(file)
    # read_record took the file as UTF-8 and its line ends as \n; a head that ends in \r\n keeps it.
    text = file.read_bytes().decode("utf-8")
    heading = re.search(rf"^## +{DEMO} *\r?$", text, re.MULTILINE)
    if DEMO not in record.sections or heading is None:
        raise CourseError(
            f"{file} has no heading '## {DEMO}' to put the line under. Write that heading in, and "
            "try again; nothing was changed."
        )
    there = record.sections[DEMO].splitlines()
    new = [item for item in dict.fromkeys(items) if item not in there]
    if not new:
        return 0
    end = "\r\n" if "\r\n" in text else "\n"
    after = re.search(r"^## ", text[heading.end() :], re.MULTILINE)
    at = heading.end() + after.start() if after else len(text)
    before = text[:at].rstrip()
    gap = end if there else end * 2
    rest = end * 2 + text[at:] if after else end
    write_atomically(file, f"{before}{gap}{end.join(new)}{rest}".encode())
    return len(new)


def _as_characters(line: str) -> str:
    text = " ".join(line.split())
    text = text.removeprefix("- ")
    if not text or text == "-":
        raise CourseError(
            "The line for the record is empty. Copy it from the figure, and paste it."
        )
    if len(text) > MOST_OF_A_LINE:
        raise CourseError(
            f"The line for the record has {len(text)} characters; at most {MOST_OF_A_LINE} fit. "
            "Write it into the record by hand."
        )
    text = MARKS.sub(r"\\\1", "".join(one for one in text if one.isprintable()))
    return OPENING.sub(
        lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", text
    )


def carried_over(records: list[Record], club: Club, slug: str) -> list[str]:
    """Return the open questions that this week should answer.

    A question goes to the week that stands behind its arrow, otherwise to the next that is held.
    """
    held = in_order_of_time(club)
    found = []
    for record in records:
        later = (one.week.slug for one in held if one.day > record.front.date)
        after = next(later, "")
        found += [text for text, target in record.questions if (target or after) == slug]
    return found


def astray(records: list[Record], club: Club) -> list[str]:
    """Return a sentence for each open question whose week the group does not hold."""
    order = [session.week.slug for session in in_order_of_time(club)]
    return [
        f"{record.file.name}: '{text}' is meant for '{target}', which the group does not hold, "
        f"so it reaches nobody. {suggest(target, order)}"
        for record in records
        for text, target in record.questions
        if target and target not in order
    ]


def read_records(folder: Path) -> list[Record]:
    """Read all records of a group, oldest first.

    Raises:
        CourseError: A record has no head, or a head that is not as it should be.
    """
    return sorted(
        map(read_record, (folder / RECORDS).glob("*.md")), key=lambda record: record.front.date
    )


def read_record(file: Path) -> Record:
    """Read one record.

    Raises:
        CourseError: It has no head between two lines of three hyphens, or not what belongs there.
    """
    try:
        text = file.read_text("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise CourseError(f"{file} is not UTF-8 text. Save it as UTF-8.") from None
    head = FRONT.match(text)
    if head is None:
        raise CourseError(
            f"{file}:1: a record opens with its head between two lines '---': week, date, led_by, "
            "came. Look at another record, or begin anew with: python course.py club record WEEK"
        )
    front = YamlFile(file, head[1]).validated(Front)
    parts = HEADING.split(text[head.end() :])
    sections = dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
    return Record(file, front, sections)

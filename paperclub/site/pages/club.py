"""A group's log: its records, one after the other, newest first."""

from html import escape
from itertools import pairwise

from paperclub.club.models import FOLDER, read_club
from paperclub.club.printing import to_html
from paperclub.club.record import HINT, SECTIONS, Record, read_records
from paperclub.curriculum import syllabus

UNTESTED = "In the room:"  # a claim of the record's template, with nothing written behind it


def club_html(_root: str) -> str:
    """Return what a group has kept of its sessions. What people wrote is text, never markup."""
    club = read_club(FOLDER)
    records = [record for record in read_records(FOLDER) if _kept(record)]
    if not records:
        return (
            f"<p>{escape(club.name)} has kept nothing yet. "
            "<code>python course.py club record WEEK</code> begins a record.</p>"
        )
    return "".join(map(_record, reversed(records)))


def _record(record: Record) -> str:
    front = record.front
    title = escape(syllabus().week(front.week).title)
    facts = [f"{front.date:%d %B %Y}"]
    if front.led_by:
        facts.append(f"led by {escape(front.led_by)}")
    if front.came is not None:
        facts.append(f"{front.came} came")
    parts = "".join(
        f"<h3>{escape(name)}</h3>{to_html(text)}" for name, text in _sections(record).items()
    )
    return f'<section class="record"><h2>{title}</h2><p>{" · ".join(facts)}</p>{parts}</section>'


def _kept(record: Record) -> bool:
    """Return whether somebody has written anything into a record since it was begun."""
    return record.front.came is not None or bool(_sections(record))


def _sections(record: Record) -> dict[str, str]:
    said = {name: _said(record.sections.get(name, "")) for name in SECTIONS}
    return {name: text for name, text in said.items() if text}


def _said(text: str) -> str:
    """Return what stands under a heading, without what the template put there for the scribe."""
    return "\n".join(
        line
        for line, after in pairwise([*text.splitlines(), ""])
        if line.strip() not in ("-", "*", HINT)
        and not (line.rstrip().endswith(UNTESTED) and not after.startswith(" "))
    ).strip()

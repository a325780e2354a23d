"""The log: what one has finished, is doing, and will do next."""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError
from paperclub.learner import store
from paperclub.learner.events import Logged, LogState, new_id
from paperclub.learner.moving import write_new

STATES: tuple[LogState, ...] = get_args(LogState)
TITLES: dict[LogState, str] = {"finished": "Finished", "doing": "Doing", "next": "Next"}
LONGEST = 10_000


@dataclass(frozen=True)
class Entry:
    """A line of the log: its number, where it stands, and since when."""

    number: int
    id: str
    state: LogState
    text: str
    since: datetime.datetime


def entries() -> list[Entry]:
    """Return the log in the order in which its entries were first written.

    A number stays with its entry when others are moved or taken out.
    """
    latest: dict[str, Logged] = {}
    for event in store.read():
        if isinstance(event, Logged):
            latest[event.entry] = event
    return [
        Entry(number, event.entry, event.state, event.text, event.time)
        for number, event in enumerate(latest.values(), start=1)
        if event.state is not None
    ]


def write(state: str, text: str) -> None:
    """Write an entry.

    Raises:
        CourseError: No such state, no text, or it cannot be written.
    """
    text = text.strip()
    if not text:
        raise CourseError("The entry has no text. Write it in quotes after the state.")
    if len(text) > LONGEST:
        raise CourseError(f"An entry has at most {LONGEST} characters; this one has {len(text)}.")
    store.add([Logged(entry=new_id(), state=_state(state), text=text)])


def move(number: int, state: str) -> None:
    """Move an entry to another state.

    Raises:
        CourseError: No such entry or state, or it cannot be written.
    """
    entry = _entry(number)
    store.add([Logged(entry=entry.id, state=_state(state), text=entry.text)])


def take_out(number: int) -> None:
    """Take an entry out of the log.

    Raises:
        CourseError: No such entry, or it cannot be written.
    """
    entry = _entry(number)
    store.add([Logged(entry=entry.id, state=None, text=entry.text)])


def export_log(file: Path, force: bool = False) -> int:
    """Write the log as Markdown; return how many entries it has.

    Raises:
        CourseError: The file exists and ``force`` is not given, or it cannot be written.
    """
    found = entries()
    write_new(file, as_markdown(found), force)
    return len(found)


def as_markdown(found: list[Entry]) -> str:
    """Return entries under *Finished*, *Doing* and *Next*; their text is text, never markup."""
    parts = ["# Log"]
    for state in STATES:
        parts.append(f"## {TITLES[state]}")
        lines = [
            f"- {entry.since.astimezone():%Y-%m-%d}: {_plain(entry.text)}"
            for entry in found
            if entry.state == state
        ]
        parts.append("\n".join(lines) or "Nothing yet.")
    return "\n\n".join(parts) + "\n"


def _entry(number: int) -> Entry:
    found = {entry.number: entry for entry in entries()}
    if number not in found:
        known = ", ".join(map(str, found)) or "none; the log is empty"
        raise CourseError(f"The log has no entry {number}. Its numbers: {known}.")
    return found[number]


def _state(name: str) -> LogState:
    if name not in STATES:
        raise CourseError(f"There is no state {name!r}. {suggest(name, STATES)}")
    return name


def _plain(text: str) -> str:
    """Return ``text`` on one line, such that Markdown shows it as these characters."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|$~&-])", r"\\\1", " ".join(text.split()))

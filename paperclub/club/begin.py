"""A new group's folder, and the page for whoever takes it over."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from paperclub.club.calendar import write_calendar
from paperclub.club.models import DAYS, Clock, Club, Minutes, Zone, read_club, read_people
from paperclub.club.printing import TEMPLATES
from paperclub.club.proposals import FILE as PROPOSALS
from paperclub.club.proposals import blank
from paperclub.club.rota import rota, warnings
from paperclub.club.sessions import next_session
from paperclub.curriculum import syllabus
from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError
from paperclub.files import write_atomically

Ask = Callable[[str, str], str]
QUESTIONS = (
    ("name", "What is the group called", "Paper Club"),
    ("weekday", "Which day does it meet on", "Wednesday"),
    ("time", "When does a session begin", "18:30"),
    ("minutes", "How many minutes does it take", "60"),
    ("time_zone", "Which time zone", "Europe/London"),
    ("place", "Where (a room, or the address of a call)", "the library"),
    ("course", "Which course: 7, 12, year, or week names with commas", "7"),
    ("start", "The first day it may meet on", ""),
    ("holidays", "Days without a session, with commas", ""),
    ("people", "Who may lead, with commas", ""),
)


def begin(folder: Path, ask: Ask, today: date) -> list[Path]:
    """Ask a few questions and make a group's folder.

    An answer that cannot be is said so, and asked for again. Nothing is written before the last
    answer.

    Args:
        folder: Where; it must not hold a group yet.
        ask: Called with a question and what is taken when nothing is typed.
        today: What is offered as the start.

    Returns:
        What was written.

    Raises:
        CourseError: There is a group in the folder.
    """
    if (folder / "club.yml").exists():
        raise CourseError(
            f"{folder} holds a group already; nothing was changed. Name another: --folder DIR"
        )
    given: dict[str, Any] = {}
    for key, question, default in QUESTIONS:
        given[key] = _answer(key, question, default or _default(key, today), ask)
    people = given.pop("people")
    given["id"] = f"club-{uuid.uuid4().hex[:12]}"
    club = TEMPLATES.get_template("club.yml").render(**given)
    write_atomically(
        folder / "people.yml", TEMPLATES.get_template("people.yml").render(people=people)
    )
    write_atomically(folder / PROPOSALS, blank())
    write_atomically(folder / "club.yml", club)
    made = read_club(folder)
    return [
        folder / "club.yml",
        folder / "people.yml",
        folder / PROPOSALS,
        write_calendar(folder, made),
        write_hosting(folder, made, today),
    ]


def _default(key: str, today: date) -> str:
    return today.isoformat() if key == "start" else ""


def _answer(key: str, question: str, default: str, ask: Ask) -> Any:
    said = ""
    while True:
        text = ask(f"{said}{question}", default).strip()
        try:
            return _read(key, text)
        except (ValueError, CourseError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            said = f"{text!r} cannot be: {reason.removeprefix('Value error, ')}\n"


def _read(key: str, text: str) -> Any:
    """Return an answer as its kind.

    Raises:
        ValueError: It is not of that kind.
        CourseError: It names a week that there is not.
    """
    items = [item.strip() for item in text.split(",") if item.strip()]
    if key == "holidays":
        return [_day(item) for item in items]
    if key == "people":
        if len(set(items)) < len(items):
            raise ValueError("two have the same name; tell them apart, as in Ada K., Ada M.")
        return items
    if key == "start":
        return _day(text)
    if key == "minutes":
        if not text.isdecimal():
            raise ValueError("a number of minutes should stand here")
        return TypeAdapter(Minutes).validate_python(int(text))
    if key == "weekday":
        if text.capitalize() not in DAYS:
            raise ValueError(f"no day of the week. {suggest(text.capitalize(), DAYS)}")
        return text.capitalize()
    if key == "course":
        return _course(items)
    kind = {"time": Clock, "time_zone": Zone}.get(key)
    if not text:
        raise ValueError("something must stand here")
    return TypeAdapter(kind).validate_python(text) if kind else text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a day such as 2027-03-10") from None


def _course(items: list[str]) -> Any:
    if items == ["year"]:
        return "year"
    if len(items) == 1 and items[0].isdigit():
        if not 1 <= int(items[0]) <= len(syllabus().weeks):
            raise ValueError(f"a course has 1 to {len(syllabus().weeks)} weeks")
        return int(items[0])
    if not items:
        raise ValueError("name 7, 12, year, or weeks")
    return [syllabus().week(slug).slug for slug in items]


def write_hosting(folder: Path, club: Club, today: date) -> Path:
    """Write ``HOSTING.md``: what a new host needs, on one page."""
    slots = rota(club, read_people(folder, club))
    text = TEMPLATES.get_template("HOSTING.md").render(
        club=club,
        coming=next_session(club, today),
        slots=slots,
        warnings=warnings(slots, today),
        folder=folder.name,
    )
    write_atomically(folder / "HOSTING.md", text)
    return folder / "HOSTING.md"

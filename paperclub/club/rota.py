"""Who leads when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from paperclub.club.models import Club, People, read_people, round_trip
from paperclub.club.sessions import Session, in_order_of_time, session_of
from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError
from paperclub.files import write_atomically

SOON = timedelta(weeks=4)


@dataclass(frozen=True)
class Slot:
    """Who leads a session: a name, or None; ``agreed`` when they said so, else it is a proposal."""

    session: Session
    name: str | None
    agreed: bool
    trouble: str = ""


def rota(club: Club, people: People) -> list[Slot]:
    """Return who leads each session that is held, in the order of their days.

    Who has agreed leads. The other sessions are proposed to whoever can on that day and has led
    least; of equals, to whoever has not led for longest.
    """
    held = in_order_of_time(club)
    counts = Counter(people.leads.values())
    last: dict[str, int] = {}
    slots = []
    for turn, session in enumerate(held, 1):
        agreed = people.leads.get(session.week.slug)
        name = agreed or _next(people, session, counts, last)
        if name and not agreed:
            counts[name] += 1
        if name:
            last[name] = turn
        slots.append(Slot(session, name, bool(agreed), _trouble(people, session, agreed)))
    return slots


def _next(people: People, session: Session, counts: Counter, last: dict[str, int]) -> str | None:
    able = [one for one in people.people if one.leads and session.day not in one.away]
    order = [one.name for one in people.people]
    best = min(
        able,
        key=lambda one: (counts[one.name], last.get(one.name, 0), order.index(one.name)),
        default=None,
    )
    return best.name if best else None


def _trouble(people: People, session: Session, agreed: str | None) -> str:
    away = {one.name: one.away for one in people.people}
    if agreed and session.day in away.get(agreed, []):
        return f"{agreed} agreed to lead, but is away that day."
    return ""


def warnings(slots: list[Slot], today: date) -> list[str]:
    """Return what to mind: sessions on one day, and soon ones that nobody has agreed to lead."""
    said = [
        f"{one.session.day:%d %B}: {one.session.week.title} and {two.session.week.title} are on "
        "one day; move one under changes in club.yml."
        for one, two in pairwise(slots)
        if one.session.day == two.session.day >= today
    ]
    for slot in slots:
        day = slot.session.day
        if not today <= day <= today + SOON:
            continue
        if slot.trouble:
            said.append(f"{day:%d %B}, {slot.session.week.title}: {slot.trouble}")
        elif not slot.agreed:
            ask = f"ask {slot.name}" if slot.name else "nobody is free: ask the group"
            said.append(f"{day:%d %B}, {slot.session.week.title}: nobody has agreed yet; {ask}.")
    return said


def agree(folder: Path, club: Club, slug: str, name: str) -> str | None:
    """Write down that ``name`` leads a week, in the place of whoever did; return the latter.

    The file keeps its comments and order.

    Raises:
        CourseError: There is no such week or person, the week is cancelled, or the person is away
            on that day.
    """
    session = session_of(club, slug)
    if session.cancelled:
        raise CourseError(f"'{slug}' is cancelled; club.yml says so, under changes.")
    people = read_people(folder, club)
    person = next((one for one in people.people if one.name == name), None)
    if person is None:
        known = [one.name for one in people.people]
        raise CourseError(f"'{name}' is not in people.yml. {suggest(name, known)}")
    if session.day in person.away:
        raise CourseError(f"{name} is away on {session.day:%d %B %Y}; people.yml says so.")
    file = folder / "people.yml"

    def lead(data: Any) -> None:
        if data.get("leads") is None:
            data["leads"] = {}
        data["leads"][slug] = name

    write_atomically(file, round_trip(file, lead))
    return people.leads.get(slug)

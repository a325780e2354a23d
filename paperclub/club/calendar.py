"""One calendar file that any calendar program subscribes to."""

from datetime import UTC, datetime
from pathlib import Path

from icalendar import Calendar, Event

from paperclub.club.models import Club, read_people
from paperclub.club.rota import Slot, rota
from paperclub.club.sessions import Session, sessions
from paperclub.curriculum import reading_list
from paperclub.errors import CourseError
from paperclub.files import write_atomically

FILE = "calendar.ics"
# What makes an event another one for those who subscribe: with a change of these its number grows.
TELLING = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION", "STATUS")


def write_calendar(folder: Path, club: Club, now: datetime | None = None) -> Path:
    """Write ``calendar.ics`` with an event for each week.

    An event keeps its UID for good, whatever day it moves to; its SEQUENCE grows when it changes.
    What has left the course stays as cancelled, so that it goes from the calendars of those who
    subscribed.

    Args:
        folder: The group's.
        club: The group.
        now: The time that is noted for what has changed.

    Raises:
        CourseError: The file that is there cannot be read; it is left as it is.
    """
    file = folder / FILE
    known = _known(file)
    now = now or datetime.now(UTC)
    calendar = Calendar()
    for name, value in (
        ("PRODID", "-//Paper Club//course//EN"),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", club.name),
        ("X-WR-TIMEZONE", club.time_zone),
    ):
        calendar.add(name, value)
    leads = {slot.session.week.slug: slot for slot in rota(club, read_people(folder, club))}
    events = [_event(club, one, leads.get(one.week.slug)) for one in sessions(club)]
    here = {str(event["UID"]) for event in events}
    events += [_gone(event) for uid, event in known.items() if uid not in here]
    for event in events:
        _stamp(event, known.get(str(event["UID"])), now)
        calendar.add_component(event)
    write_atomically(file, calendar.to_ical())
    return file


def _known(file: Path) -> dict[str, Event]:
    """Return the events of the calendar that is there, by UID."""
    if not file.is_file():
        return {}
    try:
        calendar = Calendar.from_ical(file.read_bytes())
        return {str(event["UID"]): event for event in calendar.events}
    except (ValueError, KeyError) as error:
        raise CourseError(
            f"{file} cannot be read as a calendar ({error}). Move it away to begin a new one; "
            "subscribers will then see every event once more."
        ) from None


def _event(club: Club, session: Session, slot: Slot | None) -> Event:
    event = Event()
    event.add("UID", f"{session.week.slug}@{club.id}")
    event.add("SUMMARY", f"{club.name}: {session.week.title}")
    # As UTC, which every program reads alike: time zones that are written out as a list of dates
    # are misread by some, and a session would be an hour off in summer.
    event.add("DTSTART", session.begins.astimezone(UTC))
    event.add("DTEND", session.ends.astimezone(UTC))
    event.add("LOCATION", session.place)
    event.add("DESCRIPTION", _description(session, slot))
    event.add("STATUS", "CANCELLED" if session.cancelled else "CONFIRMED")
    return event


def _description(session: Session, slot: Slot | None) -> str:
    lines = []
    for work in map(reading_list().work, session.week.papers):
        lines.append(f"Read before: {work.authors}: {work.title} ({work.year})")
        if work.url:
            lines.append(work.url)
    if session.week.written:
        lines.append(f"First pass: chapters/{session.week.slug}, How to read the paper")
    lines.append(f"In the room: {session.week.room}")
    if slot:
        # A proposal is no news for everybody, and it changes with every other week's.
        lines.append(f"Leads: {slot.name if slot.agreed else 'nobody yet'}")
    return "\n".join(lines)


def _gone(event: Event) -> Event:
    gone = event.copy()
    gone["STATUS"] = "CANCELLED"
    return gone


def _stamp(event: Event, before: Event | None, now: datetime) -> None:
    """Give an event its number and time: those that it had, unless it has changed."""
    if before is not None and _tells(event) == _tells(before):
        sequence, stamp = before.sequence, before.DTSTAMP or now
    else:
        sequence, stamp = (0 if before is None else before.sequence + 1), now
    for name, value in (("SEQUENCE", sequence), ("DTSTAMP", stamp), ("LAST-MODIFIED", stamp)):
        event.pop(name, None)
        event.add(name, value)


def _tells(event: Event) -> list[object]:
    values = [event.get(name) for name in TELLING]
    return [getattr(value, "dt", None) or str(value) for value in values]

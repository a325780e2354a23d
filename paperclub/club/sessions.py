"""When each week is held."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from paperclub.club.models import DAYS, Club
from paperclub.curriculum import Week
from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError

MOST_SKIPPED = 60  # weeks in a row without a session: somebody made every week a holiday


@dataclass(frozen=True)
class Session:
    """One week of the group.

    Attributes:
        number: Counted from 1.
        week: What is taken up.
        begins: With the group's time zone.
        minutes: How long it is.
        place: Where.
        cancelled: It is not held.
    """

    number: int
    week: Week
    begins: datetime
    minutes: int
    place: str
    cancelled: bool

    @property
    def ends(self) -> datetime:
        """When it is over, by the clock on the wall."""
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def day(self) -> date:
        """The day it is held on."""
        return self.begins.date()


def sessions(club: Club) -> list[Session]:
    """Return the group's sessions, one for each week of its course.

    A holiday moves what would fall on it, and all that follows, on by a week. A change of a single
    session moves no other.

    Raises:
        CourseError: So many holidays follow each other that no day is left.
    """
    first = club.start + timedelta((DAYS.index(club.weekday) - club.start.weekday()) % 7)
    free = set(club.holidays)
    found, day = [], first
    for number, week in enumerate(club.weeks, 1):
        skipped = 0
        while day in free:
            day, skipped = day + timedelta(7), skipped + 1
            if skipped > MOST_SKIPPED:
                raise CourseError(f"club.yml has {skipped} holidays in a row; shorten the list.")
        found.append(_session(club, number, week, day))
        day += timedelta(7)
    return found


def _session(club: Club, number: int, week: Week, day: date) -> Session:
    change = club.changes.get(week.slug)
    begins = time.fromisoformat((change and change.time) or club.time)
    on = (change and change.date) or day
    return Session(
        number=number,
        week=week,
        begins=datetime.combine(on, begins, club.zone),
        minutes=club.minutes,
        place=(change and change.place) or club.place,
        cancelled=bool(change and change.cancelled),
    )


def in_order_of_time(club: Club) -> list[Session]:
    """Return the sessions that are held, the earliest first, whatever the course's order."""
    held = [session for session in sessions(club) if not session.cancelled]
    return sorted(held, key=lambda session: session.begins)


def session_of(club: Club, slug: str) -> Session:
    """Return the session of a week.

    Raises:
        CourseError: The group does not take that week up; the message lists near matches.
    """
    held = {session.week.slug: session for session in sessions(club)}
    if slug not in held:
        raise CourseError(f"{club.name} does not take up '{slug}'. {suggest(slug, held)}")
    return held[slug]


def next_session(club: Club, today: date) -> Session | None:
    """Return the first session that is held today or later; None after the last."""
    coming = [one for one in sessions(club) if one.day >= today and not one.cancelled]
    return min(coming, key=lambda session: session.begins, default=None)

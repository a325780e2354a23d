"""What a group writes down about itself: ``club.yml`` and ``people.yml``."""

import datetime
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field
from ruamel.yaml import YAML

from paperclub.curriculum import Week, shorter_course, syllabus
from paperclub.curriculum.checked_yaml import Entry, Fault, Place, YamlFile, suggest
from paperclub.curriculum.models import Slug, Text
from paperclub.errors import CourseError
from paperclub.paths import ROOT

FOLDER = ROOT / "club"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError('should be a time of day such as "18:30"')
    return text


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"should be a time zone. {suggest(name, sorted(available_timezones()))}")
    return name


Clock = Annotated[str, AfterValidator(_clock)]
Zone = Annotated[str, AfterValidator(_zone)]
Minutes = Annotated[int, Field(ge=20, le=240)]


class Change(Entry):
    """What is different about one session: another day, time or place, or that it is not held."""

    date: datetime.date | None = None
    time: Clock | None = None
    place: Text | None = None
    cancelled: bool = False


class Club(Entry):
    """A group: when and where it meets, and what it reads.

    Attributes:
        id: Names the group in its calendar for good; made by ``club new``.
        name: What it is called.
        weekday: The day it meets on.
        time: When a session begins, such as ``"18:30"``.
        minutes: How long it is.
        time_zone: Such as ``Europe/Berlin``.
        place: A room, or the address of a call.
        course: 7 or 12 (a shorter course), ``year``, or a list of weeks.
        start: No session is before this day.
        holidays: Days on which there is none; what would fall on them moves on.
        changes: Single sessions that are moved, elsewhere, or cancelled.
    """

    id: Slug
    name: Text
    weekday: Day
    time: Clock
    time_zone: Zone
    place: Text
    course: Literal["year"] | Annotated[int, Field(ge=1, le=52)] | list[Slug]
    start: datetime.date
    minutes: Minutes = 60
    holidays: list[datetime.date] = Field(default_factory=list)
    changes: dict[Slug, Change] = Field(default_factory=dict)

    @property
    def weeks(self) -> list[Week]:
        """The weeks that the group takes up, in its order."""
        year = syllabus()
        if self.course == "year":
            return year.weeks
        if isinstance(self.course, int):
            return list(shorter_course(self.course, include_planned=True))
        return [year.week(slug) for slug in self.course]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


class Person(Entry):
    """Somebody of the group: whether they lead, and days on which they cannot."""

    name: Text
    leads: bool = True
    away: list[datetime.date] = Field(default_factory=list)


class People(Entry):
    """Who is there, and who has agreed to lead which week."""

    people: list[Person] = Field(default_factory=list)
    leads: dict[Slug, Text] = Field(default_factory=dict)


def read_club(folder: Path) -> Club:
    """Read ``club.yml``.

    Raises:
        CourseError: There is no such group, or something in the file is not as it should be; the
            message names file, line, and what would be right.
    """
    file = folder / "club.yml"
    if not file.is_file():
        raise CourseError(
            f"{folder} holds no group (no club.yml). Begin one with: python course.py club new"
        )
    source = YamlFile(file)
    club = source.validated(Club)
    known = [week.slug for week in syllabus().weeks]
    named: list[tuple[Place, str]] = [(("changes", slug), slug) for slug in club.changes]
    if isinstance(club.course, list):
        named += [(("course", i), slug) for i, slug in enumerate(club.course)]
    faults = [
        Fault(place, f"there is no week '{slug}'. {suggest(slug, known)}")
        for place, slug in named
        if slug not in known
    ]
    faults += [
        Fault(
            ("changes", slug, "date"),
            f"{change.date} is before the group's start, {club.start}. Look at the year.",
        )
        for slug, change in club.changes.items()
        if change.date and change.date < club.start
    ]
    if isinstance(club.course, list):
        faults += [
            Fault(("course", i), f"'{slug}' stands here twice.")
            for i, slug in enumerate(club.course)
            if slug in club.course[:i]
        ]
    source.refuse(faults)
    return club


def read_people(folder: Path, club: Club) -> People:
    """Read ``people.yml``; a group without the file has no people yet.

    Raises:
        CourseError: As for ``read_club``; also when somebody leads who is not among the people.
    """
    file = folder / "people.yml"
    if not file.is_file():
        return People()
    source = YamlFile(file)
    people = source.validated(People)
    names = [person.name for person in people.people]
    weeks = [week.slug for week in club.weeks]
    faults = [
        Fault(("leads", slug), f"the group does not take up '{slug}'. {suggest(slug, weeks)}")
        for slug in people.leads
        if slug not in weeks
    ]
    faults += [
        Fault(
            ("leads", slug),
            f"'{name}' is not among the people. {suggest(name, sorted(set(names)))}",
        )
        for slug, name in people.leads.items()
        if name not in names
    ]
    faults += [
        Fault(("people", i), f"'{name}' stands here twice. Tell them apart, as in '{name} K.'")
        for i, name in enumerate(names)
        if name in names[:i]
    ]
    source.refuse(faults)
    return people


def round_trip(file: Path, change: Callable[[Any], None]) -> str:
    """Return a YAML file's text after a change of its data; comments and order stay."""
    yaml = YAML(typ="rt")
    data = yaml.load(file.read_text("utf-8"))
    change(data)
    text = StringIO()
    yaml.dump(data, text)
    return text.getvalue()

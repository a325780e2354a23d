"""Load and cross-check the syllabus, the reading list and the glossary."""

from functools import cache
from pathlib import Path

from paperclub import paths
from paperclub.curriculum.checked_yaml import Fault, Place, YamlFile, suggest
from paperclub.curriculum.models import GlossaryEntry, ReadingList, Syllabus, Week, Work


@cache
def reading_list() -> ReadingList:
    """Return the course's reading list.

    Raises:
        CourseError: book/reading_list.yml is not as it should be.
    """
    return load_reading_list(paths.BOOK / "reading_list.yml")


@cache
def syllabus() -> Syllabus:
    """Return the year.

    Raises:
        CourseError: book/syllabus.yml is not as it should be.
    """
    return load_syllabus(paths.BOOK / "syllabus.yml", reading_list())


@cache
def glossary() -> list[GlossaryEntry]:
    """Return the glossary, in the order of its file.

    Raises:
        CourseError: book/glossary.yml is not as it should be.
    """
    return load_glossary(paths.BOOK / "glossary.yml", syllabus())


def written_weeks() -> list[Week]:
    """Return the weeks whose chapter exists, in the order of the year."""
    return [week for week in syllabus().weeks if week.written]


def load_reading_list(file: Path) -> ReadingList:
    """Read a reading list from ``file``; errors name the line."""
    source = YamlFile(file)
    works = source.validated(list[Work])
    source.refuse(_duplicates([((i, "id"), work.id) for i, work in enumerate(works)], source))
    return ReadingList(works)


def load_syllabus(file: Path, works: ReadingList) -> Syllabus:
    """Read a syllabus from ``file`` and hold it against the reading list; errors name the line."""
    source = YamlFile(file)
    read = source.validated(Syllabus)
    places: dict[str, Place] = {}
    named: list[tuple[Place, str]] = []
    for p, part in enumerate(read.parts):
        for w, week in enumerate(part.weeks):
            place = ("parts", p, "weeks", w)
            places[week.slug] = place
            named.append(((*place, "slug"), week.slug))
    source.refuse(_duplicates(named, source))
    faults = []
    for week in read.weeks:
        faults += _unknown_works(week, places[week.slug], works)
        faults += _bad_prerequisites(week, places, read, source)
    for c, plan in enumerate(read.courses):
        for g, goal in enumerate(plan.goals):
            if goal not in places:
                says = f"unknown week '{goal}'. {suggest(goal, places)}"
                faults.append(Fault(("courses", c, "goals", g), says))
    source.refuse(faults)
    parts = [
        part.model_copy(
            update={"weeks": [w.model_copy(update={"part": part.title}) for w in part.weeks]}
        )
        for part in read.parts
    ]
    return read.model_copy(update={"parts": parts})


def load_glossary(file: Path, year: Syllabus) -> list[GlossaryEntry]:
    """Read a glossary from ``file``; errors name the line."""
    source = YamlFile(file)
    entries = source.validated(list[GlossaryEntry])
    faults = _duplicates([((i, "term"), e.anchor) for i, e in enumerate(entries)], source)
    slugs = [week.slug for week in year.weeks]
    for i, entry in enumerate(entries):
        if entry.week not in slugs:
            says = f"unknown week '{entry.week}'. {suggest(entry.week, slugs)}"
            faults.append(Fault((i, "week"), says))
    source.refuse(faults)
    return entries


def _duplicates(named: list[tuple[Place, str]], source: YamlFile) -> list[Fault]:
    first: dict[str, Place] = {}
    faults = []
    for place, name in named:
        if name in first:
            line = source.line(first[name])
            says = f"'{name}' stands a second time; the first is in line {line}. Rename one."
            faults.append(Fault(place, says))
        first.setdefault(name, place)
    return faults


def _unknown_works(week: Week, place: Place, works: ReadingList) -> list[Fault]:
    faults = []
    for key in ("papers", "further"):
        for i, work_id in enumerate(getattr(week, key)):
            if work_id not in works:
                hint = suggest(work_id, [work.id for work in works.works])
                says = f"unknown work '{work_id}'. {hint} Works stand in book/reading_list.yml."
                faults.append(Fault((*place, key, i), says))
    return faults


def _bad_prerequisites(
    week: Week, places: dict[str, Place], year: Syllabus, source: YamlFile
) -> list[Fault]:
    """Name prerequisites that do not exist, close a circle, or come later in the year."""
    position = {slug: i for i, slug in enumerate(places)}
    faults = []
    for key in ("needs", "helps"):
        for i, slug in enumerate(getattr(week, key)):
            place = (*places[week.slug], key, i)
            if slug not in places:
                faults.append(Fault(place, f"unknown week '{slug}'. {suggest(slug, places)}"))
            elif circle := _circle(week.slug, slug, year):
                says = f"prerequisites go in a circle: {' → '.join(circle)}. Take one of them out."
                faults.append(Fault(place, says))
            elif position[slug] >= position[week.slug]:
                line = source.line(places[slug])
                says = (
                    f"'{week.slug}' names '{slug}' under {key}, but '{slug}' comes later, "
                    f"in line {line}. Move one of the two weeks, or drop it here."
                )
                faults.append(Fault(place, says))
    return faults


def _circle(start: str, through: str, year: Syllabus) -> list[str] | None:
    """Return the way from ``start`` through ``through`` back to ``start``, if there is one."""
    before = {week.slug: [*week.needs, *week.helps] for week in year.weeks}
    ways, seen = [[start, through]], {through}
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        for slug in before.get(way[-1], []):
            if slug == start or slug not in seen:
                seen.add(slug)
                ways.append([*way, slug])
    return None

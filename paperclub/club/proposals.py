"""Papers that people would like the group to take up, and how the chosen one becomes a week."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from paperclub import paths
from paperclub.club.models import round_trip
from paperclub.club.printing import TEMPLATES
from paperclub.curriculum import reading_list, syllabus
from paperclub.curriculum.checked_yaml import Entry, Fault, YamlFile, suggest
from paperclub.curriculum.load import load_reading_list, load_syllabus
from paperclub.curriculum.models import Slug, Text, Url
from paperclub.errors import CourseError
from paperclub.files import write_atomically

FILE = "proposals.yml"


class Proposal(Entry):
    """A paper that somebody proposes, with what a week on it would need. Nobody need be named."""

    id: Slug
    title: Text
    authors: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    pages: Annotated[int, Field(ge=1, le=1000)]
    pitch: Text
    claim: Text
    control: Text
    room: Text
    figure: Text
    heart: Text
    url: Url | None = None
    needs: list[Slug] = Field(default_factory=list)


class Proposals(Entry):
    """All proposals in the order of their arrival; the first ``most`` are pitched."""

    most: Annotated[int, Field(ge=1, le=60)] = 6
    proposals: list[Proposal] = Field(default_factory=list)

    @property
    def pitched(self) -> list[Proposal]:
        """Those that are pitched, the shortest paper first."""
        return sorted(self.proposals[: self.most], key=lambda one: one.pages)

    @property
    def waiting(self) -> list[Proposal]:
        """Those that came later, in line."""
        return self.proposals[self.most :]


QUESTIONS = (
    ("id", "What would its week be called (small letters, digits, hyphens)", ""),
    ("title", "The paper's title", ""),
    ("authors", "Its authors", ""),
    ("year", "The year of its first version", ""),
    ("url", "Its address (may be left empty)", ""),
    ("pages", "How many pages", ""),
    ("pitch", "Why this one, in a sentence", ""),
    ("claim", "What of it could be tried on two processor cores in a minute", ""),
    ("control", "Its control: the key ingredient taken away, and what must vanish", ""),
    ("room", "What could a room do in two minutes", ""),
    ("figure", "What could one play with", ""),
    ("heart", "The exercise that matters most", ""),
    ("needs", "Weeks without which it cannot be followed, with commas", ""),
)
OPTIONAL = ("url", "needs")
NUMBERS = ("year", "pages")


def read_proposals(folder: Path) -> Proposals:
    """Read ``proposals.yml``; a group without the file has no proposals yet.

    Raises:
        CourseError: Something is not as it should be; the message names file, line, and what would
            be right.
    """
    file = folder / FILE
    if not file.is_file():
        return Proposals()
    source = YamlFile(file)
    read = source.validated(Proposals)
    known = [week.slug for week in syllabus().weeks]
    ids = [one.id for one in read.proposals]
    faults = []
    for i, one in enumerate(read.proposals):
        place = ("proposals", i)
        if one.id in ids[:i]:
            faults.append(Fault((*place, "id"), f"'{one.id}' stands here twice."))
        faults += [
            Fault((*place, "needs", j), f"there is no week '{slug}'. {suggest(slug, known)}")
            for j, slug in enumerate(one.needs)
            if slug not in known
        ]
    source.refuse(faults)
    return read


def propose(folder: Path, ask: Callable[[str, str], str]) -> Proposal:
    """Ask for a proposal and write it behind the others.

    An answer that cannot be is said so, and asked for again. Nothing is written before the last
    answer.

    Args:
        folder: The group's.
        ask: Called with a question and what is taken when nothing is typed.

    Raises:
        CourseError: The file that is there is broken; it is left as it is.
    """
    there = {one.id for one in read_proposals(folder).proposals}
    given: dict[str, Any] = {}
    for key, question, default in QUESTIONS:
        said = ""
        while True:
            text = ask(f"{said}{question}", default).strip()
            try:
                given[key] = _read(key, text, there)
                break
            except (ValueError, CourseError) as error:
                reason = (
                    error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                )
                said = f"{text!r} cannot be: {reason.removeprefix('Value error, ')}\n"
    proposal = Proposal(**{key: value for key, value in given.items() if value not in (None, [])})
    file = folder / FILE
    if not file.is_file():
        write_atomically(file, blank())
    entry = CommentedMap(proposal.model_dump(exclude_defaults=True))

    def add(data: Any) -> None:
        others = CommentedSeq([*(data.get("proposals") or []), entry])
        others.fa.set_block_style()
        data["proposals"] = others

    write_atomically(file, round_trip(file, add))
    return proposal


def blank() -> str:
    """Return the file without a proposal, with its template as a remark."""
    return TEMPLATES.get_template(FILE).render()


def _read(key: str, text: str, there: set[str]) -> Any:
    """Return an answer as its kind.

    Raises:
        ValueError: It is not of that kind.
        CourseError: It names a week that there is not.
    """
    if not text and key in OPTIONAL:
        return [] if key == "needs" else None
    if not text:
        raise ValueError("something must stand here")
    if key == "needs":
        slugs = [item.strip() for item in text.split(",") if item.strip()]
        return [syllabus().week(slug).slug for slug in slugs]
    if key in NUMBERS:
        if not text.isdecimal():
            raise ValueError("a number should stand here")
        return TypeAdapter(Proposal.model_fields[key].rebuild_annotation()).validate_python(
            int(text)
        )
    value = TypeAdapter(Proposal.model_fields[key].rebuild_annotation()).validate_python(text)
    if key == "id" and value in there:
        raise ValueError("another proposal has this name")
    if key == "id" and value in {week.slug for week in syllabus().weeks}:
        raise ValueError("the year has a week of this name")
    return value


def choose(folder: Path, name: str) -> Proposal:
    """Make a proposal the last week of the year, for ``course.py new`` to begin it.

    A paper that is not on the reading list yet is put on it, as not verified. Both files are held
    against the course's rules before either is written; what stands in them stays as it is.

    Raises:
        CourseError: There is no such proposal, the year has that week already, or the files would
            not be as they should be; nothing is written then.
    """
    proposals = {one.id: one for one in read_proposals(folder).proposals}
    if name not in proposals:
        raise CourseError(f"Nobody proposed '{name}'. {suggest(name, proposals)}")
    one = proposals[name]
    if name in {week.slug for week in syllabus().weeks}:
        raise CourseError(
            f"The year has the week '{name}' already. Begin it with: python course.py new {name}"
        )
    works, year = paths.BOOK / "reading_list.yml", paths.BOOK / "syllabus.yml"
    texts = {year: _with(year, "week.yml", one)}
    if name not in reading_list():
        texts[works] = _with(works, "work.yml", one)
    _hold_against_the_rules(texts, works, year, name)
    for file, text in reversed(texts.items()):  # the paper first: a week without it would be broken
        write_atomically(file, text)
    return one


def _with(file: Path, template: str, one: Proposal) -> str:
    added = TEMPLATES.get_template(template).render(one=one)
    return file.read_text("utf-8").rstrip("\n") + "\n\n" + added


def _hold_against_the_rules(texts: dict[Path, str], works: Path, year: Path, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="paperclub-proposal-") as made:
        tried = {file: Path(made) / file.name for file in (works, year)}
        for file, trial in tried.items():
            trial.write_text(texts.get(file) or file.read_text("utf-8"), "utf-8")
        try:
            load_syllabus(tried[year], load_reading_list(tried[works])).week(name)
        except CourseError as error:
            why = str(error).replace(made, str(paths.BOOK))
            raise CourseError(f"With '{name}' the year would be broken. {why}") from None

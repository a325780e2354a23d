"""What the course's own data looks like: works, weeks, parts, shorter courses, glossary."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from paperclub import paths
from paperclub.curriculum.checked_yaml import Entry, suggest
from paperclub.errors import CourseError

Kind = Literal["paper", "blog", "essay", "book", "course", "talk"]
Source = Literal[
    "ninety-thirty",
    "ilya",
    "latent-space",
    "research-list",
    "learner-log",
    "podcast-notes",
    "course",
]
KINDS: tuple[str, ...] = get_args(Kind)
SOURCES: dict[str, str] = {
    "ninety-thirty": "90/30 Club",
    "ilya": "The famous list",
    "latent-space": "Latent Space Paper Club",
    "research-list": "An annotated research list",
    "learner-log": "A learner’s log",
    "podcast-notes": "Notes on an interview",
    "course": "The course itself",
}


def _web_address(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("should start with https:// or http://")
    return url


def _slug(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError("should be lower-case letters, digits and single hyphens")
    return name


Slug = Annotated[str, AfterValidator(_slug)]
Text = Annotated[str, StringConstraints(min_length=1)]
Url = Annotated[str, AfterValidator(_web_address)]


class Work(Entry):
    """A paper, post, book, course or talk. What each key means stands at the head of the file."""

    id: Slug
    title: Text
    authors: Text
    year: Annotated[int, Field(ge=1900, le=2100)]
    kind: Kind
    sources: Annotated[list[Source], Field(min_length=1)]
    topic: Slug
    headline: Text
    toy: Text
    url: Url | None = None
    shelf: Text | None = None
    shelf_mark: Literal["read", "to-read"] | None = None
    ilya: Literal["core", "reconstruction"] | None = None
    reconstruction_by: Text | None = None
    implied: bool = False
    verified: bool = True
    headline_checked: bool = False
    toy_checked: Text | None = None
    note: Text | None = None

    @property
    def printable_headline(self) -> str | None:
        """The headline, unless it states a number that nobody has held against the paper yet."""
        unchecked_number = any(c.isdigit() for c in self.headline) and not self.headline_checked
        return None if unchecked_number or not self.verified else self.headline


class Week(Entry):
    """One week of the year. What each key means stands at the head of the file."""

    slug: Slug
    title: Text
    papers: Annotated[list[Slug], Field(min_length=1)]
    needs: list[Slug]
    room: Text
    claim: Text
    figure: Text
    heart: Text
    further: list[Slug] = Field(default_factory=list)
    helps: list[Slug] = Field(default_factory=list)
    part: str = ""

    @property
    def written(self) -> bool:
        """Whether the week's chapter exists; until then the week is planned."""
        return (paths.CHAPTERS / f"{self.slug}.ipynb").is_file()


class Part(Entry):
    """A stretch of weeks under one heading."""

    title: Text
    weeks: Annotated[list[Week], Field(min_length=1)]


class CoursePlan(Entry):
    """A shorter course: how many weeks, and its goals in order of importance."""

    title: Text
    weeks: Annotated[int, Field(ge=1)]
    goals: Annotated[list[Slug], Field(min_length=1)]


class Syllabus(Entry):
    """The year in its order."""

    parts: Annotated[list[Part], Field(min_length=1)]
    courses: list[CoursePlan] = Field(default_factory=list)

    @property
    def weeks(self) -> list[Week]:
        """All weeks, in the order of the year."""
        return [week for part in self.parts for week in part.weeks]

    def week(self, slug: str) -> Week:
        """Return the week called ``slug``.

        Raises:
            CourseError: There is none; the message lists near matches.
        """
        for week in self.weeks:
            if week.slug == slug:
                return week
        hint = suggest(slug, [week.slug for week in self.weeks])
        raise CourseError(
            f"There is no week '{slug}' in the year. {hint} All stand in book/syllabus.yml."
        )


class ReadingList:
    """All works, by id."""

    def __init__(self, works: list[Work]):
        self.works = works
        self._by_id = {work.id: work for work in works}

    def __contains__(self, work_id: object) -> bool:
        return work_id in self._by_id

    def work(self, work_id: str) -> Work:
        """Return the work with this id.

        Raises:
            CourseError: There is none; the message lists near matches.
        """
        if work_id not in self._by_id:
            raise CourseError(
                f"There is no work '{work_id}' on the reading list. "
                f"{suggest(work_id, self._by_id)} All stand in book/reading_list.yml."
            )
        return self._by_id[work_id]


class GlossaryEntry(Entry):
    """A question that a first reading leaves open: three sentences, and the week that shows it."""

    term: Text
    question: Text
    answer: Annotated[list[Text], Field(min_length=3, max_length=3)]
    week: Slug
    also: list[Text] = Field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Where the entry stands on its page: the anchor that Markdown gives its heading."""
        return re.sub(r"[^\w\- ]", "", self.term.lower()).replace(" ", "-")

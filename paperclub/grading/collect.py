"""``course.py collect``: take submissions as they really arrive, and lose none of them."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paperclub.errors import CourseError
from paperclub.grading.archives import Entry, entries
from paperclub.grading.book import Book
from paperclub.grading.folder import ClassFolder
from paperclub.grading.layouts import Sender, clean, sender, shared
from paperclub.grading.notebook import Notebook, NotReadable, asked_in, read_submission

STAMP = "timestamp.txt"  # where nbgrader's exchange writes when a submission came
TIME_COLUMNS = ("submitted", "last modified (submission)", "time", "timestamp")
_STAMPED = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?: ?(UTC|[+-]\d\d:?\d\d))?"
)
STUDENT_COLUMNS = ("student", "identifier", "id", "username", "email address", "full name", "name")


@dataclass(frozen=True)
class Collected:
    """What became of one file."""

    student: str
    week: str
    file: str
    status: str
    says: str
    new: bool


def collect(
    source: Path, folder: ClassFolder, week: str | None = None, times: Path | None = None
) -> int:
    """Take what an export holds into the class's folder and gradebook.

    Args:
        source: A folder or a ZIP archive: a folder for each student, Moodle's or Canvas's
            download, nbgrader's ``submitted`` tree, or files named for their students.
        folder: The class.
        week: The week that was collected; otherwise each notebook says which one it is.
        times: A CSV file that says when each student handed in.

    Returns:
        The exit code: 1 if something could not be taken as a submission, else 0.

    Raises:
        CourseError: ``source`` or ``times`` cannot be read, or no such week was released.
    """
    weeks = folder.weeks()
    if week is not None:
        folder.release(week)  # says which weeks there are
    if not weeks:
        raise CourseError("Nothing was released yet: python course.py release WEEK --to DIR")
    known = {slug: _names(folder, slug) for slug in weeks}
    handed_in = _Times(times)
    folder.make()
    with Book(folder.book) as book:
        taking = _Taking(folder, book, known, week, handed_in, source.name)
        found = taking.take(source)
    _print(found, source)
    return 1 if any(one.status not in ("ok",) for one in found) else 0


def _names(folder: ClassFolder, slug: str) -> set[str]:
    """Return every name by which a released notebook's cells are known."""
    asked = asked_in((folder.release(slug).place / "exercises.ipynb").read_bytes())
    return {name for one in asked for name in (one.exercise, one.grade_id, one.id) if name}


class _Taking:
    def __init__(
        self,
        folder: ClassFolder,
        book: Book,
        known: dict[str, set[str]],
        week: str | None,
        times: "_Times",
        source: str,
    ):
        self._folder, self._book, self._known = folder, book, known
        self._week, self._times, self._source = week, times, source

    def take(self, source: Path) -> list[Collected]:
        """Take everything, one file at a time; only places are remembered between the two looks."""
        weeks = list(self._known)
        places: list[tuple[str, ...]] = []
        stamps: dict[tuple[str, ...], str] = {}
        for entry in entries(source):
            if entry.parts[-1] == STAMP and entry.data is not None:
                stamps[entry.parts[:-1]] = _stamp(entry.data)
            else:
                places.append(entry.parts)
        common = shared(places, weeks)
        found = []
        for entry in entries(source):
            if entry.parts[-1] == STAMP:
                continue
            one = clean(sender(entry.parts, common, weeks))
            found.append(self._one(entry, one, stamps.get(entry.parts[:-1], "")))
        return found

    def _one(self, entry: Entry, one: Sender, stamp: str) -> Collected:
        week, status, says = self._week or "", entry.status, entry.says
        if entry.data is not None:
            week, status, says = self._read(entry)
        digest = self._folder.store(entry.data) if entry.data is not None else ""
        submitted = self._times.of(one) or stamp
        if one.late and not submitted:
            submitted = "late"
        new = self._book.add_submission(
            week, one.student, one.name, entry.path, digest, status, says, submitted, self._source
        )
        return Collected(one.name, week, entry.path, status, says, new)

    def _read(self, entry: Entry) -> tuple[str, str, str]:
        """Return the week, the status and the sentence for a file."""
        try:
            notebook = read_submission(entry.data or b"")
        except NotReadable as error:
            return self._week or "", error.status, str(error)
        belongs = self._belongs(notebook)
        wanted = self._week
        if wanted is None and not belongs:
            says = "It is a notebook, and of none of the weeks that were released."
            return "", "wrong-week", says
        if wanted is not None and belongs and belongs != wanted:
            return wanted, "wrong-week", f"It is the notebook of {belongs}, not of {wanted}."
        says = " ".join(notebook.remarks[:3])
        if not belongs:
            says = f"None of {wanted}'s cells is marked in it; answers are found by name. {says}"
        return wanted or belongs, "ok", says.strip()

    def _belongs(self, notebook: Notebook) -> str:
        counts: Counter[str] = Counter()
        for cell in notebook.cells:
            names = {cell.exercise, cell.grade_id, cell.id} - {""}
            for slug, known in self._known.items():
                counts[slug] += bool(names & known)
        ((slug, count),) = counts.most_common(1)
        return slug if count else ""


class _Times:
    """When each student handed in, from a CSV file of the platform; never from a file's date."""

    def __init__(self, file: Path | None):
        self._at: dict[str, str] = {}
        if file is None:
            return
        for row in read_csv(file):
            at = next((row[name] for name in TIME_COLUMNS if row.get(name)), "")
            for name in STUDENT_COLUMNS:
                if row.get(name) and at and at != "-":
                    key = row[name].removeprefix("Participant ").strip()
                    self._at[key.casefold()] = moment(at, f"{file.name}: {row[name]}")

    def of(self, one: Sender) -> str:
        return self._at.get(one.student.casefold()) or self._at.get(one.name.casefold()) or ""


def read_csv(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, by the names of its columns in lower case.

    Raises:
        CourseError: It cannot be read, or has no header.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CourseError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{file} is not written in UTF-8; save it as CSV UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(f"{file} is no CSV file: {error}.") from error
    return [
        {str(key).strip().casefold(): (value or "").strip() for key, value in row.items()
         if key is not None and not isinstance(value, list)}
        for row in rows
    ]  # fmt: skip


def moment(text: str, place: str) -> str:
    """Return a time in UTC. Without an offset it is this machine's own time.

    Raises:
        CourseError: It is no time; ``place`` says where it stands.
    """
    plain = re.sub(r"\s+", " ", text.strip()).removesuffix(" UTC")
    offset = "+00:00" if text.strip().endswith(" UTC") else ""
    for read in (
        lambda: datetime.fromisoformat(plain + offset),
        lambda: datetime.strptime(plain, "%A, %d %B %Y, %I:%M %p"),  # Moodle's worksheet
        lambda: datetime.strptime(plain, "%d %B %Y, %I:%M %p"),
        lambda: datetime.strptime(plain, "%d/%m/%Y %H:%M"),
    ):
        try:
            return read().astimezone(UTC).isoformat(timespec="seconds")
        except ValueError:
            continue
    raise CourseError(
        f"{place}: {text!r} is no time that is understood. Write it as 2026-11-25 23:59, or with "
        "an offset as 2026-11-25T23:59+01:00."
    )


def _stamp(data: bytes) -> str:
    """Return the time in nbgrader's ``timestamp.txt``; nothing if it is another text."""
    text = data[:100].decode("utf-8", "replace").strip()
    found = _STAMPED.match(text)
    if not found:
        return ""
    zone = "+00:00" if found[2] in (None, "UTC") else found[2]
    try:
        return datetime.fromisoformat(found[1] + zone).astimezone(UTC).isoformat(timespec="seconds")
    except ValueError:
        return ""


def _print(found: list[Collected], source: Path) -> None:
    console = Console(soft_wrap=True, highlight=False)
    new = sum(one.new for one in found if one.status == "ok")
    known = sum(not one.new for one in found if one.status == "ok")
    console.print(escape(f"{source}: {new} submissions taken in, {known} were there already."))
    odd = [one for one in found if one.status != "ok" or one.says]
    if odd:
        table = Table("student", "file", "status", "")
        for one in odd:
            table.add_row(*(escape(text) for text in (one.student, one.file, one.status, one.says)))
        console.print(table)

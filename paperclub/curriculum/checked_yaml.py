"""Read a YAML file into a model; what is wrong is said with file, line and a way out."""

import datetime
import difflib
import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from paperclub.errors import CourseError
from paperclub.paths import ROOT

T = TypeVar("T")
Place = tuple[str | int, ...]

FAULTS_SHOWN = 5
DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")


class Fault(NamedTuple):
    """Something wrong at a place in the data, such as ``("parts", 0, "weeks", 3, "needs", 1)``."""

    place: Place
    says: str


class Entry(BaseModel):
    """A mapping of a YAML file: exactly these keys, exactly these types, never changed."""

    model_config = ConfigDict(strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, given: Any) -> Any:
        for key in given if isinstance(given, dict) else ():
            if key not in cls.model_fields:
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key {key}",
                    {"key": key, "hint": suggest(str(key), cls.model_fields)},
                )
        return given


class YamlFile:
    """A parsed file that knows the line of everything in it.

    Args:
        file: The file.
        head: Parse only this part of it, which begins at its second line: the head of a text.
    """

    def __init__(self, file: Path, head: str | None = None):
        self.file = file
        self._above = 0 if head is None else 1  # lines that stand above what is parsed
        self._text = _text_of(file) if head is None else head
        try:
            # In C and without lines: they are wanted only where something is wrong.
            self.data = YAML(typ="safe").load(self._text)
        except (YAMLError, ValueError):
            self.data = self._with_lines

    @functools.cached_property
    def _with_lines(self) -> Any:
        """The data as mappings and lists that know their lines; this takes seven times as long."""
        try:
            return YAML(typ="rt").load(self._text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = (error.problem or error.context or "cannot be read").split("\n")[0]
            raise CourseError(
                f"{shown(self.file)}:{(mark.line + 1 if mark else 1) + self._above}: "
                f"not valid YAML: {problem}. "
                "Look at this line and the one above: indentation, a missing colon or quote."
            ) from None
        except ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1 + self._above
            raise CourseError(
                f"{shown(self.file)}:{line}: here stands a character that no text has "
                f"(U+{ord(self._text[error.position]):04X}). Take it out."
            ) from None
        except ValueError as error:  # what has the form of a day and is none
            line, day = _no_day(self._text)
            raise CourseError(
                f"{shown(self.file)}:{line + self._above}: there is no day {day}."
                if day
                else f"{shown(self.file)} cannot be read: {error}."
            ) from None

    def line(self, place: Place) -> int:
        """Return the line, counted from 1, of ``place`` or of what encloses it."""
        node, line = self._with_lines, 0
        for step in place:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0]
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0]
            else:
                break
            node = node[step]
        return line + 1 + self._above

    def validated(self, kind: type[T]) -> T:
        """Return the data as ``kind``.

        Raises:
            CourseError: The data does not have this form; the message names each line.
        """
        try:
            return TypeAdapter(kind).validate_python(self.data)
        except ValidationError as error:
            self.refuse([_as_fault(details) for details in error.errors()])
            raise

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Raise one CourseError that names the first faults; do nothing when there are none."""
        if not faults:
            return
        lines = [f"{shown(self.file)}:{self.line(f.place)}: {f.says}" for f in faults]
        more = len(lines) - FAULTS_SHOWN
        text = "\n".join(lines[:FAULTS_SHOWN])
        raise CourseError(text + (f"\n… and {more} more in this file." if more > 0 else ""))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{shown(file)} is missing. Bring it back from git.") from None
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{shown(file)} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from None


def _no_day(text: str) -> tuple[int, str]:
    """Return line and text of the first day that no calendar has."""
    for line, words in enumerate(text.splitlines(), 1):
        for found in DAY.finditer(words):
            try:
                datetime.date(*map(int, found.groups()))
            except ValueError:
                return line, found[0]
    return 1, ""


def shown(file: Path) -> str:
    """Return the path as a person would type it in the course's folder."""
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)


def suggest(word: str, known: Iterable[str]) -> str:
    """Return the end of an error message: near matches of ``word``, or all that is known."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if len(known) <= 20:
        return f"Known: {', '.join(known)}."
    return "Nothing known resembles it."


def _as_fault(details: Any) -> Fault:
    """Say one of pydantic's errors in our words."""
    place, kind = details["loc"], details["type"]
    name = next((str(step) for step in reversed(place) if isinstance(step, str)), "the file")
    if kind == "unknown_key":
        key = details["ctx"]["key"]
        return Fault((*place, key), f"unknown key '{key}'. {details['ctx']['hint']}")
    if kind == "missing":
        return Fault(place, f"'{name}' is missing here. Add a line '{name}: …'.")
    wanted = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    if kind == "list_type":
        wanted = "should be a valid list, in square brackets"
    return Fault(place, f"'{name}' {wanted}, but it is {_short(details['input'])}.")


def _short(value: Any) -> str:
    text = "empty" if value is None else repr(value)
    if isinstance(value, datetime.date):
        text = value.isoformat()
    return text if len(text) <= 60 else text[:57] + "…"

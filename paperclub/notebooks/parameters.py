"""A chapter's parameters: which it has, and whether the values given are of their kind."""

import ast
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paperclub.errors import CourseError
from paperclub.notebooks.format import read_notebook

SCALES = ("small", "full")
LARGEST_SEED = 2**32 - 1  # numpy takes no larger one


def defaults(path: Path) -> dict[str, Any]:
    """Return the chapter's parameters with their defaults, in the order of its first code cell.

    Raises:
        CourseError: There is not one cell tagged ``parameters``, or it holds more than values.
    """
    tagged = [
        cell
        for cell in read_notebook(path).cells
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])
    ]
    if len(tagged) != 1:
        raise CourseError(
            f"{path.name} has {len(tagged)} cells tagged `parameters`; it needs one, its first "
            "code cell, which sets SEED and SCALE."
        )
    values = {}
    for statement in _statements(tagged[0].source, path):
        try:
            (target,) = statement.targets
            values[target.id] = ast.literal_eval(statement.value)
        except (AttributeError, ValueError):
            raise CourseError(
                f"{path.name}: the parameters cell holds `{ast.unparse(statement)}`; each line "
                "sets one name to a plain value: a number, a text, True or False."
            ) from None
    return values


def checked(given: Mapping[str, Any], known: Mapping[str, Any], chapter: str) -> dict[str, Any]:
    """Return ``given`` with each value of its default's kind.

    Args:
        given: Parameter's name to a value, or to the text typed for it.
        known: ``defaults`` of the chapter.
        chapter: The chapter's slug, for messages.

    Raises:
        CourseError: The chapter has no such parameter, or the value is of another kind.
    """
    for name in given:
        if name not in known:
            has = ", ".join(f"{known_name}={value!r}" for known_name, value in known.items())
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise CourseError(
                f"The chapter {chapter} has no parameter {name!r}.{meant} It has: {has}."
            )
    return {name: _converted(name, value, known[name]) for name, value in given.items()}


def split_assignments(assignments: list[str]) -> dict[str, str]:
    """Return ``["NAME=VALUE", …]`` as a mapping.

    Raises:
        CourseError: A text is no assignment, or a name stands twice.
    """
    values: dict[str, str] = {}
    for text in assignments:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name:
            raise CourseError(f"{text!r} is no parameter; write NAME=VALUE, for example -p SEED=7.")
        if name in values:
            raise CourseError(f"The parameter {name} is given twice; give it once.")
        values[name] = value
    return values


def _converted(name: str, value: Any, default: Any) -> Any:
    wanted = type(default)
    if isinstance(value, str) and wanted is not str:
        try:
            value = ast.literal_eval(value.capitalize() if wanted is bool else value)
        except (SyntaxError, ValueError):
            raise _of_other_kind(name, value, default) from None
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise _of_other_kind(name, value, default)
    if name == "SCALE" and value not in SCALES:
        raise CourseError(f"SCALE is {value!r}; it can be {' or '.join(SCALES)}.")
    if name == "SEED" and not 0 <= value <= LARGEST_SEED:
        raise CourseError(f"SEED is {value}; it is a whole number from 0 to {LARGEST_SEED}.")
    return value


def _of_other_kind(name: str, value: Any, default: Any) -> CourseError:
    kinds = {int: "a whole number", float: "a number", bool: "True or False", str: "a text"}
    kind = kinds.get(type(default), f"a {type(default).__name__}")
    return CourseError(f"{name} is {value!r}; it should be {kind}, like its default {default!r}.")


def _statements(source: str, path: Path) -> list[Any]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        raise CourseError(f"{path.name}: the parameters cell is no Python: {error}.") from error

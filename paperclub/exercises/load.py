"""Finding an exercise by its id, from wherever the notebook runs."""

import difflib
import functools
import importlib.util
from pathlib import Path

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.exercises.notion import Exercise, Prediction
from paperclub.exercises.recorded import FOLDER, SUFFIX, read_file


def exercise(id: str) -> Exercise | Prediction:
    """Return the exercise ``id``, for example ``"attention.weights"``.

    Raises:
        CourseError: There is no such exercise (near matches are named), or its week has none.
    """
    for candidate in exercises_of(str(id).partition(".")[0]):
        if candidate.id == id:
            return candidate
    known = [one.id for slug in slugs() for one in exercises_of(slug)]
    near = difflib.get_close_matches(str(id), known, n=3) or known
    raise CourseError(f"There is no exercise {id!r}. Did you mean {_or(near)}?")


def exercises_of(slug: str) -> tuple[Exercise | Prediction, ...]:
    """Return the exercises of a week in the order of its ladder.

    Where a class was given cases to practise with, beside the notebook that runs, these are what
    is checked by; elsewhere ``solutions/`` is.

    Raises:
        CourseError: The week has no exercises, or ``solutions/`` is not here.
    """
    given = practice(slug)
    if given.is_file():
        return _read_cases(given, given.stat().st_mtime_ns)
    path = paths.SOLUTIONS / f"{slug}.py"
    if not path.is_file():
        if not slugs():
            raise CourseError(
                f"The exercises are judged by files in {paths.SOLUTIONS}, and none is there. "
                "Is the course's folder complete? `git status` shows what is missing."
            )
        near = difflib.get_close_matches(slug, slugs(), n=3) or slugs()
        raise CourseError(f"The week {slug!r} has no exercises. Did you mean {_or(near)}?")
    return _read(path, path.stat().st_mtime_ns)


def slugs() -> list[str]:
    """Return the weeks that have exercises, in alphabetical order."""
    found = [*paths.SOLUTIONS.glob("*.py"), *practice("").parent.glob(f"*{SUFFIX}")]
    return sorted({path.stem for path in found})


def practice(slug: str) -> Path:
    """Return where a class's cases for a week lie: beside the notebook that runs."""
    return Path.cwd() / FOLDER / f"{slug}{SUFFIX}"


@functools.lru_cache(maxsize=8)
def _read_cases(path: Path, changed: int) -> tuple[Exercise | Prediction, ...]:
    return read_file(path)


@functools.lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> tuple[Exercise | Prediction, ...]:
    # `changed` is part of the key: a file that was edited is read again in the same kernel.
    spec = importlib.util.spec_from_file_location(f"solutions_of_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # a path that ends in .py has a loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(module.EXERCISES)


def _or(names: list[str]) -> str:
    *most, last = [repr(name) for name in names]
    return f"{', '.join(most)} or {last}" if most else last

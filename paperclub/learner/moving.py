"""Everything in one file: from one machine to another, or kept safe."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.learner import store
from paperclub.learner.events import Event

LARGEST = 200 * 2**20  # bytes; a year of daily work is a hundredth of it


class Box(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["paperclub progress"] = "paperclub progress"
    version: Literal[1] = 1
    events: list[Event]


def export_progress(file: Path, force: bool = False) -> int:
    """Write all that is kept of the learner to ``file``; return how many entries.

    Raises:
        CourseError: The file exists and ``force`` is not given, or it cannot be written.
    """
    events = store.read()
    write_new(file, Box(events=events).model_dump_json(indent=1) + "\n", force)
    return len(events)


def import_progress(file: Path) -> tuple[int, int]:
    """Add what ``file`` holds to what is kept here; nothing is doubled and nothing lost.

    Returns:
        How many entries were new, and how many the file has.

    Raises:
        CourseError: The file is not there, or not such a file; then nothing was changed.
    """
    box = _read(file)
    return store.add(box.events, imported=True), len(box.events)


def write_new(file: Path, text: str, force: bool) -> None:
    """Write a file that a person named.

    Raises:
        CourseError: It exists and ``force`` is not given, or it cannot be written.
    """
    file = file.expanduser()
    if file.is_dir():
        raise CourseError(f"{file} is a folder. Name a file in it.")
    if file.exists() and not force:
        raise CourseError(f"{file} exists and is left as it is. Name another, or add --force.")
    try:
        write_atomically(file, text)
    except OSError as error:
        raise CourseError(f"{file} cannot be written: {error.strerror or error}.") from error


def _read(file: Path) -> Box:
    file = file.expanduser()
    try:
        if file.stat().st_size > LARGEST:
            raise CourseError(
                f"{file} is too large for an export of progress. Nothing was changed."
            )
        return Box.model_validate_json(file.read_bytes())
    except OSError as error:
        raise CourseError(
            f"{file} cannot be read: {error.strerror or error}. Nothing was changed."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        place = f" (at {where})" if where else ""
        raise CourseError(
            f"{file} is not a whole export of progress: {first['msg']}{place}. Nothing was "
            "changed. Export it again on the other machine: python course.py progress-export FILE"
        ) from error

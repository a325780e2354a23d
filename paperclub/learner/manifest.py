"""What is remembered of the learner's copies: which version each was made from."""

import datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from paperclub import paths
from paperclub.files import write_atomically
from paperclub.learner.cells import CellMark
from paperclub.learner.placing import keep_beside


class Copy(BaseModel, extra="forbid"):
    """One copy.

    ``cells`` are the marks of the version that it was made from, none if that is not known.
    ``offered`` is the fingerprint of the newest version that was brought in beside it.
    ``opened`` is when the course last opened it in Lab.
    """

    cells: tuple[CellMark, ...] = ()
    offered: str | None = None
    opened: datetime.datetime | None = None


class Manifest(BaseModel, extra="forbid"):
    """All copies, by ``chapters/SLUG`` or ``exercises/SLUG``."""

    copies: dict[str, Copy] = Field(default_factory=dict)

    def save(self) -> None:
        """Write the manifest in one step."""
        write_atomically(manifest_path(), self.model_dump_json(indent=1, exclude_defaults=True))


def manifest_path() -> Path:
    """Return where the manifest lies."""
    return paths.WORK / ".copies.json"


def load_manifest() -> tuple[Manifest, str | None]:
    """Read the manifest; a damaged one is set aside, and every copy then counts as touched.

    Returns:
        The manifest, and a sentence if there is something to say.
    """
    path = manifest_path()
    try:
        return Manifest.model_validate_json(path.read_bytes()), None
    except FileNotFoundError:
        return Manifest(), None
    except (ValidationError, IsADirectoryError):
        kept = keep_beside(path)
        return Manifest(), (
            f"The list of your copies was damaged; it is kept as work/{kept.name}. "
            "Copies that differ from the course's are left as they are."
        )


def peek_manifest() -> Manifest:
    """Read the manifest for a look only: nothing is set aside, a damaged one counts as empty."""
    try:
        return Manifest.model_validate_json(manifest_path().read_bytes())
    except (ValidationError, OSError):
        return Manifest()

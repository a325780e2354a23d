"""What exercises a week has, read from the notebook that the learner is given.

The notebook is read and not ``solutions/``, which need torch and are not in every learner's hands.
"""

import json
import re
from collections.abc import Iterator

from pydantic import BaseModel

from paperclub.learner.places import Place


class Task(BaseModel, frozen=True):
    """An exercise in brief: its id, the heading above it, and what a right answer earns."""

    id: str
    title: str
    points: float


def tasks(slug: str) -> list[Task]:
    """Return the exercises of a week that a check can judge; none if the week has no notebook.

    Raises:
        CourseError: The course's notebook cannot be read.
    """
    place = Place("exercises", slug)
    return list(_tasks(place.read_source().raw)) if place.source.is_file() else []


def _tasks(raw: bytes) -> Iterator[Task]:
    title = ""
    for cell in json.loads(raw)["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            headings = re.findall(r"^## +(?:\d+ *· *)?(.+)$", source, re.MULTILINE)
            title = headings[-1] if headings else title
        about = cell.get("metadata", {})
        graded = about.get("nbgrader", {})
        exercise = about.get("paperclub", {}).get("exercise")
        if exercise and cell["cell_type"] == "code" and graded.get("grade"):
            yield Task(id=exercise, title=title or exercise, points=graded.get("points", 0))

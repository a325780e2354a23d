"""What was measured (book/measured.json) and what a chapter says about itself."""

import json
from typing import Any

from paperclub import paths
from paperclub.curriculum.checked_yaml import shown
from paperclub.errors import CourseError

# The columns of what is measured in rows: key and title.
GROWTH = {
    "weeks": "Weeks",
    "pages_s": "All pages anew, s",
    "edit_s": "After one page’s edit, s",
    "home_ms": "The learner’s home, ms",
    "update_s": "Update of all copies, s",
    "book_mb": "The book, MB",
}
CHECKS = {
    "stage": "Stage",
    "seconds": "Seconds",
    "weekly": "Part that grows with the weeks",
    "year_s": "With every week written, s",
}


def measured() -> dict[str, Any]:
    """Return book/measured.json, which ``course.py bench`` writes; empty where it is absent.

    Raises:
        CourseError: The file cannot be read as JSON.
    """
    if not paths.MEASURED.is_file():
        return {}
    try:
        return json.loads(paths.MEASURED.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(
            f"{shown(paths.MEASURED)} is not valid JSON ({error}). "
            "Write it anew with: python course.py bench"
        ) from None


def minutes(slug: str) -> dict[str, int]:
    """Return how long a week takes, ``{"lesson": 60, "exercises": 45}``.

    The numbers stand in the chapter's own metadata, under ``paperclub.minutes``; what is absent
    there is absent here.

    Raises:
        CourseError: The chapter is there but is no notebook.
    """
    chapter = paths.CHAPTERS / f"{slug}.ipynb"
    if not chapter.is_file():
        return {}
    try:
        metadata = json.loads(chapter.read_text(encoding="utf-8")).get("metadata", {})
    except (ValueError, AttributeError):
        raise CourseError(
            f"{shown(chapter)} is not a notebook. Bring it back from git, or save it from Jupyter."
        ) from None
    given = metadata.get("paperclub", {}).get("minutes", {})
    return {key: int(given[key]) for key in ("lesson", "exercises") if key in given}

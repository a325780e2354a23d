"""Marking a week as read."""

from paperclub.curriculum import syllabus
from paperclub.errors import CourseError
from paperclub.learner import store
from paperclub.learner.events import WeekMarked


def mark_week(slug: str, read: bool) -> None:
    """Mark a week as read, or take the mark back.

    Raises:
        CourseError: There is no such week, it is still planned, or the mark cannot be written.
    """
    week = syllabus().week(slug)
    if not week.written:
        raise CourseError(f"The week “{week.title}” is planned; there is nothing to read yet.")
    store.add([WeekMarked(slug=slug, read=read)])

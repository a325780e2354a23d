"""The year, the reading list and the glossary: loaded, checked, and cut to what is wanted."""

from paperclub.curriculum.card import card
from paperclub.curriculum.load import glossary, reading_list, syllabus, written_weeks
from paperclub.curriculum.models import (
    GlossaryEntry,
    Part,
    ReadingList,
    Syllabus,
    Week,
    Work,
)
from paperclub.curriculum.routes import ShorterCourse, before, path_to, shorter_course

__all__ = [
    "GlossaryEntry",
    "Part",
    "ReadingList",
    "ShorterCourse",
    "Syllabus",
    "Week",
    "Work",
    "before",
    "card",
    "glossary",
    "path_to",
    "reading_list",
    "shorter_course",
    "syllabus",
    "written_weeks",
]

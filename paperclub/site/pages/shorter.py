"""Shorter courses, as they are today and as they will be."""

from html import escape

from paperclub.curriculum import ShorterCourse, shorter_course, syllabus
from paperclub.site.pages.names import week_place


def shorter_html(root: str) -> str:
    """Return every shorter course that the syllabus names."""
    return "".join(_course(plan.weeks, root) for plan in syllabus().courses)


def _course(n: int, root: str) -> str:
    today, whole = shorter_course(n), shorter_course(n, include_planned=True)
    ready = f"<p>{escape(today.note)}</p>" if today.note else ""
    return (
        f'<section id="weeks-{n}"><h3>{escape(whole.title)}: {n} weeks</h3>'
        f"{ready}{_list('Ready today', today, root) if today.weeks else ''}"
        f"{_list('The whole course', whole, root) if today.note else ''}</section>"
    )


def _list(heading: str, course: ShorterCourse, root: str) -> str:
    items = "".join(f"<li>{week_place(week, root)}</li>" for week in course)
    return f"<h4>{heading}</h4><ol>{items}</ol>"

"""Pages to print: an agenda, role cards, a handout. What people wrote is shown as characters."""

import json
from functools import partial
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from paperclub.club.chapter import group_parts
from paperclub.club.roles import roles_for
from paperclub.curriculum import glossary, reading_list, syllabus
from paperclub.files import write_atomically

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
# In files that are not HTML: a YAML string, and a stretch of text that Markdown takes as it is.
TEMPLATES.filters["quoted"] = partial(json.dumps, ensure_ascii=False)
TEMPLATES.filters["words"] = lambda text: escape(" ".join(str(text).split())).replace("|", "&#124;")


def to_html(markdown: str) -> Markup:
    """Return Markdown as HTML; HTML within it is shown as it was typed."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return Markup(reader.render(markdown))


def printed(title: str, markdown: str) -> str:
    """Return Markdown as a page to print."""
    return TEMPLATES.get_template("page.html").render(title=title, body=to_html(markdown))


def cards_page(people: int) -> str:
    """Return role cards for a number of people, to print and cut.

    Raises:
        CourseError: The number is outside 3 to 60.
    """
    return TEMPLATES.get_template("cards.html").render(held=roles_for(people))


def handout_page(slug: str) -> str:
    """Return a week on one page: claim, reading, first pass, words, questions.

    Raises:
        CourseError: There is no such week.
    """
    week = syllabus().week(slug)
    return TEMPLATES.get_template("handout.html").render(
        week=week,
        works=[reading_list().work(paper) for paper in week.papers],
        first_pass=to_html(group_parts(week).first_pass),
        discuss=to_html(group_parts(week).discuss),
        words=[entry for entry in glossary() if entry.week == slug],
    )


def write_pages(folder: Path, pages: dict[str, str]) -> list[Path]:
    """Write pages into a folder; return where they lie."""
    for name, text in pages.items():
        write_atomically(folder / name, text)
    return [folder / name for name in pages]

"""Sphinx extension: generated pages, boxes, and the row of buttons on a chapter.

It is thin on purpose: what a page says is made by the functions of ``paperclub.site.pages``.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import nested_parse_with_titles

from paperclub import paths
from paperclub.club.models import FOLDER
from paperclub.errors import CourseError
from paperclub.site.execution import CACHE, as_on_its_page, notebooks
from paperclub.site.pages import (
    chrome,
    claims,
    club,
    costs,
    now,
    picture,
    reading,
    shorter,
    soundness,
    words,
    year,
)
from paperclub.site.soundness import inputs
from paperclub.widgets.built import HOST

HTML: dict[str, Callable[[str], str]] = {
    "now": now.now_html,
    "year": year.year_html,
    "picture": picture.picture_html,
    "shorter-courses": shorter.shorter_html,
    "famous-list": reading.famous_html,
    "reading-list": reading.reading_html,
    "ledger": claims.claims_html,
    "club-log": club.club_html,
    "measured": costs.costs_html,
    "soundness": soundness.soundness_html,
}
PAGE_MAKERS = [
    paths.BOOK / "ext",
    *(paths.ROOT / "paperclub" / name for name in ("club", "curriculum", "ledger", "site")),
]
# Sphinx copies none of these if no page has changed.
SHARED_BY_PAGES = [paths.BOOK / "static", HOST]
BOXES = {
    "Predict": "predict",
    "Try this": "try",
    "What would fool us": "fool",
    "Analogy": "analogy",
    "No dumb questions": "questions",
    "I read the paper": "paper",
}


class CoursePart(SphinxDirective):
    """``{course} NAME``: a piece of a page made from the course's own data."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the piece as raw HTML, or the glossary as parsed Markdown."""
        name = self.arguments[0]
        for file in _sources():
            self.env.note_dependency(str(file))
        try:
            if name == "glossary":
                return self._parsed(words.words_markdown())
            if name not in HTML:
                raise self.error(f"no such part: {name}; there are: {', '.join(HTML)}, glossary")
            root = "../" * self.env.docname.count("/")
            return [nodes.raw("", HTML[name](root), format="html")]
        except CourseError as error:
            raise ExtensionError(str(error)) from error

    def _parsed(self, markdown: str) -> list[nodes.Node]:
        holder = nodes.section()
        holder.document = self.state.document
        nested_parse_with_titles(self.state, StringList(markdown.splitlines()), holder)
        return holder.children


def _sources() -> list:
    """Return the files whose change makes every generated part out of date."""
    book = paths.BOOK
    named = ["syllabus.yml", "reading_list.yml", "glossary.yml", "_toc.yml"]
    files = [book / name for name in named] + [paths.MEASURED, *sorted(paths.LEDGER.glob("*.json"))]
    files += [*inputs(), *sorted(FOLDER.rglob("*.*"))]
    return [file for file in files if file.is_file()]


def use_executed_notebooks(app: Sphinx, config: Config) -> None:
    """Let myst-nb find what was executed; read all pages anew when what makes pages has changed."""
    if Path(app.srcdir) == paths.ROOT:  # another book's pages do not note there what they run
        config.nb_execution_cache_path = str(CACHE)
    digest = hashlib.sha256()
    files = [file for folder in PAGE_MAKERS for file in sorted(folder.rglob("*.py"))]
    files += [file for folder in SHARED_BY_PAGES for file in sorted(folder.rglob("*.*"))]
    for file in filter(Path.is_file, files):
        digest.update(file.read_bytes())
    config.course_code = digest.hexdigest()


def mark_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Note in a notebook what it runs besides its cells, and which of its parts are presented."""
    if docname in notebooks():
        source[0] = as_on_its_page(docname, source[0])


def read_anew(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the notebooks whose own text is as it was, but not what they run.

    Without this, an edited figure would stay as it was in every page that shows it.
    """
    before = getattr(env, "course_notebooks", {})
    env.course_notebooks = {
        page: hashlib.sha256(
            as_on_its_page(page, file.read_text(encoding="utf-8")).encode()
        ).hexdigest()
        for page, file in notebooks().items()
    }
    return [page for page, now in env.course_notebooks.items() if before.get(page) != now]


def mark_boxes(app: Sphinx, document: nodes.document) -> None:
    """Give a quotation that opens with one of the course's labels the class of its box."""
    for quote in document.findall(nodes.block_quote):
        first = next(iter(quote.findall(nodes.strong)), None)
        label = first.astext().rstrip(".:") if first is not None else ""
        opens = quote.astext().lstrip().startswith(label)
        if label in BOXES and opens:
            quote["classes"] += ["box", f"box-{BOXES[label]}"]


def add_buttons(app: Sphinx, document: nodes.document) -> None:
    """Put the buttons below a chapter's or exercise notebook's title."""
    html = chrome.buttons_html(app.env.docname)
    title = next(iter(document.findall(nodes.title)), None)
    if html and title is not None:
        title.parent.insert(title.parent.index(title) + 1, nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> dict:
    """Register directive, transforms and the pages' style sheet and script."""
    app.add_directive("course", CoursePart)
    app.add_config_value("course_code", "", "env", str)
    app.connect("config-inited", use_executed_notebooks)
    if Path(app.srcdir) == paths.ROOT:  # none of these notebooks is a page of another book
        app.connect("env-get-outdated", read_anew)
        app.connect("source-read", mark_notebook)
    app.connect("doctree-read", mark_boxes)
    app.connect("doctree-read", add_buttons)
    app.add_css_file("course.css")
    app.add_js_file("course.js", loading_method="defer")
    app.add_js_file("present.js", loading_method="defer", priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension: names for the theme's controls, for who hears a page instead of seeing it."""

from collections.abc import Callable

from bs4 import BeautifulSoup
from sphinx.application import Sphinx

# myst-nb's name for it hides the words that it shows, which say more.
UNSPOKEN = '<summary aria-label="Toggle hidden content">'


def name_controls(app: Sphinx, name: str, template: str, context: dict, doctree: object) -> None:
    """Let what folds cells of code be called as it reads, and name what folds the contents."""
    if "body" in context:
        context["body"] = context["body"].replace(UNSPOKEN, "<summary>")
    if "generate_toctree_html" in context:
        context["generate_toctree_html"] = with_names(context["generate_toctree_html"])


def with_names(contents: Callable[..., BeautifulSoup]) -> Callable[..., BeautifulSoup]:
    """Return ``contents``, the theme's list of pages, with a name on every arrow in it."""

    def named(*args: object, **options: object) -> BeautifulSoup:
        soup = contents(*args, **options)
        for arrow in soup.select("li > details > summary:not([aria-label])"):
            link = arrow.find_parent("li").find("a", recursive=False)
            if link is not None:
                arrow["aria-label"] = f"Pages of {link.get_text(strip=True)}"
        return soup

    return named


def setup(app: Sphinx) -> dict:
    """Come after the theme and myst-nb, whose work this finishes."""
    app.connect("html-page-context", name_controls, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""In which order a built page asks for its scripts: nothing holds up its figures."""

import re

import pytest
from figure_book import PAGES, build_figure_book

from paperclub.widgets.page import LATE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    return build_figure_book(tmp_path_factory.mktemp("scripts"), {"figure": PAGES["figure"]})


def scripts(page) -> list[tuple[str, str]]:
    """Return (attributes, file's name) of the scripts that a page asks for, in order."""
    tags = re.findall(r"<script([^>]*)>", page.read_text("utf-8"))
    named = [(tag, re.search(r'src="([^"?]*)', tag)) for tag in tags]
    return [(tag, found[1].rsplit("/", 1)[-1]) for tag, found in named if found]


def test_scripts_of_a_page_come_side_by_side(html):
    tags = [(tag, name) for tag, name in scripts(html / "figure.html") if LATE not in tag]
    waiting = [name for tag, name in tags if "defer" not in tag]
    assert waiting == ["documentation_options.js"]


def test_what_a_page_does_not_need_at_first_waits_for_its_figures(html):
    late = {name for tag, name in scripts(html / "figure.html") if f'type="{LATE}"' in tag}
    early = [name for _, name in scripts(html / "figure.html") if name not in late]
    assert {"tex-mml-chtml.js", "copybutton.js", "bootstrap.js"} <= late
    assert {"host.js", "course.js", "present.js"} <= set(early)
    assert LATE not in (html / "search.html").read_text("utf-8"), "nobody would bring them there"


def test_the_theme_fetches_nothing_ahead_of_a_figure(html):
    ahead = re.compile(r'<link rel="(preload|prefetch)"[^>]*\.js')
    assert not ahead.search((html / "figure.html").read_text("utf-8"))
    assert ahead.search((html / "search.html").read_text("utf-8")), "named otherwise by the theme"


def test_the_index_of_words_is_on_the_search_page_alone(html):
    assert "searchindex.js" not in [name for _, name in scripts(html / "figure.html")]
    assert "searchindex.js" in [name for _, name in scripts(html / "search.html")]

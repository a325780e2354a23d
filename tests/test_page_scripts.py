"""In which order a built page asks for its scripts: nothing holds up its figures."""

import re

import pytest
from figure_book import PAGES, build_figure_book

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
    waiting = [name for tag, name in scripts(html / "figure.html") if "defer" not in tag]
    assert waiting == ["documentation_options.js"]


def test_figures_come_before_mathematics(html):
    names = [name for _, name in scripts(html / "figure.html")]
    assert names.index("host.js") < names.index("tex-mml-chtml.js")


def test_the_index_of_words_is_on_the_search_page_alone(html):
    assert "searchindex.js" not in [name for _, name in scripts(html / "figure.html")]
    assert "searchindex.js" in [name for _, name in scripts(html / "search.html")]

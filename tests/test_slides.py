"""A notebook's slide types reach its page, and nothing else of it changes."""

import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

from paperclub.site.slides import mark_slides


def cell(make, source, slide=None, **metadata):
    shown = {"slideshow": {"slide_type": slide}} if slide else {}
    return make(source, metadata=shown | metadata)


def marked(*cells):
    return json.loads(mark_slides(writes(new_notebook(cells=list(cells)))))["cells"]


def test_markdown_is_marked_at_its_end_where_it_moves_no_line():
    slide, aside = marked(
        cell(new_markdown_cell, "## Title\n\n> quoted", "slide"),
        cell(new_markdown_cell, "Left out.", "skip"),
    )
    text = "".join(slide["source"])
    assert text.startswith("## Title\n\n> quoted\n\n<div")
    assert 'data-slide="slide"' in text
    assert 'data-slide="none"' in "".join(aside["source"])


def test_code_keeps_its_text_and_gets_a_tag_beside_its_own():
    [code] = marked(cell(new_code_cell, "x = 1", "fragment", tags=["hide-input"]))
    assert "".join(code["source"]) == "x = 1"
    assert code["metadata"]["tags"] == ["hide-input", "slide-fragment"]


def test_what_is_not_tagged_is_not_shown():
    text, code = marked(cell(new_markdown_cell, "a"), cell(new_code_cell, "b"))
    assert 'data-slide="none"' in "".join(text["source"])
    assert code["metadata"]["tags"] == ["slide-none"]

"""The attention explorer in JupyterLab, with a kernel."""

import pytest
from lab import figure_in_lab, run_cell
from playwright.sync_api import expect

from paperclub.widgets import AttentionExplorer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SENTENCES = ["To be, or not to be, that is the question."]
MAKE = f"""
from paperclub.widgets import AttentionExplorer
figure = AttentionExplorer({SENTENCES!r}, layer=1, head=3)
figure
"""
ASK = "print(figure.text, figure.layer, figure.sentence())"


def test_the_explorer_is_alive_in_lab_and_keeps_its_keys(browser, tmp_path):
    with figure_in_lab(browser, tmp_path, ["# Attention", MAKE, ASK], port=19380) as page:
        type_and_ask(page, AttentionExplorer(SENTENCES, layer=1, head=3))


def type_and_ask(page, python):
    sentence = page.locator(".pc-figure .pc-sentence")
    expect(sentence).to_have_text(python.sentence())
    address, cells = page.url, page.locator(".jp-Cell").count()

    typed = "A baxdd day, my lord"
    field = page.locator(".pc-field textarea")
    field.fill("")
    field.press_sequentially(typed)
    look_on = AttentionExplorer([typed], layer=1, head=3)
    last = len(look_on.sentences[0]["tokens"]) - 1
    expect(sentence).to_have_text(look_on.sentence(query=last))
    field.press("Enter")
    field.press("Backspace")
    page.locator("canvas.pc-picture").press("a")
    assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"
    assert page.url == address, "the address is Lab's"

    page.locator("canvas.pc-picture").press("ArrowUp")
    expect(sentence).to_have_text(look_on.sentence(query=last - 1))
    run_cell(page)
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(
        f"{typed} 1 {look_on.sentence(query=last - 1)}"
    )

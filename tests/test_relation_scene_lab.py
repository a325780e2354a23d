"""The relation scene in JupyterLab, with a kernel: both sides hear of each other."""

import pytest
from lab import figure_in_lab, run_cell
from playwright.sync_api import expect
from specimens import HOSTILE, every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPECIMEN = every_specimen()["relation_scene"]
*BEFORE, LAST = SPECIMEN.page
IMPORTED, MADE = LAST.strip().splitlines()
KEPT = f"{IMPORTED}\nfigure = {MADE}\nfigure"
ASK = "print('heard', figure.sentence())"
TELL = "figure.kind, figure.asked = 0, 1"


def test_a_moved_object_reaches_python_and_a_question_of_pythons_the_figure(browser, tmp_path):
    python = SPECIMEN.figure()
    with figure_in_lab(browser, tmp_path, [*BEFORE, KEPT, ASK, TELL], port=19680) as page:
        sentence, picture = page.locator(".pc-sentence"), page.locator("canvas.pc-picture")
        # Run All came to the last cell, so the figure stands where Python put it.
        python.kind, python.asked = 0, 1
        expect(sentence).to_have_text(python.sentence())
        assert HOSTILE in sentence.text_content()
        assert page.locator(".pc-figure img").count() == 0
        cells = page.locator(".jp-Cell").count()
        places = [list(place) for place in python.places[0]]
        shapes = [1 - python.shapes[0][0], *python.shapes[0][1:]]
        places[0][0] = round(places[0][0] + 0.05, 3)
        picture.press("ArrowRight")
        picture.press("Enter")
        page.get_by_label("ask about").select_option("0")
        said = python.sentence(0, 0, 0, places=places, shapes=shapes)
        expect(sentence).to_have_text(said)
        assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"
        run_cell(page, -2)
        expect(page.locator(".jp-OutputArea-output").last).to_contain_text(f"heard {said}")

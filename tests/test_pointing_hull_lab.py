"""The pointing figure in JupyterLab, with a kernel."""

import pytest
from lab import figure_in_lab, run_cell
from playwright.sync_api import expect
from specimens import every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPECIMEN = every_specimen()["pointing_hull"]
ASK = "print(figure.task, len(figure.points), figure.sentence())"


def test_the_figure_is_alive_in_lab_and_python_hears_of_points(browser, tmp_path):
    python = SPECIMEN.figure()
    with figure_in_lab(browser, tmp_path, [*SPECIMEN.page, ASK], port=19580) as page:
        sentence, picture = page.locator(".pc-sentence"), page.locator("canvas.pc-picture")
        expect(sentence).to_have_text(python.sentence())
        cells = page.locator(".jp-Cell").count()
        picture.press("ArrowRight")
        expect(sentence).to_have_text(python.sentence(3))
        picture.press("Enter")
        assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"
        said = python.sentence(3, points=[*python.points, [0.5, 0.5]])
        picture.press("Escape")
        expect(sentence).to_have_text(said)
        run_cell(page)
        expect(page.locator(".jp-OutputArea-output").last).to_contain_text(f"hull 13 {said}")
        page.get_by_label("tour").check()
        said = python.sentence(14, points=[*python.points, [0.5, 0.5]], task="tour")
        expect(sentence).to_have_text(said)
        run_cell(page)
        expect(page.locator(".jp-OutputArea-output").last).to_contain_text(f"tour 13 {said}")

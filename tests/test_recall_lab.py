"""The recall figures in JupyterLab, with a kernel that hears what a room counts."""

import pytest
from lab import figure_in_lab, run_cell
from playwright.sync_api import expect
from specimens import every_specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CURVE, GAME = (every_specimen()[name] for name in ("recall_curve", "recall_game"))
ASK = "print(game.people, game.tallies, curve.sentence())"


def named(cell: str, name: str) -> str:
    """Return a cell that keeps its figure under a name, too."""
    imports, shown = cell.rsplit("\nRecall", 1)
    return f"{imports}\n{name} = Recall{shown.rstrip()}\n{name}"


def test_the_figures_are_alive_in_lab_and_python_hears_of_the_tallies(browser, tmp_path):
    cells = ("# Recall", named(CURVE.cells[0], "curve"), named(GAME.cells[0], "game"), ASK)
    with figure_in_lab(browser, tmp_path, cells, port=19590) as page:
        curve, game = (
            page.get_by_role("group", name=name) for name in ("Recall by place", "Recall game")
        )
        drawn, counted = CURVE.figure(), GAME.figure()
        expect(curve.locator(".pc-sentence")).to_have_text(drawn.sentence())
        expect(game.locator(".pc-sentence")).to_have_text(counted.sentence())
        cells = page.locator(".jp-Cell").count()
        curve.locator("canvas.pc-picture").press("ArrowRight")
        expect(curve.locator(".pc-sentence")).to_have_text(CURVE.step(drawn))
        picture = game.locator("canvas.pc-picture")
        picture.press("ArrowRight")
        picture.press("ArrowUp")
        game.get_by_role("slider", name="people").fill("9")
        counted.people, counted.tallies = 9, [7, 4, 1, 2, 5]
        expect(game.locator(".pc-sentence")).to_have_text(counted.sentence())
        picture.press("a")
        assert page.locator(".jp-Cell").count() == cells, "a bare key is the figure's, not Lab's"
        game.get_by_role("button", name="words, pace, record").click()
        line = game.get_by_role("textbox", name="line for the record")
        assert counted.sentence() in line.input_value()
        run_cell(page)
        said = f"9 {counted.tallies} {CURVE.step(drawn)}"
        expect(page.locator(".jp-OutputArea-output").last).to_contain_text(said)
        kept = page.evaluate(
            "Object.keys(sessionStorage).filter((key) => key.includes('paperclub'))"
        )
        assert kept == [], "in Lab the kernel holds what was counted"

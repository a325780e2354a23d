"""PairJudge, one round done; the right arrow key chooses another couple and says the same."""

from specimens import Specimen

FIGURE = """
from paperclub.widgets import PairJudge
PairJudge(
    {"Ana": "square", "<b>Bo</b>": "circle", "Cleo": "square", "Dan": "circle"},
    notes=[[3, 9, 2, 5, 0, 7], [9, 2, 1, 0, 0, 1]], hands=(3, 4), nearest="<b>Bo</b>", room=9,
)
"""

SPECIMEN = Specimen("Pairs", (FIGURE,), lambda figure: figure.sentence())

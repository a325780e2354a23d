"""RecallGame, in the middle of a game; its right arrow key goes on, and says the same."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
from paperclub.widgets import RecallGame
RecallGame(
    ["lamp", {HOSTILE!r}, "cheese", "coat", "violin"], model=[0.9, 0.4, 0.3, 0.4, 0.6],
    people=8, tallies=[7, 3, 1, 2, 5],
)
"""

SPECIMEN = Specimen("A game", (FIGURE,), lambda figure: figure.sentence())

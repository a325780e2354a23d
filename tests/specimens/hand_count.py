"""HandCount, whose right arrow key counts a hand for the first choice."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
from paperclub.widgets import HandCount
HandCount("Which one wins?", ["the first", {HOSTILE!r}, "neither"], answer=1)
"""

SPECIMEN = Specimen("Hands", (FIGURE,), lambda figure: figure.sentence([1, 0, 0]))

"""MergeVote after one join; the right arrow key counts a hand and says the same."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
from paperclub.widgets import MergeVote
MergeVote("the then " + {HOSTILE!r}, {HOSTILE[:10]!r}, joins=[(104, 101)], votes=[(3, 5)])
"""

SPECIMEN = Specimen("Merges", (FIGURE,), lambda figure: figure.sentence())

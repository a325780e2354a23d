"""AttentionExplorer, with the course's own model in the page."""

from specimens import Specimen

FIGURE = """
from paperclub.widgets import AttentionExplorer
AttentionExplorer()
"""

SPECIMEN = Specimen("Explorer", (FIGURE,), lambda figure: figure.sentence(key=0))

"""NextToken, with the course's own model in the page."""

from specimens import Specimen

FIGURE = """
from paperclub.widgets import NextToken
NextToken()
"""

SPECIMEN = Specimen("Next token", (FIGURE,), lambda figure: figure.sentence(temperature=0.8))

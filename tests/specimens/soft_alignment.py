"""SoftAlignment, with the course's own reader of dates in the page."""

from specimens import Specimen

FIGURE = """
from paperclub.widgets import SoftAlignment
SoftAlignment()
"""

SPECIMEN = Specimen("Soft alignment", (FIGURE,), lambda figure: figure.sentence(key=0))

"""ComputationGraph, whose right arrow key takes the next step."""

from specimens import Specimen

FIGURE = """
from paperclub.widgets import ComputationGraph
ComputationGraph("(sigmoid(w*x + b) - y)^2", {"w": 0.5, "x": 2, "b": -2, "y": 1})
"""

SPECIMEN = Specimen("Graph", (FIGURE,), lambda figure: figure.sentence(figure.step + 1))

"""RecallCurve: two kinds of task, one of them with what the model looked at and a control."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
import numpy as np
from paperclub.widgets import RecallCurve

random = np.random.default_rng(0)
curve = np.array([-1, -2.5, -3, -3, -3.1, -3, -3, -2.8, -2.5, -1.6])
looks = random.uniform(size=(10, 10))
RecallCurve(
    {{{HOSTILE!r}: curve + random.normal(size=(6, 10)), "talk": random.normal(size=(2, 5))}},
    attention={{{HOSTILE!r}: looks / looks.sum(axis=1, keepdims=True)}},
    control={{{HOSTILE!r}: ([1, 5, 10], [-0.5, -0.1, -0.2])}},
)
"""

SPECIMEN = Specimen("Recall", (FIGURE,), lambda figure: figure.sentence(place=figure.place + 1))

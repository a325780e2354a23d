"""QueriesKeys, a query half spent; the right arrow key chooses another key and says the same."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
from paperclub.widgets import QueriesKeys
keys = {{"soup": 8, {HOSTILE[:24]!r}: 3, "cake": 5}}
QueriesKeys(keys, ["warm", {HOSTILE[:20]!r}], points=[[2, 5, 0], [0, 0, 4]])
"""

SPECIMEN = Specimen("Queries and keys", (FIGURE,), lambda figure: figure.sentence())

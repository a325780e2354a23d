"""BytePairs with three merges and a text that is markup."""

from specimens import HOSTILE, Specimen

FIGURE = f"""
from paperclub.widgets import BytePairs
counts = [0] * 256
for letter, count in dict(t=8, h=8, e=4, a=8).items():
    counts[ord(letter)] = count
text = {"the aaa " + HOSTILE!r}
BytePairs([(116, 104), (256, 101), (97, 97)], counts, [6, 4, 2], text=text, count=1)
"""

SPECIMEN = Specimen("Byte pairs", (FIGURE,), lambda figure: figure.sentence(count=2))

"""ExpertQueues: two gates with random weights, and a text that would be markup."""

from specimens import HOSTILE, Specimen

DATA = f"""
import numpy as np

def example_gate(seed, d=8, experts=6, letters=27, n=96):
    random = np.random.default_rng(seed)
    shapes = dict(characters=(letters + 1, d), places=(n, d), norms=(4, d), gate=(d, experts),
                  attention=(4, d + 1, d), noise=(d, experts))
    return {{name: random.normal(size=shape) for name, shape in shapes.items()}}

models = {{"First gate": example_gate(0), "Second gate": example_gate(1)}}
text = "who knows {HOSTILE} and who asks?"
"""

FIGURE = """
from paperclub.widgets import ExpertQueues
ExpertQueues(models, letters="abcdefghijklmnopqrstuvwxyz ", text=text, n_heads=2)
"""

SPECIMEN = Specimen("Queues", (DATA, FIGURE), lambda figure: figure.sentence(at=figure.at + 1))

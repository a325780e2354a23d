"""AttentionHeads: heads that look at the first token, the one before, and the answer."""

from specimens import HOSTILE, Specimen

DATA = f'''
import numpy as np

def example_weights(n=17, heads=4, examples=2, seed=0):
    """Heads that look at the first token, the one before, and the answer, with some noise."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(examples, heads, n, n))
    tokens, answers = [], []
    for example in range(examples):
        answers.append(int(random.integers(n - 1)))
        tokens.append([f"k{{i}}" for i in range(n - 1)] + ["k?"])
        scores[example, 0, :, 0] += 4
        scores[example, 1, range(1, n), range(n - 1)] += 5
        scores[example, 2, -1, answers[-1]] += 7
    tokens[0][3] = {HOSTILE!r}
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    return weights, tokens, answers

weights, tokens, answers = example_weights()
'''

FIGURE = """
from paperclub.widgets import AttentionHeads
AttentionHeads(weights, tokens, answers=answers, compare={"uniform": np.full_like(weights, 1 / 17)})
"""

SPECIMEN = Specimen("Heads", (DATA, FIGURE), lambda figure: figure.sentence(key=0))

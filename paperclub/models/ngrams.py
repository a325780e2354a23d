"""Counting as a language model: interpolated modified Kneser-Ney (Chen & Goodman 1999).

The baseline that a trained model has to be held against. It is written in numpy, with n-grams as
sorted whole numbers, so that five orders over two million tokens take seconds.
"""

from dataclasses import dataclass

import numpy as np

# What is taken off a count of 1, 2, and 3 or more where too few counts are there to estimate it.
USUAL_DISCOUNTS = np.array([0.0, 0.75, 0.75, 0.75])


@dataclass
class _Level:
    """Counts of the n-grams of one length."""

    grams: np.ndarray  # sorted keys
    kept: np.ndarray  # count less its discount
    contexts: np.ndarray  # sorted keys of all but the last token
    totals: np.ndarray  # how often the context was seen
    freed: np.ndarray  # what the discounts took off in that context


class KneserNey:
    """An n-gram model over tokens 0 to ``vocabulary`` - 1.

    Args:
        texts: The sequences to count, each an array of tokens.
        order: The longest n-gram; 1 counts tokens alone.
        vocabulary: How many different tokens there are; ``vocabulary ** order`` must stay below
            2 ** 63.
    """

    def __init__(self, texts: list[np.ndarray], order: int, vocabulary: int):
        self.order, self.vocabulary = order, vocabulary
        # Token 0 of a key is "before the beginning", so tokens are counted from 1 there.
        self.base = vocabulary + 1
        keys = np.concatenate([self._keys(text, order) for text in texts])
        grams, counts = np.unique(keys, return_counts=True)
        self.levels = [self._level(grams, counts)]
        for length in range(order - 1, 0, -1):
            # A shorter n-gram counts in how many different places it was seen, not how often.
            grams, counts = np.unique(grams % self.base**length, return_counts=True)
            self.levels.insert(0, self._level(grams, counts))

    def _keys(self, text: np.ndarray, length: int) -> np.ndarray:
        """Return, for each place of a text, the n-gram that ends there as one number."""
        padded = np.concatenate([np.zeros(length - 1, np.int64), text.astype(np.int64) + 1])
        keys = np.zeros(len(text), np.int64)
        for shift in range(length):
            keys = keys * self.base + padded[shift : shift + len(text)]
        return keys

    def _level(self, grams: np.ndarray, counts: np.ndarray) -> _Level:
        discount = _discounts(counts)[np.minimum(counts, 3)]
        contexts, first = np.unique(grams // self.base, return_index=True)
        return _Level(
            grams=grams,
            kept=counts - discount,
            contexts=contexts,
            totals=np.add.reduceat(counts, first).astype(float),
            freed=np.add.reduceat(discount, first),
        )

    def probabilities(self, text: np.ndarray) -> np.ndarray:
        """Return how likely each token of a text was, given the ones before it."""
        shares = np.full(len(text), 1 / self.vocabulary)
        for length, level in enumerate(self.levels, start=1):
            keys = self._keys(text, length)
            context, seen = _look_up(level.contexts, keys // self.base)
            gram, counted = _look_up(level.grams, keys)
            kept = np.where(counted, level.kept[gram], 0)
            longer = (kept + level.freed[context] * shares) / level.totals[context]
            shares = np.where(seen, longer, shares)
        return shares


def _discounts(counts: np.ndarray) -> np.ndarray:
    n1, n2, n3, n4 = (float((counts == times).sum()) for times in (1, 2, 3, 4))
    if 0 in (n1, n2, n3, n4):
        return USUAL_DISCOUNTS
    y = n1 / (n1 + 2 * n2)
    found = np.array([0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    return found if (found[1:] > 0).all() else USUAL_DISCOUNTS


def _look_up(known: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where ``wanted`` stands in the sorted ``known``, and whether it does."""
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return place, known[place] == wanted

"""How well a model foretells plays that it never saw, beside counting."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from paperclub.data.plays import HELD_OUT, TRAINING, VALIDATION, read_plays
from paperclub.models.gpt import GPT
from paperclub.models.ngrams import KneserNey
from paperclub.models.tokenizer import Tokenizer

ORDERS = range(1, 6)
BATCH = 128


@torch.no_grad()
def model_probabilities(model: GPT, tokenizer: Tokenizer, tokens: np.ndarray) -> np.ndarray:
    """Return how likely the model held each token of a text.

    The text is read in windows that overlap by half, and each token is taken from the window in
    which it has more before it: at least half the model's context, but at the text's beginning.
    """
    length = model.config.context
    step = length // 2
    shares, done = np.empty(len(tokens)), 0
    begins = list(range(0, max(1, len(tokens) - length + 1), step))
    if begins[-1] + length < len(tokens):
        begins.append(len(tokens) - length)
    text = torch.from_numpy(tokens).long()
    for part in (begins[i : i + BATCH] for i in range(0, len(begins), BATCH)):
        rows = torch.stack([text[begin : begin + length] for begin in part])
        start = torch.full((len(part), 1), tokenizer.start)
        logits, _ = model(torch.cat([start, rows[:, :-1]], dim=1))
        loss = cross_entropy(logits.transpose(1, 2), rows, reduction="none")
        for begin, row in zip(part, (-loss).exp().double().numpy(), strict=True):
            shares[done : begin + length] = row[done - begin :]
            done = begin + length
    return shares


def bits_per_byte(shares: np.ndarray, size: int) -> float:
    """Return the bits that a text of ``size`` bytes costs whose tokens had these probabilities."""
    return float(-np.log2(shares).sum() / size)


def _tokens(texts: dict[str, str], tokenizer: Tokenizer) -> list[np.ndarray]:
    return [np.array(tokenizer.encode(text)[1:]) for text in texts.values()]


def _counted(
    train: list[np.ndarray], texts: list[np.ndarray], order: int, vocabulary: int
) -> np.ndarray:
    counts = KneserNey(train, order, vocabulary)
    return np.concatenate([counts.probabilities(text) for text in texts])


def against_ngrams(model: GPT, tokenizer: Tokenizer, archive: Path) -> dict[str, Any]:
    """Return bits per byte on the held-out plays: the model, n-grams, and the two mixed.

    The n-grams count the same plays that the model was trained on, over the same tokens and over
    single bytes. The mixture's share is the best one on the play that is kept for such choices.

    Raises:
        CourseError: The archive of plays is missing or another one.
    """
    train = read_plays(archive, TRAINING)
    test, validation = read_plays(archive, HELD_OUT), read_plays(archive, VALIDATION)
    size = sum(len(text.encode()) for text in test.values())
    of_train, of_test, of_validation = (
        _tokens(texts, tokenizer) for texts in (train, test, validation)
    )
    vocabulary = tokenizer.start
    tokens = {n: bits_per_byte(_counted(of_train, of_test, n, vocabulary), size) for n in ORDERS}
    train_bytes, test_bytes = (
        [np.frombuffer(text.encode(), np.uint8) for text in texts.values()]
        for texts in (train, test)
    )
    characters = {n: bits_per_byte(_counted(train_bytes, test_bytes, n, 256), size) for n in ORDERS}
    own = np.concatenate([model_probabilities(model, tokenizer, text) for text in of_test])
    order = min(tokens, key=tokens.__getitem__)
    mine = np.concatenate([model_probabilities(model, tokenizer, text) for text in of_validation])
    share = _best_share(mine, _counted(of_train, of_validation, order, vocabulary))
    mixed = share * own + (1 - share) * _counted(of_train, of_test, order, vocabulary)
    return {
        "held_out_bytes": size,
        "held_out_tokens": len(own),
        "training_tokens": sum(map(len, of_train)),
        "model": round(bits_per_byte(own, size), 4),
        "token_ngrams": {str(n): round(bits, 4) for n, bits in tokens.items()},
        "character_ngrams": {str(n): round(bits, 4) for n, bits in characters.items()},
        "mixed": {"order": order, "share_of_model": share,
                  "bits": round(bits_per_byte(mixed, size), 4)},
    }  # fmt: skip


def _best_share(own: np.ndarray, counted: np.ndarray) -> float:
    shares = [i / 20 for i in range(21)]
    return min(shares, key=lambda s: math.fsum(-np.log2(s * own + (1 - s) * counted)))

"""Windows of text for training: from the plays, and stretches that repeat."""

import torch
from torch import Tensor

SHORTEST, LONGEST = 8, 31


def windows(tokens: Tensor, places: Tensor, start: int, length: int) -> Tensor:
    """Return the start mark and ``length`` tokens from each place: (place, 1 + length)."""
    text = tokens[places[:, None] + torch.arange(length)]
    return torch.cat([torch.full((len(places), 1), start), text], dim=1)


def repeat_stretches(batch: Tensor, tokens: Tensor, count: int, generator: torch.Generator) -> None:
    """Let the first ``count`` rows of ``batch`` say one stretch again and again, in place.

    Every other stretch is a passage, the rest are tokens drawn from all over the plays: there the
    only way to foretell the next token is to look where the last one stood before.
    """
    length = batch.size(1) - 1
    for row in range(count):
        size = int(torch.randint(SHORTEST, LONGEST + 1, (), generator=generator))
        if row % 2:
            stretch = batch[row, 1 : 1 + size].clone()
        else:
            stretch = tokens[torch.randint(len(tokens), (size,), generator=generator)]
        batch[row, 1:] = stretch.repeat(length // size + 1)[:length]

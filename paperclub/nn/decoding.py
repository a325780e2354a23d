"""What the week ``gpt-from-scratch`` builds for writing: logits to what is drawn from."""

import torch
from torch import Tensor


def decoding_probabilities(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float = 1.0
) -> Tensor:
    """Return what the next token is drawn from: temperature, then top-k, then top-p.

    Args:
        logits: (..., vocabulary).
        temperature: What the logits are divided by: below 1 sharper, above 1 flatter.
        top_k: How many of the likeliest tokens are kept; None for all. Of equal ones the first.
        top_p: Of these, the fewest whose probabilities sum to at least this share of theirs, the
            one that crosses it included (the nucleus of Holtzman et al. 2020, Section 3.1).

    Returns:
        Probabilities (..., vocabulary) that sum to one; 0 for what is cut off.

    Raises:
        ValueError: The temperature is not positive, ``top_k`` is below 1, or ``top_p`` is not in
            (0, 1].
    """
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; it must be larger than 0")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is {top_k}; at least one token must be kept")
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; it is a share above 0 and at most 1")
    shares = (logits / temperature).softmax(dim=-1)
    ordered, order = shares.sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        ordered[..., top_k:] = 0
    if top_p < 1:
        held_before = ordered.cumsum(dim=-1) - ordered
        ordered = ordered.where(held_before < top_p * ordered.sum(dim=-1, keepdim=True), 0)
    kept = torch.zeros_like(shares).scatter(-1, order, ordered)
    return kept / kept.sum(dim=-1, keepdim=True)

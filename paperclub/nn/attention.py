"""What the week ``attention`` builds: Vaswani et al. (2017), Sections 3.1, 3.2 and 3.5.

Masks are boolean and True where a query may look.
"""

import math

import torch
from torch import Tensor, nn


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Mix the values by how alike queries and keys are (Section 3.2.1, Equation 1).

    Args:
        q: Queries, (..., query, d_k).
        k: Keys, (..., key, d_k).
        v: Values, (..., key, d_v).
        mask: True where a query may look; broadcasts to (..., query, key).

    Returns:
        The mixed values (..., query, d_v), and the weights (..., query, key) whose rows sum to one.
        A query that may look nowhere gets NaN: it has no weights to spend.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))  # (..., query, key)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own slice of the vector (Section 3.2.2).

    Args:
        d_model: Width of a position's vector.
        n_heads: Number of heads; must divide ``d_model``.

    Raises:
        ValueError: ``n_heads`` does not divide ``d_model``.
    """

    def __init__(self, d_model: int, n_heads: int):
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model={d_model} cannot be cut into n_heads={n_heads} equal slices")
        self.n_heads = n_heads
        self.to_q = nn.Linear(d_model, d_model)
        self.to_k = nn.Linear(d_model, d_model)
        self.to_v = nn.Linear(d_model, d_model)
        self.to_out = nn.Linear(d_model, d_model)

    def split(self, x: Tensor) -> Tensor:
        """Cut (batch, n, d_model) into heads: (batch, head, n, d_k)."""
        batch, n, _ = x.shape
        return x.view(batch, n, self.n_heads, -1).transpose(1, 2)

    def join(self, x: Tensor) -> Tensor:
        """Put heads together again: (batch, head, n, d_k) to (batch, n, d_model)."""
        return x.transpose(1, 2).flatten(2)

    def forward(
        self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let ``x`` attend to ``context``.

        Args:
            x: (batch, query, d_model).
            context: (batch, key, d_model); ``x`` itself by default.
            mask: True where a query may look; broadcasts to (batch, head, query, key).

        Returns:
            (batch, query, d_model), and the weights (batch, head, query, key).
        """
        context = x if context is None else context
        q = self.split(self.to_q(x))
        k, v = self.split(self.to_k(context)), self.split(self.to_v(context))
        mixed, weights = scaled_dot_product_attention(q, k, v, mask)
        return self.to_out(self.join(mixed)), weights


def sinusoidal_positions(n: int, d_model: int, base: float = 10_000.0) -> Tensor:
    """Return the positional encoding of Section 3.5, (n, d_model) in float64.

    Sines stand in the even columns and cosines in the odd ones.

    Raises:
        ValueError: ``d_model`` is odd.
    """
    if d_model % 2:
        raise ValueError(f"d_model={d_model} is odd, and sines and cosines come in pairs")
    place = torch.arange(n, dtype=torch.float64)[:, None]  # (n, 1)
    frequency = base ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angles = place * frequency  # (n, d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class Block(nn.Module):
    """One encoder layer, normalised after each addition as in the paper (Section 3.1).

    Args:
        d_model: Width of a position's vector.
        n_heads: Number of heads.
        d_ff: Width of the layer between the two linear ones (Section 3.3).
    """

    def __init__(self, d_model: int, n_heads: int, d_ff: int):
        super().__init__()
        self.attention = MultiHeadAttention(d_model, n_heads)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model)
        )
        self.norm_1 = nn.LayerNorm(d_model)
        self.norm_2 = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return what ``x`` (batch, n, d_model) becomes; ``mask`` as in ``MultiHeadAttention``."""
        looked_around, _ = self.attention(x, mask=mask)
        x = self.norm_1(x + looked_around)
        return self.norm_2(x + self.feed_forward(x))

"""A small GPT (Radford et al. 2018), built from the blocks of the week ``attention``."""

import math
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from paperclub.nn import MultiHeadAttention, sinusoidal_positions


@dataclass(frozen=True)
class Config:
    """The sizes of a model.

    Attributes:
        layers: How many blocks stand on each other.
        heads: Heads in each block.
        width: Length of a position's vector; ``heads`` divides it.
        context: The most tokens that it sees, the start mark among them.
        vocabulary: How many different tokens there are.
    """

    layers: int = 3
    heads: int = 8
    width: int = 128
    context: int = 64
    vocabulary: int = 1024

    @property
    def head_width(self) -> int:
        """Length of one head's queries and keys."""
        return self.width // self.heads

    def as_dict(self) -> dict[str, int]:
        """Return the sizes by name."""
        return asdict(self)


class Block(nn.Module):
    """One decoder layer, normalised before each part (Radford et al. 2019, Section 2.3)."""

    def __init__(self, config: Config):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = MultiHeadAttention(config.width, config.heads)
        self.norm_2 = nn.LayerNorm(config.width)
        self.feed_forward = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.ReLU(),
            nn.Linear(4 * config.width, config.width),
        )

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return what ``x`` (batch, n, width) becomes, and the weights (batch, head, n, n)."""
        looked_around, weights = self.attention(self.norm_1(x), mask=mask)
        x = x + looked_around
        return x + self.feed_forward(self.norm_2(x)), weights


def positions(config: Config) -> Tensor:
    """Return what is added to each position's vector, (context, width).

    The paper's waves are 6 to 63,000 tokens long. This model sees 64 tokens, and its heads have to
    tell a token from its neighbour: counting in twos, and from base 50, waves are 3 to 150 long.
    """
    return sinusoidal_positions(2 * config.context, config.width, base=50.0)[::2].float()


class GPT(nn.Module):
    """A decoder: at every position it says what comes next, and looks back only.

    Tokens and output share one matrix (Press & Wolf 2017). Positions are sines and cosines as in
    the week ``attention``, added to the token's vector.

    Args:
        config: The sizes.
    """

    positions: Tensor  # (context, width)
    causal: Tensor  # (context, context), true where a query may look

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.register_buffer("positions", positions(config), persistent=False)
        causal = torch.ones(config.context, config.context, dtype=torch.bool).tril()
        self.register_buffer("causal", causal, persistent=False)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Look at ``tokens`` (batch, n), at most ``config.context`` of them.

        Returns:
            The logits (batch, n, vocabulary) of the token that comes after each, and the attention
            weights (batch, layer, head, query, key), whose rows sum to one.

        Raises:
            ValueError: There are more tokens than the model can see.
        """
        n = tokens.size(1)
        if n > self.config.context:
            raise ValueError(f"{n} tokens; the model sees at most {self.config.context}")
        x = self.embedding(tokens) * math.sqrt(self.config.width) + self.positions[:n]
        weights = []
        for block in self.blocks:
            x, looked = block(x, self.causal[:n, :n])
            weights.append(looked)
        return self.norm(x) @ self.embedding.weight.T, torch.stack(weights, dim=1)

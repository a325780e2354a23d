"""A small pointing network run by numpy, from the same bytes that a page runs.

The network is the one that the chapter ``pointer-networks`` trains: a set encoder whose blocks
normalise first, a query made of the last corner, the first one and the mean of all, and the
pointing of Vinyals et al. (2015), Section 2.3: ``v · tanh(W1 e + W2 d)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array


@dataclass(frozen=True)
class Sizes:
    """The sizes of a pointing network.

    Attributes:
        width: Of a point's vector.
        inner: Of the encoder's feed-forward layers.
        mix: Of the query's hidden layer.
        pointing: Of the vectors inside the tanh.
        blocks: How many blocks the encoder has.
        heads: How many heads each block has; must divide ``width``.
    """

    width: int
    inner: int
    mix: int
    pointing: int
    blocks: int
    heads: int

    def parameters(self) -> list[tuple[str, tuple[int, ...]]]:
        """Return names and shapes of all parameters, in the order in which they are packed."""
        d = self.width
        listed: list[tuple[str, tuple[int, ...]]] = [
            ("encoder.embed.weight", (d, 2)),
            ("encoder.embed.bias", (d,)),
            ("encoder.end", (d,)),
        ]
        for block in range(self.blocks):
            start = f"encoder.blocks.{block}"
            listed += [
                (f"{start}.norm1.weight", (d,)),
                (f"{start}.norm1.bias", (d,)),
                (f"{start}.self_attn.in_proj_weight", (3 * d, d)),
                (f"{start}.self_attn.in_proj_bias", (3 * d,)),
                (f"{start}.self_attn.out_proj.weight", (d, d)),
                (f"{start}.self_attn.out_proj.bias", (d,)),
                (f"{start}.norm2.weight", (d,)),
                (f"{start}.norm2.bias", (d,)),
                (f"{start}.linear1.weight", (self.inner, d)),
                (f"{start}.linear1.bias", (self.inner,)),
                (f"{start}.linear2.weight", (d, self.inner)),
                (f"{start}.linear2.bias", (d,)),
            ]
        return [
            *listed,
            ("encoder.norm.weight", (d,)),
            ("encoder.norm.bias", (d,)),
            ("query.start", (2, d)),
            ("query.mix.0.weight", (self.mix, 3 * d)),
            ("query.mix.0.bias", (self.mix,)),
            ("query.mix.2.weight", (d, self.mix)),
            ("query.mix.2.bias", (d,)),
            ("pointer.w1.weight", (self.pointing, d)),
            ("pointer.w2.weight", (self.pointing, d)),
            ("pointer.w2.bias", (self.pointing,)),
            ("pointer.v.weight", (1, self.pointing)),
        ]


def pack(state: Mapping[str, object], heads: int) -> tuple[Sizes, bytes]:
    """Return a network's sizes, and its parameters as float16 bytes.

    Args:
        state: Parameters by name, as ``state_dict()`` of the chapter's network gives them.
        heads: How many heads each block has.

    Raises:
        CourseError: A parameter is missing or has another shape; the message names it.
    """
    arrays = {name: as_array(values, name) for name, values in state.items()}

    def rows(name: str) -> int:
        if name not in arrays:
            raise CourseError(f"weights hold no {name}: is this the chapter's pointing network?")
        return arrays[name].shape[0]

    blocks = 0
    while f"encoder.blocks.{blocks}.norm1.weight" in arrays:
        blocks += 1
    sizes = Sizes(
        width=rows("encoder.embed.weight"),
        inner=rows("encoder.blocks.0.linear1.weight"),
        mix=rows("query.mix.0.weight"),
        pointing=rows("pointer.w1.weight"),
        blocks=blocks,
        heads=heads,
    )
    if heads < 1 or sizes.width % heads:
        raise CourseError(f"{heads} heads do not divide a width of {sizes.width}")
    packed = []
    for name, shape in sizes.parameters():
        if name not in arrays:
            raise CourseError(f"weights hold no {name}: is this the chapter's pointing network?")
        if arrays[name].shape != shape:
            raise CourseError(f"{name} has shape {arrays[name].shape}; {shape} is expected")
        packed.append(arrays[name].astype("<f2").ravel())
    return sizes, np.concatenate(packed).tobytes()


class Network:
    """The network, from its packed parameters; all sums in float64."""

    def __init__(self, sizes: Sizes, packed: bytes):
        numbers = np.frombuffer(packed, "<f2").astype(np.float64)
        self.sizes = sizes
        self.weights: dict[str, np.ndarray] = {}
        start = 0
        for name, shape in sizes.parameters():
            end = start + int(np.prod(shape))
            self.weights[name] = numbers[start:end].reshape(shape)
            start = end

    def read(self, points: np.ndarray) -> np.ndarray:
        """Return the encoder's vectors of points (n, 2) in [0, 1] and of END: (n + 1, width)."""
        embedded = self._linear("encoder.embed", 2 * points - 1)
        x = np.concatenate([embedded, self.weights["encoder.end"][None]])
        for block in range(self.sizes.blocks):
            start = f"encoder.blocks.{block}"
            x = x + self._attend(start, self._norm(f"{start}.norm1", x))
            inner = self._linear(f"{start}.linear1", self._norm(f"{start}.norm2", x))
            x = x + self._linear(f"{start}.linear2", np.maximum(inner, 0))
        return self._norm("encoder.norm", x)

    def shares(self, read: np.ndarray, chosen: list[int], whole: bool = False) -> np.ndarray:
        """Return the next step's pointing distribution over the points and END.

        Args:
            read: What ``read`` gave, (n + 1, width).
            chosen: The points chosen so far; they get 0.
            whole: Whether END gets 0, too, until all points were chosen, as in a tour.
        """
        start = self.weights["query.start"]
        last, first = (read[chosen[-1]], read[chosen[0]]) if chosen else start
        mixed = np.concatenate([last, first, read.mean(axis=0)])
        query = self._linear("query.mix.2", np.maximum(self._linear("query.mix.0", mixed), 0))
        keys = read @ self.weights["pointer.w1.weight"].T
        inner = np.tanh(keys + self._linear("pointer.w2", query))
        scores = inner @ self.weights["pointer.v.weight"][0]
        scores[chosen] = -np.inf
        if whole and len(chosen) < len(read) - 1:
            scores[-1] = -np.inf
        parts = np.exp(scores - scores.max())
        return parts / parts.sum()

    def draw(self, points: np.ndarray, whole: bool = False) -> tuple[list[int], list[np.ndarray]]:
        """Point greedily until END; return the choices (END is n) and each step's shares."""
        read = self.read(points)
        chosen: list[int] = []
        steps: list[np.ndarray] = []
        while not chosen or chosen[-1] != len(points):
            steps.append(self.shares(read, chosen, whole))
            chosen.append(int(steps[-1].argmax()))
        return chosen, steps

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _attend(self, block: str, x: np.ndarray) -> np.ndarray:
        n, heads = len(x), self.sizes.heads
        projected = x @ self.weights[f"{block}.self_attn.in_proj_weight"].T
        projected = projected + self.weights[f"{block}.self_attn.in_proj_bias"]
        # (q or k or v, head, point, d_head)
        q, k, v = projected.reshape(n, 3, heads, -1).transpose(1, 2, 0, 3)
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
        parts = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = parts / parts.sum(axis=-1, keepdims=True) @ v  # (head, point, d_head)
        return self._linear(f"{block}.self_attn.out_proj", mixed.transpose(1, 0, 2).reshape(n, -1))

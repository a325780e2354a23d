"""A recurrent translator with additive attention, run by NumPy: what the page's JavaScript does.

Formulas and names are PyTorch's (``nn.GRU``, ``nn.GRUCell``) and the chapter's. Everything is
computed in float64 from the 16-bit numbers that a page is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from paperclub.errors import CourseError

DIRECTIONS = ("l0", "l0_reverse")
NAMES = (
    "source.weight",
    "target.weight",
    *(f"encoder.{part}_{way}" for way in DIRECTIONS
      for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")),
    "first.weight",
    "first.bias",
    *(f"cell.{part}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")),
    "read_out.weight",
    "read_out.bias",
    "attention.to_query.weight",
    "attention.to_key.weight",
    "attention.to_score.weight",
)  # fmt: skip


def shapes(sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight, in the order in which they are packed.

    Args:
        sizes: n_source (padding included), n_target (without "begin"), d_embed, d_state, d_hidden.
    """
    n_source, n_target, embed, state, hidden = sizes
    gru = [(3 * state, embed), (3 * state, state), (3 * state,), (3 * state,)]
    cell = [(3 * state, embed + 2 * state), *gru[1:]]
    listed = [
        (n_source, embed),
        (n_target + 1, embed),
        *gru,
        *gru,
        (state, state),
        (state,),
        *cell,
        (n_target, embed + 3 * state),
        (n_target,),
        (hidden, state),
        (hidden, 2 * state),
        (1, hidden),
    ]
    return dict(zip(NAMES, listed, strict=True))


def pack(weights: Mapping[str, object]) -> tuple[list[int], bytes]:
    """Return the sizes of a translator, and its weights as 16-bit floats in the order of NAMES.

    Raises:
        CourseError: A weight is missing, or has a shape that does not fit the others.
    """
    arrays = {}
    for name in NAMES:
        if name not in weights:
            raise CourseError(f"the model has no weight {name!r}; a state_dict() is expected")
        value = weights[name]
        value = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
        arrays[name] = value.astype(np.float16)
    hidden, state = arrays["attention.to_query.weight"].shape
    n_source, embed = arrays["source.weight"].shape
    sizes = [n_source, len(arrays["target.weight"]) - 1, embed, state, hidden]
    for name, shape in shapes(sizes).items():
        if arrays[name].shape != shape:
            raise CourseError(f"{name} has shape {arrays[name].shape}; the others ask for {shape}")
        if not np.isfinite(arrays[name]).all():
            raise CourseError(f"{name} holds numbers that are not finite")
    return sizes, b"".join(arrays[name].astype("<f2").tobytes() for name in NAMES)


@dataclass(frozen=True)
class Reading:
    """What a translator made of one text.

    Attributes:
        wrote: The number of each target letter that it wrote.
        weights: (step, source letter); a row sums to 1, or is 0 when every letter is muted.
    """

    wrote: list[int]
    weights: np.ndarray


class Reader:
    """A translator made of packed weights, for one text at a time."""

    def __init__(self, sizes: Sequence[int], packed: bytes):
        numbers, self.weights, place = np.frombuffer(packed, "<f2").astype(np.float64), {}, 0
        for name, shape in shapes(sizes).items():
            count = int(np.prod(shape))
            self.weights[name] = numbers[place : place + count].reshape(shape)
            place += count
        self.state = sizes[3]

    def _gru(self, prefix: str, suffix: str, x: np.ndarray, state: np.ndarray) -> np.ndarray:
        w = self.weights
        of_x = w[f"{prefix}.weight_ih{suffix}"] @ x + w[f"{prefix}.bias_ih{suffix}"]
        of_state = w[f"{prefix}.weight_hh{suffix}"] @ state + w[f"{prefix}.bias_hh{suffix}"]
        (r, z, n), (r_2, z_2, n_2) = np.split(of_x, 3), np.split(of_state, 3)
        reset, update = _sigmoid(r + r_2), _sigmoid(z + z_2)
        return (1 - update) * np.tanh(n + reset * n_2) + update * state

    def _read(self, ids: Sequence[int]) -> np.ndarray:
        letters = self.weights["source.weight"][list(ids)]
        halves = []
        for way in DIRECTIONS:
            state, states = np.zeros(self.state), []
            for x in letters if way == "l0" else letters[::-1]:
                state = self._gru("encoder", f"_{way}", x, state)
                states.append(state)
            halves.append(states if way == "l0" else states[::-1])
        return np.concatenate(halves, axis=1)  # (source letter, 2 d_state)

    def look(self, ids: Sequence[int], steps: int, muted: Sequence[int] = ()) -> Reading:
        """Return what the model writes in ``steps`` letters, each fed with the one before.

        Args:
            ids: The numbers of the source's letters, at least one.
            steps: How many letters to write.
            muted: Places of letters at whose states the attention may not look.
        """
        w, states = self.weights, self._read(ids)
        keys = states @ w["attention.to_key.weight"].T
        hidden = np.isin(np.arange(len(ids)), list(muted))
        state = np.tanh(w["first.weight"] @ states[0, self.state :] + w["first.bias"])
        token, wrote, rows = len(w["target.weight"]) - 1, [], []
        for _ in range(steps):
            query = w["attention.to_query.weight"] @ state
            scores = np.tanh(query + keys) @ w["attention.to_score.weight"][0]
            rows.append(_shares(scores, hidden))
            context, before = rows[-1] @ states, w["target.weight"][token]
            state = self._gru("cell", "", np.concatenate([before, context]), state)
            logits = w["read_out.weight"] @ np.concatenate([before, state, context])
            token = int((logits + w["read_out.bias"]).argmax())
            wrote.append(token)
        return Reading(wrote, np.array(rows))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _shares(scores: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    if hidden.all():
        return np.zeros_like(scores)
    parts = np.where(hidden, 0.0, np.exp(scores - scores[~hidden].max()))
    return parts / parts.sum()

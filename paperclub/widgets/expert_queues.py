"""The figure of the week ``mixture-of-experts``: a reader's text queues at the experts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.arrays import as_array
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MOST_MODELS, MOST_EXPERTS, MOST_LETTERS, MOST_K = 4, 32, 128, 4
MOST_NOISE = 2.0
CAPACITY_FACTOR = 1.25
LEAD = (
    "Type a text. Each character joins the queues of the experts that the gate chooses for it; "
    "orange finds no room."
)
PARTS = ("characters", "places", "norms", "attention", "gate", "noise")
SHOWN = {" ": "␣", "\n": "↵", "\t": "⇥"}


@dataclass
class Routed:
    """Who was asked for a text of n characters.

    Attributes:
        gates: (n, k), largest first; each row sums to 1.
        experts: (n, k), counted from 0.
        loads: (expert,), how often each was asked.
        capacity: How many places each queue has.
        overflow: How many choices found none.
    """

    gates: np.ndarray
    experts: np.ndarray
    loads: np.ndarray
    capacity: int
    overflow: int


class ExpertQueues(Figure):
    """A text flows through noisy top-k gates to the queues of experts.

    The gate and what stands before it (embedding, one layer of causal attention, two layer norms)
    run in the page, forward only, on the weights given here. The noise is a fixed draw, times the
    level that the reader chooses; 1 is the level of training.

    Args:
        models: One to four gates by name, each a mapping of arrays: ``characters`` (letter, d), of
            which the last row stands for all unknown letters; ``places`` (n, d); ``norms`` (4, d):
            gain and shift before attention, then before the gate; ``attention`` (4, d + 1, d): the
            maps of q, k, v and the output as ``x @ w``, with the bias as last row; ``gate`` and
            ``noise`` (d, expert). All models have the same shapes.
        letters: The letters that the rows of ``characters`` stand for, without the unknown one.
        text: What the reader finds typed.
        n_heads: Heads of the attention; a divisor of d.
        k: Experts asked for each character, at first.
        at: The character (from 0) that is followed at first; by default the middle one.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: Something does not fit; the message says what, and what was expected.
    """

    _esm = built("expert_queues")

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    letters = traitlets.Unicode().tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    drawn = traitlets.Bytes().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    model = traitlets.Int(0).tag(sync=True)
    k = traitlets.Int(2).tag(sync=True)
    noise = traitlets.Float(0.0).tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, Mapping[str, object]],
        *,
        letters: str,
        text: str,
        n_heads: int = 1,
        k: int = 2,
        at: int | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        if not 1 <= len(models) <= MOST_MODELS:
            raise CourseError(f"{len(models)} models; the figure shows one to {MOST_MODELS}")
        read = {name: _arrays(name, arrays) for name, arrays in models.items()}
        shape = _shape(read, len(letters), n_heads)
        if not 1 <= k <= min(MOST_K, shape["experts"]):
            raise CourseError(f"k is {k}; it runs from 1 to {min(MOST_K, shape['experts'])}")
        noise = np.random.default_rng(0).standard_normal((shape["n"], shape["experts"]))
        packed = [read[name][part].ravel() for name in read for part in PARTS]
        super().__init__(
            names=list(read),
            letters=letters,
            shape=shape,
            weights=np.concatenate(packed).astype("<f4").tobytes(),
            drawn=noise.astype("<f4").tobytes(),
            text=text,
            k=k,
            at=len(text[: shape["n"]]) // 2 if at is None else at,
            lead=lead,
            note=note,
        )

    def routed(
        self,
        text: str | None = None,
        *,
        model: int | None = None,
        k: int | None = None,
        noise: float | None = None,
    ) -> Routed:
        """Return who is asked; what is not given is as the reader chose it."""
        text = (self.text if text is None else text)[: self.shape["n"]]
        k = self.k if k is None else k
        level = self.noise if noise is None else noise
        arrays = self._model(self.model if model is None else model)
        x = _asks(arrays, _numbers(text, self.letters), self.shape["heads"])
        drawn = np.frombuffer(self.drawn, "<f4").reshape(-1, self.shape["experts"])
        spread = np.log1p(np.exp(x @ arrays["noise"]))
        scores = x @ arrays["gate"] + level * drawn[: len(text)].astype(np.float64) * spread
        experts = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        top = np.take_along_axis(scores, experts, axis=1)
        parts = np.exp(top - top[:, :1])
        loads = np.bincount(experts.ravel(), minlength=self.shape["experts"])
        capacity = math.ceil(CAPACITY_FACTOR * experts.size / self.shape["experts"])
        overflow = int(np.maximum(loads - capacity, 0).sum())
        gates = parts / parts.sum(axis=1, keepdims=True)
        return Routed(gates, experts, loads, capacity, overflow)

    def sentence(
        self,
        text: str | None = None,
        *,
        model: int | None = None,
        k: int | None = None,
        noise: float | None = None,
        at: int | None = None,
    ) -> str:
        """Return what the figure says below its picture; ``at`` is the character in question."""
        model = self.model if model is None else model
        text = (self.text if text is None else text)[: self.shape["n"]]
        if not text:
            return f"{self.names[model]}: there is no text, and nobody is asked."
        r = self.routed(text, model=model, k=k, noise=noise)
        n, k = r.experts.shape
        at = min(self.at if at is None else at, n - 1)
        busiest = int(r.loads.max())
        ratio = _rounded(busiest * len(r.loads) / r.loads.sum(), 1)
        chosen = " and ".join(
            f"{expert + 1} ({_rounded(gate, 2)})"
            for expert, gate in zip(r.experts[at], r.gates[at], strict=True)
        )
        return (
            f"{self.names[model]}: {n} characters ask {k} of {len(r.loads)} experts each. "
            f"The busiest is asked {busiest} times, {ratio} times the mean; "
            f"{int((r.loads == 0).sum())} are never asked. "
            f"{r.overflow} of {n * k} choices find no room at a capacity of {r.capacity}. "
            f"“{SHOWN.get(text[at], text[at])}” (character {at + 1}) goes to {chosen}."
        )

    def _model(self, number: int) -> dict[str, np.ndarray]:
        shape = self.shape
        d, experts = shape["d"], shape["experts"]
        shapes = ((shape["letters"], d), (shape["n"], d), (4, d), (4, d + 1, d), (d, experts))
        each = np.frombuffer(self.weights, "<f4").reshape(len(self.names), -1)[number]
        arrays, start = {}, 0
        for name, size in zip(PARTS, (*shapes, shapes[-1]), strict=True):
            count = math.prod(size)
            arrays[name] = each[start : start + count].reshape(size).astype(np.float64)
            start += count
        return arrays


def _arrays(name: str, arrays: Mapping[str, object]) -> dict[str, np.ndarray]:
    if missing := [part for part in PARTS if part not in arrays]:
        raise CourseError(f"model {name!r} has no {', '.join(missing)}")
    return {part: as_array(arrays[part], f"{part} of {name!r}") for part in PARTS}


def _shape(models: Mapping[str, Mapping[str, np.ndarray]], letters: int, heads: int) -> dict:
    first = next(iter(models.values()))
    if first["characters"].ndim != 2 or first["gate"].ndim != 2 or first["places"].ndim != 2:
        raise CourseError(
            "characters, places and gate are matrices: (letter, d), (n, d), (d, expert)"
        )
    rows, d = first["characters"].shape
    n, experts = first["places"].shape[0], first["gate"].shape[1]
    if rows != letters + 1:
        raise CourseError(
            f"characters has {rows} rows for {letters} letters; one more than letters is expected, "
            "for what is unknown"
        )
    if d % heads:
        raise CourseError(f"{heads} heads do not divide d = {d}")
    for count, most, what in ((n, MOST_LETTERS, "places"), (experts, MOST_EXPERTS, "experts")):
        if not 1 <= count <= most:
            raise CourseError(f"{count} {what}; the figure shows one to {most}")
    wanted = ((rows, d), (n, d), (4, d), (4, d + 1, d), (d, experts), (d, experts))
    for name, arrays in models.items():
        for part, size in zip(PARTS, wanted, strict=True):
            if arrays[part].shape != size:
                raise CourseError(
                    f"{part} of {name!r} has shape {arrays[part].shape}; {size} is expected"
                )
    return {"letters": rows, "n": n, "d": d, "experts": experts, "heads": heads}


def _numbers(text: str, letters: str) -> list[int]:
    place = {letter: i for i, letter in enumerate(letters)}
    return [place.get(letter, len(letters)) for letter in text]


def _normed(x: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * gain + shift


def _asks(arrays: Mapping[str, np.ndarray], numbers: list[int], heads: int) -> np.ndarray:
    """Return what each character hands to the gate, (n, d)."""
    n = len(numbers)
    x = arrays["characters"][numbers] + arrays["places"][:n]
    norms = arrays["norms"]
    inner = _normed(x, norms[0], norms[1])
    d = x.shape[1]
    q, k, v = (
        (inner @ w[:-1] + w[-1]).reshape(n, heads, d // heads).transpose(1, 0, 2)
        for w in arrays["attention"][:3]
    )
    scores = q @ k.transpose(0, 2, 1) / math.sqrt(d // heads)
    scores = np.where(np.tril(np.ones((n, n), bool)), scores, -np.inf)
    parts = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (parts / parts.sum(axis=-1, keepdims=True)) @ v  # (head, n, d / heads)
    out = arrays["attention"][3]
    x = x + mixed.transpose(1, 0, 2).reshape(n, d) @ out[:-1] + out[-1]
    return _normed(x, norms[2], norms[3])


def _rounded(value: float, places: int) -> str:
    """Round half up, as the figure's JavaScript does."""
    scale = 10**places
    return f"{math.floor(value * scale + 0.5) / scale:.{places}f}"

"""What a language model gave for one text, ready to be packed for a figure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from paperclub.errors import CourseError
from paperclub.widgets.arrays import attention

if TYPE_CHECKING:
    from torch import Tensor

    from paperclub.models.gpt import GPT

NEXT = 8  # next tokens that are sent along for each position
STEPS = 65535  # weights are sent as 16-bit whole numbers
NEAR = 4  # a key that is fewer tokens back is near


class GivenOutputs(Protocol):
    """What a model of Hugging Face's kind gives, if it generates text."""

    logits: "Tensor"


class GivenTokenizer(Protocol):
    """A tokenizer of Hugging Face's kind: it cuts a text into tokens, and names tokens."""

    def __call__(self, text: str, /, *, return_tensors: str) -> Mapping[str, "Tensor"]:
        """Return what the model is called with, ``input_ids`` (1, token) among it."""

    def convert_ids_to_tokens(self, ids: list[int], /) -> Sequence[str | None]:
        """Return a name for each token, or None."""


@dataclass(frozen=True)
class Look:
    """One text as a model saw it.

    Attributes:
        tokens: The tokens' names.
        weights: (layer, head, query, key) in [0, 1], in steps of 1/65535.
        next: For each position the likeliest next tokens as [name, probability]; may be empty.
        cut: How many tokens of the text the model did not see.
    """

    tokens: list[str]
    weights: np.ndarray
    next: list[list[list]]
    cut: int = 0

    @property
    def causal(self) -> bool:
        """Whether no query looks at a later token."""
        return not np.triu(self.weights, 1).any()

    def place(self, key: int) -> str:
        """Return a token's name and its position, counted from 1."""
        return f"“{self.tokens[key]}” (position {key + 1})"

    def striking(self, place: tuple[int, int] | None = None) -> tuple[int, int, int]:
        """Return (layer, head, query) where a query looks most at one token that is not near.

        Looking at oneself, at the three tokens before or at the first is common and asks nothing
        of what stands there: these do not count.

        Args:
            place: The (layer, head) to stay in.
        """
        far = np.tril(self.weights, -NEAR)[..., 1:].max(-1, initial=0)  # (layer, head, query)
        if place is None:
            layer, head = np.unravel_index(far.max(-1).argmax(), far.shape[:2])
            place = int(layer), int(head)
        row = far[place]
        return *place, int(row.argmax()) if row.any() else len(row) - 1


def packed(looks: list[Look], causal: bool) -> bytes:
    """Return all weights one after the other, as 16-bit whole numbers, little-endian.

    With ``causal`` a row holds only the keys up to its query: the rest is 0, and half of the bytes.
    """
    return b"".join(np.rint(_sent(look, causal) * STEPS).astype("<u2").tobytes() for look in looks)


def _sent(look: Look, causal: bool) -> np.ndarray:
    return look.weights[..., *np.tril_indices(len(look.tokens))] if causal else look.weights


def _settled(weights: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(weights, 0, 1).astype(np.float64) * STEPS) / STEPS


@lru_cache(maxsize=64)
def look_at(
    name: str,
    text: str,
    *,
    untrained: bool = False,
    off: tuple[tuple[int, int], ...] = (),
    temperature: float = 1,
) -> Look:
    """Return what the course's model ``name`` gives for ``text``.

    Args:
        name: The model.
        text: Any text; the model sees the first 64 tokens.
        untrained: Ask the same model as it was before its first training step.
        off: Heads (layer, head) whose contribution is replaced by zeros.
        temperature: By which the logits are divided before the softmax.
    """
    import torch

    from paperclub import models

    model, tokenizer = models.untrained(name) if untrained else models.load(name)
    whole = tokenizer.encode(text)
    tokens = whole[: model.config.context]
    for layer, head in off:
        _switch_off(model, layer, head)
    with torch.no_grad():
        logits, weights = model(torch.tensor([tokens]))
    shares = (logits[0] / temperature).softmax(-1)
    return Look(
        tokens=tokenizer.names(tokens),
        weights=_settled(weights[0].numpy()),
        next=_likeliest(shares, tokenizer.names),
        cut=len(whole) - len(tokens),
    )


def _switch_off(model: "GPT", layer: int, head: int) -> None:
    """Let the head write zeros: its columns are cleared before the heads are mixed."""
    width = model.config.head_width

    def clear(module: object, inputs: tuple["Tensor", ...]) -> tuple["Tensor"]:
        mixed = inputs[0].clone()
        mixed[..., head * width : (head + 1) * width] = 0
        return (mixed,)

    mixes = model.get_submodule(f"blocks.{layer}.attention.to_out")
    mixes.register_forward_pre_hook(clear)


def _likeliest(shares: "Tensor", names: Callable[[list[int]], list[str]]) -> list[list[list]]:
    # A stable sort: of equally likely tokens the smaller comes first, as in the page.
    order = (-shares).argsort(dim=-1, stable=True)[:, :NEXT]
    return [
        [[name, float(f"{row[i]:.5g}")] for name, i in zip(names(best.tolist()), best, strict=True)]
        for row, best in zip(shares, order, strict=True)
    ]


def from_outputs(
    model: Callable[..., GivenOutputs], tokenizer: GivenTokenizer, text: str, most: int
) -> Look:
    """Return what a model of Hugging Face's kind gives for ``text``, at most ``most`` tokens.

    Raises:
        CourseError: It gives no attentions, or the text is too long; the message says what to do.
    """
    import torch

    inputs = tokenizer(text, return_tensors="pt")
    ids = [int(i) for i in inputs["input_ids"][0]]
    if not 1 <= len(ids) <= most:
        raise CourseError(
            f"the text has {len(ids)} tokens; 1 to {most} can be shown. Give a shorter piece of it"
            if ids
            else "the tokenizer makes no token of this text: give a text that is not empty"
        )
    with torch.no_grad():
        outputs = model(**inputs, output_attentions=True)
    given = getattr(outputs, "attentions", None)
    if not given or any(layer is None for layer in given):
        raise CourseError(
            "the model gives no attentions. A model of Hugging Face gives them when it is loaded "
            'with from_pretrained(…, attn_implementation="eager")'
        )
    weights = attention(torch.stack([layer[0].float() for layer in given]), "attentions")
    if weights.shape[2:] != (len(ids), len(ids)):
        raise CourseError(
            f"attentions are {weights.shape[2]} × {weights.shape[3]} for {len(ids)} tokens; "
            "the figure shows attention of a text to itself"
        )

    def names(tokens: list[int]) -> list[str]:
        own = tokenizer.convert_ids_to_tokens(tokens)
        return [_readable(tokenizer, *pair) for pair in zip(tokens, own, strict=True)]

    generates = getattr(model, "can_generate", lambda: False)()
    following = _likeliest(outputs.logits[0].float().softmax(-1), names) if generates else []
    return Look(tokens=names(ids), weights=_settled(weights), next=following)


def _readable(tokenizer: GivenTokenizer, token: int, name: str | None) -> str:
    """Return a token's name with the course's marks for a space (``·``) and a line end (``⏎``).

    A vocabulary may have room that no token fills: those are shown by their number.
    """
    if name is None:
        return f"⟨{token}⟩"
    if hasattr(tokenizer, "decode") and not name.startswith("▁"):
        # Byte-level names are spelled in letters of their own, unlike what they stand for.
        text = tokenizer.decode([token], clean_up_tokenization_spaces=False)
        name = name if not text or "\ufffd" in text else text
    for mark, shown in (("Ġ", "·"), ("▁", "·"), ("Ċ", "⏎"), (" ", "·"), ("\n", "⏎")):
        name = name.replace(mark, shown)
    return name

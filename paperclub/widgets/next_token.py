"""The figure that shows what a language model expects next, and what is drawn from that."""

import numpy as np
import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.figure import Figure

MODEL = "tiny-gpt"
MOST_LETTERS = 300
PROMPT = "My lord, the king is"
LEAD = "Type a beginning. Cool it, warm it, cut its tail, and let the model write."


class NextToken(Figure):
    """The likeliest next tokens after a prompt, under temperature, top-k and top-p.

    The course's small model runs in the page. What it gives for ``prompt`` is sent along, so that
    the first picture need not wait for it.

    Args:
        prompt: The text to start from, at most 300 characters. The model sees the last 63 tokens
            of it, after its start mark.
        temperature: What the logits are divided by, 0.1 to 2.
        top_k: How many tokens are kept; 0 keeps them all.
        top_p: Of these, the fewest that hold this share are kept, 0.05 to 1.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: A number is out of its range, or the prompt is too long.
    """

    _esm = built("next_token")

    meta = traitlets.Dict().tag(sync=True)
    parameters = traitlets.Bytes().tag(sync=True)
    logits = traitlets.Bytes().tag(sync=True)
    most_letters = traitlets.Int(MOST_LETTERS).tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    top_k = traitlets.Int(0).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)

    def __init__(
        self,
        prompt: str = PROMPT,
        *,
        temperature: float = 0.7,
        top_k: int = 0,
        top_p: float = 0.9,
        lead: str = LEAD,
        note: str = "",
    ):
        # Models need PyTorch; whoever only builds pages does not.
        from paperclub.models import read_meta, read_weights

        _check(prompt, temperature, top_k, top_p)
        meta = read_meta(MODEL)
        _, logits = _look(prompt)
        super().__init__(
            meta={key: meta[key] for key in ("name", "config", "seed", "merges")},
            parameters=read_weights(MODEL),
            logits=logits.astype("<f4").tobytes(),
            late=["parameters"],
            prompt=prompt,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            lead=lead,
            note=note,
        )

    def sentence(
        self,
        prompt: str | None = None,
        *,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        row: int = 0,
    ) -> str:
        """Return what the figure says below its picture, computed by PyTorch.

        Args:
            prompt: What was typed; by default what is shown. So are the three that follow.
            temperature: What the logits are divided by.
            top_k: How many tokens are kept; 0 for all.
            top_p: The share that those kept must hold.
            row: Which of the likeliest tokens is looked at (from 0).
        """
        prompt = self.prompt if prompt is None else prompt
        names, logits = _look(prompt)
        order, drawn = _drawn(
            logits,
            self.temperature if temperature is None else temperature,
            self.top_k if top_k is None else top_k,
            self.top_p if top_p is None else top_p,
        )
        token, kept = int(order[row]), int((drawn > 0).sum())
        given = _softmax(logits)[token]
        chance = f"is drawn with probability {_number(drawn[token])}"
        rest = "No other token can be drawn."
        if kept > 1:
            entropy = -(drawn[drawn > 0] * np.log(drawn[drawn > 0])).sum()
            rest = f"{kept} of {len(drawn)} tokens can be drawn, "
            rest += f"as varied as {np.exp(entropy):.1f} equally likely ones."
        return (
            f"After “{names[-1]}”, “{_token_name(token)}” (number {row + 1}) "
            f"{chance if drawn[token] else 'is never drawn'}; "
            f"the model gave it {_number(given)}. {rest}"
        )


def _number(share: float) -> str:
    return "less than 0.01" if 0 < share < 0.005 else f"{share:.2f}"


def _softmax(logits: np.ndarray) -> np.ndarray:
    parts = np.exp(logits - logits.max())
    return parts / parts.sum()


def _drawn(
    logits: np.ndarray, temperature: float, top_k: int, top_p: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens with the likeliest first, and what is drawn from."""
    order = np.argsort(-logits, kind="stable")
    shares = _softmax(logits / temperature)
    kept = order[: top_k or None]
    held = shares[kept].cumsum()
    if top_p < 1:  # up to the one that crosses p, and with it
        kept = kept[: 1 + np.searchsorted(held, top_p * held[-1])]
    drawn = np.zeros_like(shares)
    drawn[kept] = shares[kept] / shares[kept].sum()
    return order, drawn


def _look(prompt: str) -> tuple[list[str], np.ndarray]:
    """Return the names of the tokens that the model sees, and the logits of what comes next."""
    import torch

    from paperclub import models

    model, tokenizer = models.load(MODEL)
    start, *tokens = tokenizer.encode(prompt)
    tokens = [start, *tokens[1 - model.config.context :]]
    with torch.no_grad():
        logits, _ = model(torch.tensor([tokens]))
    return tokenizer.names(tokens), logits[0, -1].double().numpy()


def _token_name(token: int) -> str:
    from paperclub import models

    return models.load(MODEL)[1].names([token])[0]


def _check(prompt: str, temperature: float, top_k: int, top_p: float) -> None:
    if len(prompt) > MOST_LETTERS:
        raise CourseError(f"prompt has {len(prompt)} characters; at most {MOST_LETTERS} fit")
    if not 0.1 <= temperature <= 2:
        raise CourseError(f"temperature is {temperature}; it goes from 0.1 to 2")
    if top_k < 0:
        raise CourseError(f"top_k is {top_k}; it is 0 (all tokens) or more")
    if not 0.05 <= top_p <= 1:
        raise CourseError(f"top_p is {top_p}; it goes from 0.05 to 1")

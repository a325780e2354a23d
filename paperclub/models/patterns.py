"""What the heads of a model look at, measured: ``python -m paperclub.models.patterns``.

Four patterns that have a name in the literature are scored for each head, from 0 to 1, and once
more in the model before its first training step: that is the control.
"""

import json
from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from paperclub.data.plays import read_excerpts
from paperclub.models.gpt import GPT
from paperclub.models.store import load, untrained
from paperclub.models.tokenizer import Tokenizer

PATTERNS = ("previous", "same", "induction", "first")
# A head is called by the first of these that takes at least this share of its attention. Induction
# comes first: where nothing comes again such a head has to look somewhere, and rests at the start.
CALLED_BY = ("induction", "previous", "same", "first")
NAMED_FROM = 0.35
SETTLED = 8  # queries before this one have too few keys to tell patterns apart
PERIOD, REPEATED = 31, 64


def excerpts(tokenizer: Tokenizer, context: int) -> Tensor:
    """Return passages of the held-out plays as tokens (passage, context)."""
    rows = [tokenizer.encode(text)[:context] for text in read_excerpts()]
    return torch.tensor([row for row in rows if len(row) == context])


def repeated(tokenizer: Tokenizer, seed: int = 0) -> Tensor:
    """Return random tokens said twice, (text, 1 + 2 · 31): nothing helps but looking back."""
    generator = torch.Generator().manual_seed(seed)
    once = torch.randint(256, tokenizer.start, (REPEATED, PERIOD), generator=generator)
    return torch.cat([torch.full((REPEATED, 1), tokenizer.start), once, once], dim=1)


@torch.no_grad()
def scores(model: GPT, tokenizer: Tokenizer) -> dict[str, Tensor]:
    """Return for each pattern the scores of all heads, (layer, head).

    Every score is a mean share of attention. ``previous``: on the token before. ``first``: on the
    start mark. ``same``: on earlier places of the same token, over queries that have one. These
    three on passages of plays that the model never saw, from the eighth token on. ``induction``:
    on the token after the last place of the same token, when random tokens are said again.
    """
    text = excerpts(tokenizer, model.config.context)
    weights = model(text)[1]  # (text, layer, head, query, key)
    late = torch.arange(SETTLED, text.size(1))
    earlier = (text[:, :, None] == text[:, None, :]).tril(-1)  # (text, query, key)
    asked = earlier.any(-1) & (torch.arange(text.size(1)) >= SETTLED)
    on_same = (weights * earlier[:, None, None]).sum(-1)  # (text, layer, head, query)
    twice = repeated(tokenizer)
    again = torch.arange(1 + PERIOD, twice.size(1))
    return {
        "previous": weights[..., late, late - 1].mean((0, 3)),
        "same": on_same.permute(0, 3, 1, 2)[asked].mean(0),
        "induction": model(twice)[1][..., again, again - PERIOD + 1].mean((0, 3)),
        "first": weights[..., late, 0].mean((0, 3)),
    }


@torch.no_grad()
def copying(model: GPT, tokenizer: Tokenizer) -> dict[str, float]:
    """Return bits a token on random tokens said twice: the first time, and the second."""
    twice = repeated(tokenizer)
    loss = cross_entropy(
        model(twice[:, :-1])[0].transpose(1, 2), twice[:, 1:], reduction="none"
    ) / torch.log(torch.tensor(2.0))
    # The first token of the second saying cannot be foretold: nothing says that it begins anew.
    return {
        "first_time": float(loss[:, :PERIOD].mean()),
        "second_time": float(loss[:, PERIOD + 1 :].mean()),
    }


def measure(name: str) -> dict[str, Any]:
    """Return the patterns of the model ``name`` and of the same model untrained, for its card."""
    (model, tokenizer), (control, _) = load(name), untrained(name)
    found, before = scores(model, tokenizer), scores(control, tokenizer)
    heads = []
    for layer, head in product(range(model.config.layers), range(model.config.heads)):
        entry = {name: round(float(found[name][layer, head]), 4) for name in PATTERNS}
        untrained_entry = {name: round(float(before[name][layer, head]), 4) for name in PATTERNS}
        called = next((name for name in CALLED_BY if entry[name] >= NAMED_FROM), "mixed")
        heads.append({"layer": layer, "head": head, "called": called, "scores": entry,
                      "untrained": untrained_entry})  # fmt: skip
    return {
        "named_from": NAMED_FROM,
        "heads": heads,
        "copying": {"trained": copying(model, tokenizer), "untrained": copying(control, tokenizer)},
    }


if __name__ == "__main__":
    print(json.dumps(measure("tiny-gpt"), indent=1))

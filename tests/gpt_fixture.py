"""Writes what paperclub/widgets/test/gpt.test.js compares with: a very small model, asked in torch.

Run it (``python tests/gpt_fixture.py``) after a change of the model or of the tokenizer.
"""

import base64
import json
from pathlib import Path
from typing import Any

import torch

from paperclub.models.gpt import GPT, Config
from paperclub.models.tokenizer import Tokenizer
from paperclub.models.weights import initial, pack, unpack

FILE = Path(__file__).parent.parent / "paperclub" / "widgets" / "test" / "gpt.fixture.json"
MERGES = [(104, 101), (256, 32), (32, 116)]  # "he", "he ", " t"
CONFIG = Config(layers=2, heads=2, width=8, context=16, vocabulary=260)
TEXTS = ["", "he the <b>", "😀 é\n\x00", "the cat and the hat and the mat", "hhhhe", "h" * 32 + "e"]
SEED = 7


def small_model() -> GPT:
    """Return a model of random weights, large enough for attention to be uneven."""
    generator = torch.Generator().manual_seed(SEED)
    model = GPT(CONFIG)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.6)
    return unpack(pack(model), CONFIG)


def rounded(values: torch.Tensor) -> list[float]:
    """Return numbers with five decimals, row by row."""
    return [round(value, 5) for value in values.flatten().tolist()]


@torch.no_grad()
def fixture() -> dict[str, Any]:
    """Return the model, the texts, and what torch says of them."""
    model, tokenizer, cases = small_model(), Tokenizer(MERGES), []
    for text in TEXTS:
        ids = tokenizer.encode(text)
        seen = ids[: CONFIG.context]
        logits, weights = model(torch.tensor([seen]))
        cases.append({
            "text": text, "ids": seen, "cut": len(ids) - len(seen), "names": tokenizer.names(seen),
            "weights": rounded(weights), "last": rounded(logits[0, -1].softmax(-1)),
        })  # fmt: skip
    first = initial(CONFIG, SEED)
    return {
        "meta": {"config": CONFIG.as_dict(), "merges": MERGES, "seed": SEED},
        "weights": base64.b64encode(pack(model)).decode(),
        "cases": cases,
        "untrained": {name: rounded(p.flatten()[-4:]) for name, p in first.named_parameters()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(fixture(), separators=(",", ":")) + "\n", encoding="utf-8")

"""Train the small model that reads dates: ``python -m paperclub.models.train_dates``.

It takes about ten processor seconds, and writes ``date-reader/weights.npz`` and its card.
"""

import io
import textwrap
import time
from random import Random

import numpy as np
import torch
from torch.nn import functional as F

from paperclub.data import dates
from paperclub.files import write_atomically
from paperclub.models.dates import FOLDER
from paperclub.nn import AligningTranslator

SEED, STEPS, BATCH, RATE = 0, 600, 32, 1e-2
EMBED, STATE = 16, 32


def batch(pairs: list[tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return source (batch, source) with padding, its lengths, and target (batch, 10)."""
    rows = [torch.tensor(dates.source_ids(text)) for text, _ in pairs]
    source = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    lengths = torch.tensor([len(row) for row in rows])
    return source, lengths, torch.tensor([dates.target_ids(iso) for _, iso in pairs])


def train() -> tuple[AligningTranslator, float]:
    """Return the trained model and the processor seconds that it took."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    rng, start = Random(SEED), time.process_time()
    model = AligningTranslator(len(dates.SOURCE) + 1, len(dates.TARGET), EMBED, STATE)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 50) * (1 - step / STEPS)
        source, lengths, target = batch(dates.pairs(BATCH, rng))
        logits, _ = model(source, lengths, dates.STEPS, target)
        loss = F.cross_entropy(logits.flatten(0, 1), target.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model, time.process_time() - start


@torch.no_grad()
def share_right(model: AligningTranslator, count: int = 2000) -> float:
    """Return the share of held-out dates that the model writes without a fault, by itself."""
    source, lengths, target = batch(dates.pairs(count, Random(SEED + 1), held_out=True))
    logits, _ = model(source, lengths, dates.STEPS)
    return (logits.argmax(dim=-1) == target).all(dim=1).float().mean().item()


def card(model: AligningTranslator, seconds: float, size: int) -> str:
    """Return the model's card, in Markdown."""
    parameters = sum(p.numel() for p in model.parameters())
    text = f"""A recurrent encoder and decoder with additive attention (Bahdanau, Cho and Bengio,
    2014): {parameters:,} parameters in {size:,} bytes of 16-bit numbers. It reads a date as people
    write it, letter by letter, and writes it as ISO 8601 does. It was made to be looked into.

    Data: made by `paperclub/data/dates.py` from the calendar of 1950 to 2049. One day in
    {dates.HELD_OUT} was kept from training.

    Training: `python -m paperclub.models.train_dates`, seed {SEED}, {STEPS} steps of {BATCH} dates,
    {seconds:.0f} processor seconds. Of 2,000 dates on days kept back, it writes
    {share_right(model):.1%} without a fault, fed with what it wrote itself."""
    paragraphs = [
        textwrap.fill(" ".join(part.split()), 100, break_on_hyphens=False)
        for part in text.split("\n\n")
    ]
    return "\n\n".join(["# date-reader", *paragraphs]) + "\n"


def main() -> None:
    """Train, round to 16 bits, write weights and card."""
    model, seconds = train()
    kept = {name: value.numpy().astype(np.float16) for name, value in model.state_dict().items()}
    rounded = {name: torch.tensor(value.astype(np.float32)) for name, value in kept.items()}
    model.load_state_dict(rounded)  # the card tells of what is kept
    content = io.BytesIO()
    np.savez(content, **kept)
    FOLDER.mkdir(exist_ok=True)
    write_atomically(FOLDER / "weights.npz", content.getvalue())
    size = sum(value.nbytes for value in kept.values())
    write_atomically(FOLDER / "CARD.md", card(model, seconds, size))


if __name__ == "__main__":
    main()

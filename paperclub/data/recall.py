"""What the chapter ``lost-in-the-middle`` measured at full scale: the curves of a real model.

``recall.json`` is written by the chapter itself (its parameter ``RECORD``) and by nothing else. It
serves figures on pages, and machines on which the model is missing.
"""

import json
from pathlib import Path
from typing import Any

RECALL = Path(__file__).parent / "recall.json"


def read_recall() -> dict[str, Any]:
    """Return the record of the chapter's measurements.

    Returns:
        ``seed``: the chapter's ``SEED``. ``measured``: what each measurement gave, by its name in
        the chapter. By task and length (``"facts, 20"``): ``scores_by_list`` (list, turn, place),
        in nats; ``scores`` and ``exact`` (trial, place), lists and turns one after the other.
        ``attention`` (asked place, fact): shares of what the model looks at among the facts.
    """
    record = json.loads(RECALL.read_text("utf-8"))
    curves = {
        name: entry
        for name, entry in record["measured"].items()
        if isinstance(entry, dict) and "scores" in entry
    }
    return record | {
        "scores_by_list": {name: entry["scores"] for name, entry in curves.items()},
        "scores": {name: _trials(entry["scores"]) for name, entry in curves.items()},
        "exact": {name: _trials(entry["exact"]) for name, entry in curves.items()},
        "attention": record["measured"]["attention"],
    }


def _trials(lists: list[list[list[float]]]) -> list[list[float]]:
    return [turn for turns in lists for turn in turns]

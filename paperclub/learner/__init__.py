"""What belongs to the learner: their copies of the notebooks, and their progress.

A notebook imports what it calls from here: ``from paperclub.learner import check, hint``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paperclub.learner.ask import check, hint, predict, solution
    from paperclub.learner.shown import progress
    from paperclub.learner.words import explain

__all__ = ["check", "explain", "hint", "predict", "progress", "solution"]

_MODULES = {
    "check": "ask",
    "hint": "ask",
    "predict": "ask",
    "solution": "ask",
    "progress": "shown",
    "explain": "words",
}


def __getattr__(name: str) -> Any:
    # Imported when first asked for: the exercises need torch, and the home page must not.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

"""A progress bar for long cells that leaves no trace in what a notebook saves."""

import html
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from IPython import get_ipython
from IPython.display import HTML, clear_output, display

Item = TypeVar("Item")


def track(items: Iterable[Item], label: str) -> Iterator[Item]:
    """Yield ``items`` while a bar with ``label`` shows how far it has come.

    The bar appears after half a second and is cleared at the end, together with anything that the
    cell had shown before it: let a cell train first and print afterwards. Outside a notebook, and
    for items that have no length, nothing is shown.
    """
    shell = get_ipython()
    if not isinstance(items, Sized) or not hasattr(shell, "kernel"):
        yield from items
        return
    total, shown, due = len(items), None, time.monotonic() + 0.5
    for done, item in enumerate(items):
        if time.monotonic() >= due:
            bar = HTML(_bar(label, done, total))
            if shown is None:
                shown = display(bar, display_id=True)
            else:
                shown.update(bar)
            due = time.monotonic() + 0.5
        yield item
    if shown is not None:
        clear_output()


def _bar(label: str, done: int, total: int) -> str:
    name = html.escape(label)
    return (
        f'<label>{name} <progress value="{done}" max="{total}"></progress> {done} / {total}</label>'
    )

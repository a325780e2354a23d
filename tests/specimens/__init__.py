"""A specimen of every figure, for what must hold of them all. One file a figure, named after it."""

import ast
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Specimen:
    """A figure as a page of a book shows it.

    Attributes:
        title: The page's heading.
        cells: Its code cells; the last statement of the last one gives the figure.
        step: Takes the figure and gives what it says after the right arrow key.
    """

    title: str
    cells: tuple[str, ...]
    step: Callable[[object], str]

    @property
    def page(self) -> tuple[str, ...]:
        """The page's cells, its heading first."""
        return (f"# {self.title}", *self.cells)

    def figure(self) -> object:
        """Return the figure, made here."""
        names: dict = {}
        *before, last = ast.parse("\n".join(self.cells)).body
        exec(compile(ast.Module(before, []), self.title, "exec"), names)
        return eval(compile(ast.Expression(last.value), self.title, "eval"), names)


def every_specimen() -> dict[str, Specimen]:
    """Return all specimens by name."""
    files = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return {file.stem: importlib.import_module(f"specimens.{file.stem}").SPECIMEN for file in files}

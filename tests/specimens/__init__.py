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
        return value_of("\n".join(self.cells), {})


def value_of(code: str, names: dict) -> object:
    """Run code with ``names``; return what a cell would show: the expression that it ends with."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "a cell", "exec"), names)
    return last and eval(compile(ast.Expression(last.value), "a cell", "eval"), names)


def every_specimen() -> dict[str, Specimen]:
    """Return all specimens by name."""
    files = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return {file.stem: importlib.import_module(f"specimens.{file.stem}").SPECIMEN for file in files}

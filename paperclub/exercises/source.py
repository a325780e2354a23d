"""What an answer's own code says before it runs: what is still blank in it, and what it calls."""

import __future__

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType
from typing import Any

import numpy as np
import torch


def has_a_blank(answer: Any) -> bool:
    """Is something in it still to be written?

    A function whose body is nothing but ``...``, ``pass`` or ``raise NotImplementedError`` is
    blank, and so is a ``...`` that stands for a value. One in an index, or left over beside
    written code, is not.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError):
        return False  # made in a way that has no source to read
    return any(map(_is_blank, ast.walk(tree)))


def _is_blank(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        return all(_is_text(statement) or _says_nothing(statement) for statement in node.body)
    if isinstance(node, ast.Lambda):
        return _is_dots(node.body)
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) and _is_dots(node.value)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    if isinstance(statement, ast.Expr):
        return _is_dots(statement.value)
    return isinstance(statement, ast.Pass)


def _is_dots(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is ...


def functions_called(answer: Any) -> dict[str, FunctionType]:
    """Return the functions that an answer's code names, and those that these name, by name."""
    found: dict[str, FunctionType] = {}
    waiting = list(_functions_of(answer))
    while waiting:
        function = waiting.pop()
        around = _names_around(function)
        for name in _names_in(function.__code__):
            named = around.get(name)
            if isinstance(named, FunctionType) and name not in found:
                found[name] = named
                waiting.append(named)
    return found


def _functions_of(answer: Any) -> Iterator[FunctionType]:
    methods = vars(answer).values() if isinstance(answer, type) else [answer]
    return (one for one in methods if isinstance(one, FunctionType))


def _names_around(function: FunctionType) -> dict[str, Any]:
    """Return what a function can name outside itself: the notebook's names, and a closure's."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    filled = {name: cell.cell_contents for name, cell in cells.items() if cell != CellType()}
    return function.__globals__ | filled


def _names_in(code: CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def driver_of(source: str) -> Callable[..., Any]:
    """Return the one function that a driver's source defines, made with torch and numpy alone.

    Raises:
        NameError: It needs something else.
    """
    names: dict[str, Any] = {"torch": torch, "np": np, "numpy": np, "math": math}
    before = {*names, "__builtins__"}
    # Annotations name what only the driver's own file imports.
    flags = __future__.annotations.compiler_flag
    exec(compile(source, "<driver>", "exec", flags), names)
    return next(value for name, value in names.items() if name not in before)

"""A reader's expression as a graph: read, computed forward, walked back; never run as code.

The grammar, its limits, its messages and the numbers are those of ``src/computation_graph/``; a
test holds the two together.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from paperclub.errors import CourseError

FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sigmoid", "relu", "sqrt")
MOST_LETTERS, MOST_OPERATIONS, MOST_LEAVES = 80, 12, 8
SMALLEST = 1e-10  # below it stands what rounding left over
USUAL = (2.0, -1.0, 3.0, 0.5, -2.0, 1.5, 1.0, -3.0)

_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|([^\W\d]\w*)|(\*\*|[-+*/^();=]))")
_SIGNS = {"+": "+", "-": "−", "*": "·", "/": "/"}
_LOOSE = {"+": 1, "-": 1, "*": 2, "/": 2, "negative": 3, "power": 4}


@dataclass(frozen=True)
class Node:
    """One number of a computation.

    Attributes:
        kind: ``input``, ``number``, ``power``, ``negative``, a sign or a function's name.
        text: Its own expression, as it is shown.
        parents: The places of what it is made from.
        number: The number itself, or the exponent of a power.
    """

    kind: str
    text: str
    parents: tuple[int, ...] = ()
    number: float | None = None


def parse(text: str) -> list[Node]:
    """Return the nodes of an expression, each after what it is made from, the result last.

    Raises:
        CourseError: It is no expression of the grammar, or too large to be shown.
    """
    if len(text) > MOST_LETTERS:
        raise CourseError(f"Keep it to {MOST_LETTERS} letters.")
    nodes = _Reader(_tokens(text)).program()
    operations = sum(bool(node.parents) for node in nodes)
    if operations == 0:
        raise CourseError("There is nothing to compute: write a sum or a product.")
    if operations > MOST_OPERATIONS:
        raise CourseError(f"At most {MOST_OPERATIONS} operations fit.")
    if len(nodes) - operations > MOST_LEAVES:
        raise CourseError(f"At most {MOST_LEAVES} names and numbers fit.")
    if not any(node.kind == "input" for node in nodes):
        raise CourseError("There is no name in it to change.")
    return nodes


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, text = 0, text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match or not match.lastindex:
            letter = text[place:].lstrip()[0]
            raise CourseError(f"“{letter}” has no meaning here. Use + - * / ^ and brackets.")
        kind = ("number", "name", "sign")[match.lastindex - 1]
        found.append((kind, match[match.lastindex]))
        place = match.end()
    return found


class _Reader:
    """Recursive descent: a method for each rule of the grammar, returning a node's place."""

    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens, self.place = tokens, 0
        self.nodes: list[Node] = []
        self.named: dict[str, int] = {}

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "")

    def take(self, *signs: str) -> str:
        kind, text = self.peek()
        if kind != "sign" or text not in signs:
            return ""
        self.place += 1
        return text

    def add(self, kind: str, text: str, *parents: int, number: float | None = None) -> int:
        self.nodes.append(Node(kind, text, parents, number))
        return len(self.nodes) - 1

    def program(self) -> list[Node]:
        while self.peek()[0] == "name" and self.peek(1) == ("sign", "="):
            name = self.peek()[1]
            if name in self.named:
                raise CourseError(f"“{name}” is there already; choose another name.")
            self.place += 2
            made = self.sum()
            self.named[name] = made
            if not self.take(";"):
                raise CourseError(f"After “{name}” and its value comes a semicolon.")
        last = self.sum()
        if self.peek()[0] != "end":
            raise CourseError(f"I did not expect “{self.peek()[1]}” there.")
        return self.reachable(last)

    def reachable(self, last: int) -> list[Node]:
        """Return only what the result is made from, with the result last."""
        needed = {last}
        for place in range(last, -1, -1):
            if place in needed:
                needed.update(self.nodes[place].parents)
        now = {old: new for new, old in enumerate(sorted(needed))}
        return [
            replace(self.nodes[old], parents=tuple(now[p] for p in self.nodes[old].parents))
            for old in now
        ]

    def bracketed(self, place: int, kind: str, right: bool) -> str:
        inner, text = self.nodes[place].kind, self.nodes[place].text
        loose, here = _LOOSE.get(inner, 9), _LOOSE[kind]
        inside = loose < here or (loose == here and right and kind in "-/")
        return f"({text})" if inside else text

    def two(self, kind: str, left: int, right: int) -> int:
        a = self.bracketed(left, kind, left == right)
        b = self.bracketed(right, kind, True)
        return self.add(kind, f"{a} {_SIGNS[kind]} {b}", left, right)

    def sum(self) -> int:
        left = self.product()
        while sign := self.take("+", "-"):
            left = self.two(sign, left, self.product())
        return left

    def product(self) -> int:
        left = self.negative()
        while sign := self.take("*", "/"):
            left = self.two(sign, left, self.negative())
        return left

    def negative(self) -> int:
        if not self.take("-"):
            return self.power()
        inner = self.negative()
        return self.add("negative", f"−{self.bracketed(inner, 'negative', True)}", inner)

    def power(self) -> int:
        base = self.atom()
        if not self.take("^", "**"):
            return base
        minus = "-" if self.take("-") else ""
        kind, text = self.peek()
        if kind != "number":
            raise CourseError("After ^ comes a number, such as 2.")
        self.place += 1
        shown = f"{self.bracketed(base, 'power', True)}^{minus}{text}"
        return self.add("power", shown, base, number=float(minus + text))

    def atom(self) -> int:
        kind, text = self.peek()
        if kind == "end":
            raise CourseError("The expression stops too early: something is missing at its end.")
        self.place += 1
        if kind == "number":
            return self.add("number", text, number=float(text))
        if kind == "name":
            return self.name(text)
        if text != "(":
            raise CourseError(f"I did not expect “{text}” there.")
        return self.closed(self.sum())

    def closed(self, inner: int) -> int:
        if not self.take(")"):
            raise CourseError("A bracket is opened and never closed.")
        return inner

    def name(self, name: str) -> int:
        if self.take("("):
            if name not in FUNCTIONS:
                raise CourseError(
                    f"I do not know the function “{name}”. I know {', '.join(FUNCTIONS)}."
                )
            inner = self.closed(self.sum())
            return self.add(name, f"{name}({self.nodes[inner].text})", inner)
        if name not in self.named:
            self.named[name] = self.add("input", name)
        return self.named[name]


# --- the numbers ---------------------------------------------------------------------------------


def _sigmoid(a: np.float64) -> np.float64:
    return 1 / (1 + np.exp(-a))


# For each operation its value, and its derivative by each of what it is made from.
_OPERATIONS: dict[str, tuple[Callable, Callable]] = {
    "+": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "-": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "*": (lambda a, b: a * b, lambda a, b: (b, a)),
    "/": (lambda a, b: a / b, lambda a, b: (1 / b, -a / (b * b))),
    "negative": (lambda a: -a, lambda a: (-1.0,)),
    "exp": (np.exp, lambda a: (np.exp(a),)),
    "log": (np.log, lambda a: (1 / a,)),
    "sin": (np.sin, lambda a: (np.cos(a),)),
    "cos": (np.cos, lambda a: (-np.sin(a),)),
    "tanh": (np.tanh, lambda a: (1 - np.tanh(a) ** 2,)),
    "sigmoid": (_sigmoid, lambda a: (_sigmoid(a) * (1 - _sigmoid(a)),)),
    "relu": (lambda a: a if a > 0 else np.float64(0), lambda a: (1.0 if a > 0 else 0.0,)),
    "sqrt": (np.sqrt, lambda a: (0.5 / np.sqrt(a),)),
}


@dataclass(frozen=True)
class Share:
    """What a node is handed on the way back.

    Attributes:
        to: The node's place.
        slope: The local derivative.
        share: The gradient that is handed over: the giver's own times ``slope``.
        before: What the node had from other paths; None for the first share.
        total: Its sum now.
    """

    to: int
    slope: float
    share: float
    before: float | None
    total: float


@dataclass(frozen=True)
class Step:
    """One step through a graph: ``start``, ``forward``, ``turn`` or ``back``."""

    phase: str
    node: int | None = None
    handed: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Way:
    """All numbers of a graph, and the steps in which they come about."""

    values: tuple[float, ...]
    gradients: tuple[float | None, ...]
    operations: tuple[int, ...]
    steps: tuple[Step, ...]


def inputs_of(nodes: list[Node], given: Mapping[str, float]) -> dict[str, float]:
    """Return the names of a graph with their values: those given, and usual ones else."""
    names = [node.text for node in nodes if node.kind == "input"]
    return {name: float(given.get(name, USUAL[i])) for i, name in enumerate(names)}


def walk(nodes: list[Node], inputs: Mapping[str, float]) -> Way:
    """Compute every value on the way forward and every gradient on the way back."""
    with np.errstate(all="ignore"):
        values, slopes = _forward(nodes, inputs)
        return _backward(nodes, values, slopes)


def _forward(nodes: list[Node], inputs: Mapping[str, float]) -> tuple[list, list]:
    values: list[np.float64] = []
    slopes: list[tuple[np.float64, ...]] = []
    for node in nodes:
        made_from = [values[parent] for parent in node.parents]
        if not node.parents:
            given = inputs[node.text] if node.kind == "input" else node.number
            values.append(np.float64(given))
            slopes.append(())
        elif node.kind == "power":
            [base], exponent = made_from, np.float64(node.number)
            values.append(base**exponent)
            slopes.append((exponent * base ** (exponent - 1),))
        else:
            value, derivative = _OPERATIONS[node.kind]
            values.append(value(*made_from))
            slopes.append(derivative(*made_from))
    return values, slopes


def _backward(nodes: list[Node], values: list, slopes: list) -> Way:
    operations = [place for place, node in enumerate(nodes) if node.parents]
    gradients: list = [None] * len(nodes)
    gradients[-1] = np.float64(1)
    back = []
    for place in reversed(operations):
        handed = []
        for to, slope in zip(nodes[place].parents, slopes[place], strict=True):
            if nodes[to].kind == "number":
                continue
            before, share = gradients[to], gradients[place] * slope
            gradients[to] = share if before is None else before + share
            handed.append(Share(to, slope, share, before, gradients[to]))
        back.append(Step("back", place, tuple(handed)))
    steps = [Step("start"), *(Step("forward", place) for place in operations)]
    steps += [Step("turn", len(nodes) - 1), *back]
    return Way(tuple(values), tuple(gradients), tuple(operations), tuple(steps))


def number(value: float) -> str:
    """Return a number with at most three significant digits, as the figure writes it."""
    if math.isnan(value):
        return "no number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) < SMALLEST:
        return "0"
    exact = abs(Decimal(float(value)))
    exponent = exact.adjusted()
    rounded = exact.quantize(Decimal(1).scaleb(exponent - 2), rounding=ROUND_HALF_UP)
    exponent = rounded.adjusted()  # 9.996 became 10.0
    if -4 <= exponent <= 5:
        text = _trim(f"{rounded:f}")
    else:
        digits = _trim(f"{rounded.scaleb(-exponent):f}")
        text = f"{digits}e{'−' if exponent < 0 else ''}{abs(exponent)}"
    return f"−{text}" if value < 0 else text


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text

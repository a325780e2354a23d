"""The figure of the chapter ``backpropagation``: a computation, stepped forward and back."""

import math
from collections.abc import Mapping, Sequence

import traitlets

from paperclub.errors import CourseError
from paperclub.widgets.built import built
from paperclub.widgets.expressions import Node, Way, inputs_of, number, parse, walk
from paperclub.widgets.figure import Figure

LEAD = "Step with ← and →: values run forward to the result, then gradients run back."


class ComputationGraph(Figure):
    """An expression as a graph of operations, every value and every gradient in view.

    The reader steps through it with the arrow keys, types an expression, and changes its inputs.
    Gradients are those of the result, the last node, by each other node.

    Args:
        expression: Names, numbers, ``+ - * / ^``, brackets, and exp, log, sin, cos, tanh, sigmoid,
            relu and sqrt. A part may be named first: ``"h = tanh(w*x); h*h + h"``.
        values: What the names hold; a name without a value gets a usual one.
        step: Where the figure opens: 0 is before the first operation. By default it opens where
            the gradients begin to run back.
        lead: The line above the picture.
        note: A remark below the sentence.

    Raises:
        CourseError: The expression cannot be read or is too large, or a value does not fit.
    """

    _esm = built("computation_graph")

    expression = traitlets.Unicode().tag(sync=True)
    inputs = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        expression: str,
        values: Mapping[str, float] | None = None,
        *,
        step: int | None = None,
        lead: str = LEAD,
        note: str = "",
    ):
        nodes = parse(expression)
        inputs = inputs_of(nodes, _values(nodes, values or {}))
        way = walk(nodes, inputs)
        last = len(way.steps) - 1
        if step is None:
            step = min(len(way.operations) + 2, last)
        if not 0 <= step <= last:
            raise CourseError(f"step is {step}; the steps of this graph run from 0 to {last}")
        super().__init__(expression=expression, inputs=inputs, step=step, lead=lead, note=note)

    def sentence(self, step: int | None = None) -> str:
        """Return what the figure says below its picture.

        Args:
            step: After how many steps; where the figure stands now by default.
        """
        nodes = parse(self.expression)
        way = walk(nodes, inputs_of(nodes, self.inputs))
        return _say(nodes, way, self.step if step is None else step)


def _values(nodes: list[Node], values: Mapping[str, float]) -> dict[str, float]:
    names = [node.text for node in nodes if node.kind == "input"]
    for name, value in values.items():
        if name not in names:
            raise CourseError(
                f"values has {name!r}, and the expression has no such name: {', '.join(names)}"
            )
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise CourseError(f"values[{name!r}] is {value!r}; a finite number is expected")
    return {name: float(value) for name, value in values.items()}


def _say(nodes: list[Node], way: Way, place: int) -> str:
    step, count = way.steps[place], len(way.operations)
    if step.node is None:  # before the first step
        given = [
            f"{node.text} = {number(value)}"
            for node, value in zip(nodes, way.values, strict=True)
            if node.kind == "input"
        ]
        return f"Given: {_listed(given)}. Nothing is computed yet."
    if step.phase == "forward":
        end = ", the result." if place == count else "."
        value = number(way.values[step.node])
        return f"Forward, step {place} of {count}: {nodes[step.node].text} = {value}{end}"
    if step.phase == "turn":
        return "Backward begins at the result: its gradient by itself is 1."
    return _say_back(nodes, way, place, step.node)


def _say_back(nodes: list[Node], way: Way, place: int, node: int) -> str:
    step, count = way.steps[place], len(way.operations)
    own = number(way.gradients[node] or 0)
    text = f"Backward, step {place - count - 1} of {count}: {nodes[node].text}"
    if step.handed:
        shares = [
            f"{own} × {number(one.slope)} = {number(one.share)} to {nodes[one.to].text}"
            for one in step.handed
        ]
        text += f" has the gradient {own} and hands {_listed(shares)}."
    else:
        text += " hands nothing on: it is made from numbers only."
    for one in step.handed:
        if one.before is not None:
            text += (
                f" {nodes[one.to].text} is used more than once: "
                f"{number(one.before)} + {number(one.share)} = {number(one.total)}."
            )
    return text + (_summary(nodes, way) if place == len(way.steps) - 1 else "")


def _summary(nodes: list[Node], way: Way) -> str:
    """Say at the end what the gradient of the first input means."""
    first = next(place for place, node in enumerate(nodes) if node.kind == "input")
    gradient = way.gradients[first] or 0
    return (
        f" Done: 0.01 more of {nodes[first].text} changes the result by about "
        f"{number(gradient / 100)}."
    )


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"

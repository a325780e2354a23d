"""What runs in the child, beside the student's code: cells in, plain arrays out.

Nothing here is trusted: whatever this process says, the grader takes for the answer's own words.
A student's code can change all of it and gains what a wrong answer gains.
"""

import ast
import dataclasses
import linecache
import os
import sys
import time
import types
from collections.abc import Iterable, Iterator
from typing import Any, cast

import torch

from paperclub.exercises import plain
from paperclub.exercises.notion import Case, Driver, Exercise
from paperclub.exercises.run import run
from paperclub.exercises.source import driver_of, functions_called, has_a_blank

LIMITS = plain.Limits(header=32 << 20, body=256 << 20)
LARGEST = 4 << 20  # bytes that one call may give back
MOST = 1000  # arrays, likewise
TOGETHER = 16  # cases that are run before what they gave is handed over
QUIET = 0.02  # seconds without a word to the grader
AT_WORK = {"at": "work"}
NEVER = 1e6  # seconds: the deadline is the grader's
PASSES = 3
TEXT = 2000
WHOLE = -1  # the place of a cell that is being read


def main(taken: int, given: int) -> None:
    """Answer what the grader asks, one thing after the other, until it asks no more."""
    border = Border(taken, given)
    session = Session(border)
    border.give({"ready": True})  # shut in; from here on the process is the student's
    while (asked := border.take()) is not None:
        for said in session.answer(asked):
            border.give(said)


def rehearse() -> None:
    """Do once, before there are children, what each of them would do for the first time.

    What PyTorch and Python set up at first use is then there for all; it is a third of the time
    that a submission takes. It is no answer to anything: a made-up function on made-up numbers.
    """
    source = "def call(answer, *inputs):\n    return answer(*inputs)\n"
    exercise = _driven(driver_of(source), ("x", "y"))

    def answer(x: torch.Tensor, y: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        z = x @ y.transpose(-2, -1) / 2 + x.sum() - y.mean()
        z = z if mask is None else z.masked_fill(~mask, 0.0)
        z = torch.softmax(z, dim=-1).exp().log().reshape(-1, 2).view(2, -1)
        return torch.stack([z.T.contiguous().T, torch.relu(z)]).unsqueeze(0).flatten()

    for mask in (None, torch.ones(4, 4).tril().bool()):
        inputs = {"x": torch.ones(4, 4), "y": torch.ones(4, 4), "mask": mask}
        given = plain.unpack(plain.pack(inputs), LIMITS)
        plain.pack(_plain(run(exercise, answer, [Case("", given)], NEVER)[0]))


def _driven(driver: Driver, gradients: tuple[str, ...]) -> Exercise:
    """Return as much of an exercise as running it needs; nothing else of it comes in here."""
    return cast(Exercise, types.SimpleNamespace(driver=driver, gradients=gradients))


class Border:
    """Plain data over two pipes."""

    def __init__(self, taken: int, given: int):
        self._taken, self._given = taken, given

    def take(self) -> Any:
        """Return what the grader sent, or None when it is gone."""
        prefix = self._exactly(plain.PREFIX.size)
        if not prefix:
            return None
        header, body = plain.sizes(prefix, LIMITS)
        return plain.unpack(prefix + self._exactly(header + body), LIMITS)

    def give(self, value: Any) -> None:
        """Send plain data, or the bytes that it was packed to."""
        data = memoryview(value if isinstance(value, bytes) else plain.pack(value))
        while data:
            data = data[os.write(self._given, data) :]

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size and (part := os.read(self._taken, min(size, 1 << 20))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Session:
    """A notebook that was run, and the answers found in it."""

    def __init__(self, border: Border):
        self._border = border
        self._module = types.ModuleType("__main__")
        self._answers: dict[str, Any] = {}
        self._drivers: dict[str, Any] = {}
        self._found: dict[str, dict[str, Any]] = {}
        self._texts: dict[str, str] = {}
        self._skipped: dict[tuple[int, int], dict[str, Any]] = {}

    def answer(self, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Do one thing that the grader asks."""
        return getattr(self, f"do_{asked.pop('do')}")(**asked)

    def do_probe(self, **wanted: Any) -> Iterator[dict[str, Any]]:
        """Try what the layers forbid, and what must still work."""
        from paperclub.grading.sandbox.probes import probe

        yield probe(**wanted)

    def do_load(
        self, cells: list, exercises: dict, skip: list, bare: bool
    ) -> Iterator[dict[str, Any]]:
        """Run the cells' statements and find the answers.

        Args:
            cells: For each cell its number, its source, and the ids of the exercises it answers.
            exercises: For each id the names it asks for, its driver's source, and whether it is
                a prediction.
            skip: Pairs of cell and statement that ended this process before.
            bare: Leave out whatever is no answer and defines nothing, for it takes too long.
        """
        sys.modules["__main__"] = self._module
        self._module.__dict__["__builtins__"] = __builtins__
        self._asked = exercises
        for id, about in exercises.items():
            self._drivers[id] = driver_of(about["driver"])
        waiting = []
        dead = {tuple(pair) for pair in skip}
        for number, source, ids in cells:
            if (number, WHOLE) in dead:
                says = "Python cannot read it"
                self._skipped[number, WHOLE] = _noted(number, 1, "Stopped", says, ids)
                continue
            self._border.give({"at": [number, WHOLE]})
            waiting += self._statements(number, source, ids)
        for one in waiting:
            if one.place in dead:
                self._skip(one, "Stopped", "it did not come back, or ended the process")
            elif bare and not one.needed:
                self._skip(one, "Left out", "the notebook as a whole takes too long")
        waiting = [one for one in waiting if one.place not in self._skipped]
        for _ in range(PASSES):
            failed = [one for one in waiting if not self._execute(one)]
            if not failed or len(failed) == len(waiting):
                break
            waiting = failed  # cells may stand in another order than they were run in
        yield self._report()

    def _statements(self, number: int, source: str, ids: list[str]) -> list["Statement"]:
        name = f"<cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            body = _parsed(source, name)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            kind = type(error).__name__
            self._skipped[number, WHOLE] = _noted(number, line, kind, _text(error), ids)
            return []
        return [Statement((number, place), one, name, ids) for place, one in enumerate(body)]

    def _execute(self, one: "Statement") -> bool:
        self._border.give({"at": list(one.place)})
        before = dict(self._module.__dict__) if one.ids else {}
        try:
            code = compile(ast.Module([one.node], []), one.file, "exec")
            exec(code, self._module.__dict__)
        except BaseException as error:  # noqa: BLE001 - the student's, and what we report
            self._skip(one, type(error).__name__, _text(error))
            return False
        self._skipped.pop(one.place, None)
        if one.ids:
            self._notice(one, before)
        return True

    def _skip(self, one: "Statement", kind: str, message: str) -> None:
        line = one.node.lineno
        self._skipped[one.place] = _noted(one.place[0], line, kind, message, one.ids)

    def _notice(self, one: "Statement", before: dict[str, Any]) -> None:
        """Remember what a statement of an answer's cell bound to the names that are asked for."""
        now = self._module.__dict__
        bound = _bound(one.node)
        fresh = [
            (name, value)
            for name, value in list(now.items())
            if name in bound or name not in before or before[name] is not value
        ]
        for id in one.ids:
            about = self._asked[id]
            for name, value in fresh:
                if about["prediction"]:
                    if isinstance(value, str):
                        self._texts[id] = value[:40]
                elif name in about["asks"] and not self._keeps(id, name, value):
                    self._found.setdefault(id, {})[name] = value

    def _keeps(self, id: str, name: str, value: Any) -> bool:
        """Is what was found before to be kept, since this is only the stub once more?"""
        kept = self._found.get(id, {}).get(name)
        return kept is not None and not has_a_blank(kept) and has_a_blank(value)

    def _report(self) -> dict[str, Any]:
        """Say what was found for each exercise, and what was skipped."""
        found = {}
        asked = {name for about in self._asked.values() for name in about["asks"]}
        # What stands in an answer's cell goes before what was tried under its name elsewhere.
        elsewhere = dict(self._module.__dict__)
        for one in self._found.values():
            elsewhere |= one
        for id, about in self._asked.items():
            here = self._found.get(id, {})
            answers = [here.get(name, elsewhere.get(name)) for name in about["asks"]]
            there = [callable(answer) for answer in answers]
            blank = [ok and bool(has_a_blank(one)) for ok, one in zip(there, answers, strict=True)]
            calls = [name for one in answers for name in _called(one) if name in asked]
            found[id] = {
                "there": there, "blank": blank, "text": self._texts.get(id, ""), "calls": calls,
            }  # fmt: skip
            self._answers[id] = answers[0] if len(answers) == 1 else tuple(answers)
        return {"found": found, "skipped": list(self._skipped.values())[:200]}

    def do_calls(self, id: str, cases: list, gradients: list) -> Iterator[Any]:
        """Put cases to an answer one after the other, and give back what each gave, in lists."""
        exercise = _driven(self._drivers[id], tuple(gradients))
        for first in range(0, len(cases), TOGETHER):
            some = self._noting(cases[first : first + TOGETHER])
            outcomes = run(exercise, self._answers[id], some, NEVER)
            yield from map(_packed, _together(map(_plain, outcomes)))

    def _noting(self, cases: list) -> Iterator[Case]:
        """Return the cases; the grader, whose deadline is a single case's, hears of long ones."""
        heard = time.monotonic()
        for inputs in cases:
            if time.monotonic() - heard > QUIET:
                self._border.give(AT_WORK)
                heard = time.monotonic()
            yield Case("", inputs)


def _together(outcomes: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Return outcomes in lists of which none is more than the grader reads at a time."""
    some: list[dict[str, Any]] = []
    size = count = 0
    for one in outcomes:
        arrays = _arrays_in(one)
        size, count = size + sum(a.nbytes for a in arrays), count + len(arrays)
        if some and (size > LARGEST or count > MOST):
            yield some
            some, size, count = [], sum(a.nbytes for a in arrays), len(arrays)
        some.append(one)
    if some:
        yield some


def _arrays_in(written: dict[str, Any]) -> list[Any]:
    both = (*written["values"].values(), *written["gradients"].values())
    return [one for one in both if one is not None]


@dataclasses.dataclass(frozen=True)
class Statement:
    """One statement of a cell: its place (cell, number), itself, its file, whose answer it is."""

    place: tuple[int, int]
    node: ast.stmt
    file: str
    ids: list[str]

    @property
    def needed(self) -> bool:
        """Return whether an answer may need it: its own cell, a definition, a constant."""
        kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
        constant = isinstance(self.node, ast.Assign) and isinstance(self.node.value, ast.Constant)
        return bool(self.ids) or isinstance(self.node, kinds) or constant


def _noted(cell: int, line: int, kind: str, message: str, ids: list[str]) -> dict[str, Any]:
    return {"cell": cell, "line": line, "kind": kind, "message": message, "ids": ids}


def _called(answer: Any) -> Iterable[str]:
    try:
        return functions_called(answer)
    except Exception:  # noqa: BLE001 - what a student made may be nothing like a function
        return ()


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement binds, as far as they stand in it."""
    found = {getattr(node, "name", "")}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.alias):
            found.add((part.asname or part.name).partition(".")[0])
    return found


def _parsed(source: str, name: str) -> list[ast.stmt]:
    """Return a cell's statements; IPython's own lines are left out where Python knows them not."""
    try:
        return ast.parse(source, name).body
    except SyntaxError:
        plainer = _without_magic(source)
        if plainer == source:
            raise
        return ast.parse(plainer, name).body


def _without_magic(source: str) -> str:
    """Leave out IPython's own lines (``%``, ``!``, ``?``): the sandbox is no notebook."""
    if source.lstrip().startswith("%%"):
        return ""
    lines = source.splitlines()
    kept = ["pass" if _is_magic(line) else line for line in lines]
    return "\n".join(
        _indent(line) + now if now == "pass" else now for line, now in zip(lines, kept, strict=True)
    )


def _is_magic(line: str) -> bool:
    start = line.strip()
    return start.startswith(("%", "!", "?")) or (start.endswith("?") and "#" not in start)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _text(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except Exception:  # noqa: BLE001 - an exception whose own text raises has none
        return ""


def _plain(outcome: Any) -> dict[str, Any]:
    """Return an outcome as plain data; what is too large or no data is named instead."""
    arrays = [*outcome.values.values(), *(g for g in outcome.gradients.values() if g is not None)]
    size = sum(getattr(one, "nbytes", LARGEST) for one in arrays)
    if size > LARGEST or len(arrays) > MOST:
        outcome = dataclasses.replace(
            outcome, values={}, gradients={}, strange="result of far too many numbers"
        )
    written: dict[str, Any] = {
        "values": dict(outcome.values), "gradients": dict(outcome.gradients),
    }  # fmt: skip
    others = {
        "changed": list(outcome.changed),
        "fickle": bool(outcome.fickle),
        "strange": outcome.strange[:100],
        "blank": bool(outcome.blank),
        "printed": outcome.printed[:TEXT],
        "raised": _raised(outcome.raised),
        "raised_in_gradients": _raised(outcome.raised_in_gradients),
    }
    # What is not said is what is usual: nothing.
    return written | {name: value for name, value in others.items() if value}


def _packed(outcomes: list[dict[str, Any]]) -> bytes:
    try:
        return plain.pack(outcomes)
    except plain.NotPlain:
        return plain.pack([_replaced(one) for one in outcomes])


def _replaced(written: dict[str, Any]) -> dict[str, Any]:
    """Name what is no plain data instead of giving it."""
    try:
        plain.pack(written)
    except plain.NotPlain:
        return written | {"values": {}, "gradients": {}, "strange": "result that is no plain data"}
    return written


def _raised(raised: Any) -> dict[str, Any] | None:
    if raised is None:
        return None
    return {
        "kind": raised.kind[:100],
        "message": raised.message[:TEXT],
        "line": raised.line[:300],
        "number": raised.number,
    }

"""Asking a child for something and reading what comes back, within deadlines and sizes.

What comes back was written by a student's process. It is read as plain data, never as code, and
counts for no more than the answer's own words.
"""

import os
import select
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from paperclub.exercises import plain
from paperclub.exercises.notion import Exercise
from paperclub.exercises.run import Outcome, Raised
from paperclub.grading.sandbox.start import Child, Infrastructure

READ = plain.Limits(header=4 << 20, body=8 << 20, arrays=1024)
STEP = 0.05  # seconds between two looks at the clock
PIPE = 1 << 16
AT_WORK = {"at": "work"}  # a child's word that it has gone on to another case
REMARKS = 20000  # statements that a notebook may have
WHOLE = 6  # times one statement's deadline is what a whole notebook may take


class TimeUp(Exception):
    """The child used up its time."""


class TooLong(TimeUp):
    """A notebook as a whole used up its time, though no statement of it did."""


class Died(Exception):
    """The child ended, or wrote what is no answer."""


@dataclass(frozen=True)
class Deadline:
    """How long one call may take.

    What counts is time in which the child computed, and time in which it did nothing though a
    processor was free; waiting for a processor does not, so that a slow or busy machine costs
    nobody points. The cap on the clock is for a machine that stands still.
    """

    cpu: float = 5.0
    idle: float = 10.0
    wall: float = 300.0


class _Clock:
    """Looks at a child's times now and then: each look reads files of the system's.

    What the child used before the first look, a step after the start, is not held against it.
    """

    def __init__(self, child: Child, deadline: Deadline):
        self._child, self._deadline = child, deadline
        self.restart()

    def restart(self) -> None:
        self._began = self._looked = time.monotonic()
        self._first: tuple[float, float, float] | None = None

    def check(self) -> None:
        """Raise :class:`TimeUp` when a deadline has passed."""
        now = time.monotonic()
        if now - self._looked < STEP:
            return
        self._looked = now
        try:
            then = (now, *self._child.processor_seconds())
        except ProcessLookupError:
            return  # it has ended, which the pipe will tell
        if self._first is None:
            self._first = then
        passed, ran, waited = (a - b for a, b in zip(then, self._first, strict=True))
        limits = self._deadline
        if (
            ran > limits.cpu
            or passed - ran - waited > limits.idle
            or now - self._began > limits.wall
        ):
            raise TimeUp


def ask(child: Child, what: dict[str, Any], deadline: Deadline, place: list | None = None) -> Any:
    """Send ``what`` to a child and return its answer.

    Args:
        child: The child. What it says before it says that it is ready is about the sandbox.
        what: Plain data.
        deadline: How long the answer, or each statement of a notebook, may take.
        place: Filled with where in a notebook the child says that it is.

    Raises:
        TimeUp: It took too long; :class:`TooLong` if that is the sum of many statements.
        Died: It ended, or what came is no plain data.
        Infrastructure: The sandbox could not be put in force.
    """
    send(child, plain.pack(what))
    clock = _Clock(child, deadline)
    if not child.ready:
        _expect_ready(child, clock)
        child.ready = True
        clock.restart()
    whole = _Clock(child, replace(deadline, cpu=WHOLE * deadline.cpu, idle=WHOLE * deadline.idle))
    for _ in range(REMARKS):
        said = _read(child, clock)
        if not (isinstance(said, dict) and set(said) == {"at"}):
            return said
        if place is not None:
            place[:] = _place(said["at"])
        clock.restart()
        try:
            whole.check()
        except TimeUp:
            raise TooLong from None
    raise Died("the notebook has too many statements")


def send(child: Child, what: bytes) -> None:
    """Send what is packed already; what there is no room for follows while answers are read."""
    child.unsent += what
    _push(child)


def answers(child: Child, count: int, deadline: Deadline) -> Iterator[Any]:
    """Return a child's ``count`` answers to what was sent, as they come.

    They come several at a time; in between the child notes that it has gone on to another one, at
    most once for each. The deadline is one answer's; what is raised is that of :func:`ask`.
    """
    clock = _Clock(child, deadline)
    came = noted = 0
    while came < count:
        said = _read(child, clock)
        clock.restart()
        if isinstance(said, list) and 0 < len(said) <= count - came:
            came += len(said)
            yield from said
        elif said == AT_WORK and noted < count:
            noted += 1
        else:
            raise Died("it spoke out of turn")


def _place(said: Any) -> list[int]:
    if isinstance(said, list) and len(said) == 2 and all(type(one) is int for one in said):
        return said
    raise Died("it spoke out of turn")


def _expect_ready(child: Child, clock: _Clock) -> None:
    try:
        first = _exactly(child, 1, clock)
        if first == plain.MAGIC[:1]:
            rest = _exactly(child, plain.PREFIX.size - 1, clock)
            _exactly(child, sum(plain.sizes(first + rest, READ)), clock)
            return
        why = "".join(map(chr, _rest(child)))
    except Died as error:
        why = str(error)
    except TimeUp:
        why = "the sandbox took too long to be put in force"
    raise Infrastructure(f"the sandbox could not be put in force: {why}")


def _rest(child: Child) -> bytes:
    select.select([child.back], [], [], 1)
    try:
        return bytes(child.kept) + os.read(child.back, 4000)
    except OSError:
        return bytes(child.kept)


def _push(child: Child) -> None:
    """Write what is still to be sent, as far as there is room."""
    try:
        while child.unsent:
            del child.unsent[: os.write(child.to, memoryview(child.unsent)[:PIPE])]
    except BlockingIOError:
        pass
    except BrokenPipeError:
        child.unsent.clear()  # it has ended, which reading will tell


def _read(child: Child, clock: _Clock) -> Any:
    prefix = _exactly(child, plain.PREFIX.size, clock)
    try:
        header, body = plain.sizes(prefix, READ)
        return plain.unpack(prefix + _exactly(child, header + body, clock), READ)
    except plain.NotPlain as error:
        raise Died(f"it wrote what is no answer: {error}") from None


def _exactly(child: Child, size: int, clock: _Clock) -> bytes:
    """Return the next bytes; what came besides is kept, for a child may be ahead by many answers.

    No more is kept than one reading brings, however much the child writes.
    """
    kept = child.kept
    while len(kept) < size:
        ready, room, _ = select.select([child.back], [child.to] if child.unsent else [], [], STEP)
        if room:
            _push(child)
        if not ready:
            clock.check()
            continue
        part = os.read(child.back, 1 << 20)
        if not part:
            raise Died("it ended")
        kept += part
        if len(kept) < size:
            clock.check()
    found = bytes(kept[:size])
    del kept[:size]
    return found


def outcome_of(said: Any, exercise: Exercise) -> Outcome:
    """Return what a child says that an answer gave, as the judge reads it.

    Raises:
        Died: It is no outcome.
    """
    if not isinstance(said, dict):
        raise Died("it wrote what is no answer")
    values = _arrays(said.get("values"), optional=False)
    gradients = _arrays(said.get("gradients"), optional=True)
    return Outcome(
        values=values,
        gradients={name: gradients[name] for name in gradients if name in exercise.gradients},
        changed=tuple(_words(said.get("changed", []))),
        fickle=said.get("fickle") is True,
        raised=_raised(said.get("raised")),
        raised_in_gradients=_raised(said.get("raised_in_gradients")),
        strange=_text(said.get("strange"), 100),
        blank=said.get("blank") is True,
        printed=_text(said.get("printed"), 2000),
    )


def _arrays(said: Any, optional: bool) -> dict[str, np.ndarray]:
    if not isinstance(said, dict) or len(said) > 1000:
        raise Died("it wrote what is no answer")
    for name, value in said.items():
        if not isinstance(name, str) or len(name) > 200:
            raise Died("it wrote what is no answer")
        if not isinstance(value, np.ndarray) and not (optional and value is None):
            raise Died("it wrote what is no answer")
    return said


def _words(said: Any) -> Iterable[str]:
    if not isinstance(said, list) or len(said) > 100:
        raise Died("it wrote what is no answer")
    return [_text(word, 100) for word in said]


def _text(said: Any, most: int) -> str:
    # Half characters would stop every file that they are written to.
    plain_text = said if isinstance(said, str) else ""
    return plain_text[:most].encode("utf-8", "replace").decode("utf-8")


def _raised(said: Any) -> Raised | None:
    if not isinstance(said, dict):
        return None
    number = said.get("number")
    return Raised(
        kind=_text(said.get("kind"), 100) or "Exception",
        message=_text(said.get("message"), 2000),
        line=_text(said.get("line"), 300),
        number=number if type(number) is int and 0 <= number < 1 << 31 else 0,
    )

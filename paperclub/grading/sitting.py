"""One submission in the sandbox: run its notebook, put cases to its answers, outlive what dies."""

import contextlib
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from paperclub.exercises import plain
from paperclub.exercises.notion import Exercise, Prediction
from paperclub.exercises.recorded import Recorded
from paperclub.exercises.run import Outcome
from paperclub.grading.border import Deadline, Died, TimeUp, TooLong, answers, ask, outcome_of, send
from paperclub.grading.notebook import Matched
from paperclub.grading.sandbox.start import Child, Zygote

STOPPED_STATEMENTS = 4
ALL_RESULTS = 64 << 20  # bytes that the cases of one exercise may give back together
CPU_AT_LEAST, CPU_TIMES_REFERENCE = 5.0, 50.0


@dataclass(frozen=True)
class Found:
    """What a notebook holds for an exercise: is each name there, blank, and what does it call?"""

    there: tuple[bool, ...]
    blank: tuple[bool, ...]
    text: str
    calls: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Return whether there is an answer to put cases to."""
        return all(self.there) and not any(self.blank)


class Stopped(Exception):
    """The submission cannot go on; ``status`` says how it ended."""

    def __init__(self, status: str, says: str):
        super().__init__(says)
        self.status = status


class Sitting:
    """A submission whose notebook is run afresh whenever a child of it has died."""

    def __init__(
        self,
        zygote: Zygote,
        matched: Matched,
        exercises: Iterable[Exercise | Prediction],
        deadline: Deadline,
    ):
        self._zygote = zygote
        self._code = [[number, source, list(ids)] for number, source, ids in matched.code]
        self._exercises = {
            one.id: {
                "asks": list(getattr(one, "asks", ())),
                "driver": getattr(one, "driver_source", "def call():\n    return None\n"),
                "prediction": isinstance(one, Prediction),
            }
            for one in exercises
        }
        self._deadline = deadline
        self._skip: list[list[int]] = []
        self._bare = False
        self._child: Child | None = None
        self._report: dict[str, Any] = {}
        self._planned: list[Recorded] = []
        self._ahead: list[Recorded] = []  # sent to the child, and not yet read
        self.seconds = 0.0
        self.peak_kib = 0

    def __enter__(self) -> "Sitting":
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def plan(self, asked: Iterable[Recorded]) -> None:
        """Say which exercises' cases will be put next, in which order.

        A process that was given others is forgotten with all that it was given. The next one has
        the cases of all these as soon as its notebook has run, and not before: what the notebook
        says of itself is shown to the student.
        """
        self._end()
        self._planned = list(asked)

    def _end(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            self._ahead.clear()
            used = child.end()
            self.seconds += used.get("seconds", 0.0)
            self.peak_kib = max(self.peak_kib, used.get("kilobytes", 0))

    def _running(self) -> Child:
        """Return a child that has run the notebook.

        Raises:
            Stopped: No statement was left out that would let it come to its end.
        """
        while self._child is None:
            self._child = self._zygote.fork()
            place: list[int] = []
            asked = {
                "do": "load", "cells": self._code, "exercises": self._exercises,
                "skip": self._skip, "bare": self._bare,
            }  # fmt: skip
            try:
                self._report = _checked(ask(self._child, asked, self._deadline, place))
                self._send_ahead(self._child)
            except (TimeUp, Died) as error:
                self._end()
                late = isinstance(error, TimeUp)
                whole = isinstance(error, TooLong)
                self._leave_out(place, "timeout" if late else "died", str(error), whole)
            except BaseException:
                self._end()
                raise
        return self._child

    def _send_ahead(self, child: Child) -> None:
        for one in self._planned:
            if self._found(one.id).whole:
                send(child, calls(one))
                self._ahead.append(one)

    def _leave_out(self, place: list[int], status: str, says: str, whole: bool) -> None:
        """Leave out the statement that did not come back; after some, all that defines nothing.

        An honest notebook may train for minutes in cells of its own, which no answer needs.
        """
        known = place in self._skip or not place
        if not (known or whole or len(self._skip) >= STOPPED_STATEMENTS):
            self._skip.append(list(place))
        elif not self._bare:
            self._bare = True
        else:
            raise Stopped(status, says or "the notebook does not come to its end")

    def found(self, id: str) -> Found:
        """Return what the notebook holds for an exercise.

        Raises:
            Stopped: The notebook does not come to its end.
        """
        self._running()
        return self._found(id)

    def _found(self, id: str) -> Found:
        return _found(self._report["found"].get(id), self._exercises[id])

    def skipped(self) -> list[dict[str, Any]]:
        """Return the statements that were left out or failed: cell, line, kind, message, ids."""
        return self._report.get("skipped", [])

    def outcomes(self, asked: Recorded) -> list[Outcome]:
        """Put the cases of the exercise that is next by plan to the answer; return what each gave.

        The list ends early, with an outcome that is late, where the time was up.

        Raises:
            Stopped: The process died on the way, or the notebook does not come to its end.
        """
        child = self._running()
        self._planned.remove(asked)  # whatever comes of it, its cases are put once
        if not self._ahead or self._ahead[0] is not asked:
            raise Stopped("died", "the notebook has no such answer when it runs again")
        del self._ahead[0]
        outcomes: list[Outcome] = []
        try:
            left = ALL_RESULTS
            for said in answers(child, len(asked.rows), self._deadline_for(asked)):
                outcome = outcome_of(said, asked)
                left -= sum(value.nbytes for value in outcome.values.values())
                outcomes.append(outcome if left >= 0 else Outcome(strange="result without end"))
        except TimeUp:
            self._end()
            outcomes.append(Outcome(late=True))
        except Died as error:
            self._end()
            raise Stopped("died", str(error)) from None
        except BaseException:
            self._end()
            raise
        return outcomes

    def _deadline_for(self, asked: Recorded) -> Deadline:
        cpu = max(self._deadline.cpu, CPU_TIMES_REFERENCE * asked.seconds)
        return Deadline(cpu, self._deadline.idle, self._deadline.wall)


@functools.lru_cache(maxsize=64)
def calls(asked: Recorded) -> bytes:
    """Return what puts an exercise's cases to an answer; it is the same for the whole class."""
    cases = [dict(row.case.inputs) for row in asked.rows]
    return plain.pack(
        {"do": "calls", "id": asked.id, "cases": cases, "gradients": list(asked.gradients)}
    )


def _checked(said: Any) -> dict[str, Any]:
    """Return a notebook's report, which a student's process wrote, in the form that is read.

    Raises:
        Died: It is no report.
    """
    if not isinstance(said, dict) or not isinstance(said.get("found"), dict):
        raise Died("it wrote what is no answer")
    skipped = []
    told = said.get("skipped")
    for one in told if isinstance(told, list) else []:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            skipped.append(
                {
                    "cell": int(one["cell"]),
                    "line": int(one["line"]),
                    "kind": _line(one["kind"], 60),
                    "message": _line(one["message"], 200),
                    "ids": [id for id in one["ids"] if isinstance(id, str)][:20],
                }
            )
    return {"found": said["found"], "skipped": skipped[:200]}


def _line(text: Any, most: int) -> str:
    return " ".join(str(text)[:most].encode("utf-8", "replace").decode("utf-8").split())


def _found(said: Any, asked: dict[str, Any]) -> Found:
    said = said if isinstance(said, dict) else {}
    count = len(asked["asks"])

    def flags(name: str) -> tuple[bool, ...]:
        given = said.get(name)
        given = given if isinstance(given, list) else []
        return tuple(one is True for one in (given + [False] * count)[:count])

    text, calls = said.get("text"), said.get("calls")
    calls = calls if isinstance(calls, list) else []
    return Found(
        flags("there"),
        flags("blank"),
        text[:40] if isinstance(text, str) else "",
        tuple(one for one in calls[:100] if isinstance(one, str)),
    )

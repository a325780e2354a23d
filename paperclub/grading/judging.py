"""From a submission to its marks: what runs is in the sandbox, what decides is here."""

import functools
from dataclasses import dataclass, replace
from typing import Any

from paperclub.exercises.compare import ASPECTS, same
from paperclub.exercises.judge import judge
from paperclub.exercises.notion import Exercise, Heading, Prediction
from paperclub.exercises.recorded import Recorded
from paperclub.exercises.run import Outcome
from paperclub.exercises.verdict import Verdict
from paperclub.grading.border import Deadline
from paperclub.grading.glance import same_at_a_glance
from paperclub.grading.marks import Graded, Mark, shown
from paperclub.grading.notebook import Asked, Notebook, match
from paperclub.grading.sandbox.start import Zygote
from paperclub.grading.sitting import Sitting, Stopped

Exercises = tuple[Recorded | Prediction, ...]
FORBIDDEN = ("PermissionError",)
FORBIDDEN_SAYS = (
    "The sandbox refused what the answer tried: files outside its own folder, the network, another "
    "process (also `subprocess` and `DataLoader(num_workers=…)`), other programs. An answer needs "
    "none of these."
)
MEMORY = ("MemoryError",)
MEMORY_WORDS = ("can't allocate memory", "not enough memory", "cannot allocate memory")
SAYS = {
    "timeout": "It was stopped after {seconds:g} seconds of computing, twice: once in its turn and "
    "once alone. A right answer takes a few thousandths of a second. Is there a `while` whose "
    "condition never becomes false?",
    "died": "The process that ran it ended before it gave an answer, as `os._exit` or a crash of "
    "native code ends it.",
    "memory": "It asked for more memory than there is. These inputs are small: look at the shapes "
    "of what is made on the way.",
    "forbidden": FORBIDDEN_SAYS,
}


@dataclass(frozen=True)
class Week:
    """A released week as the grader needs it.

    Attributes:
        slug: The week.
        asked: The cells of the released notebook that matter.
        hidden: The exercises with the cases that marks are made of.
        practice: The same exercises with the cases that students have.
        warm: Modules that the notebook imports.
        given: The sources of its cells that are nobody's answer.
    """

    slug: str
    asked: tuple[Asked, ...]
    hidden: Exercises
    practice: Exercises
    warm: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


def grade(
    zygote: Zygote, week: Week, notebook: Notebook, deadline: Deadline | None = None
) -> Graded:
    """Grade one submission.

    Raises:
        Infrastructure: The sandbox failed; nothing is said of the submission.
    """
    matched = match(notebook, week.asked)
    with Sitting(zygote, matched, week.hidden, deadline or Deadline()) as sitting:
        judging = _Judging(week, sitting)
        marks = judging.marks()
        marks += [_by_hand(one, matched.texts) for one in week.asked if one.role == "text"]
        # What the course itself put there and the sandbox does not hold is no student's doing.
        ours = {number for number, source, _ in matched.code if source.strip() in week.given}
        skipped = [_skipped(one) for one in sitting.skipped() if one["cell"] not in ours]
    remarks = tuple([*matched.remarks, *skipped][:100])
    return Graded(tuple(marks), remarks, round(sitting.seconds, 3), sitting.peak_kib)


def _by_hand(asked: Asked, texts: dict[str, str]) -> Mark:
    text = texts.get(asked.grade_id, "")
    title = asked.grade_id.replace("_", " ")
    return Mark(
        asked.grade_id, title, "by-hand", None, asked.points, "Marked by hand",
        says=(("code", text[:5000]),) if text.strip() else (("text", "There is no text."),),
    )  # fmt: skip


def _skipped(one: dict[str, Any]) -> str:
    message = f": {one['message']}" if one["message"] else ""
    return f"Cell {one['cell']}, line {one['line']} was skipped ({one['kind']}{message})."


class _Judging:
    def __init__(self, week: Week, sitting: Sitting):
        self._week, self._sitting = week, sitting
        self._practice = {one.id: one for one in week.practice if isinstance(one, Recorded)}
        self._ends: Stopped | None = None
        self._failing: dict[str, str] = {}
        self._blamed: dict[str, str] = {}
        self._wrong: dict[str, str] = {}  # exercises to be explained, each with a mistake's hint
        self._calls: tuple[str, ...] = ()

    def marks(self) -> list[Mark]:
        """Return the marks of all exercises: judged by hidden cases, then explained by practice."""
        self._sitting.plan(one for one in self._week.hidden if isinstance(one, Recorded))
        marks = [self._judged(one) for one in self._week.hidden]
        # In a fresh process: the first has seen hidden cases and might tell them here.
        self._sitting.plan(self._practice[id] for id in self._wrong)
        marks = [self._explained(mark) for mark in marks]
        return [self._blaming(mark) for mark in marks]

    def _judged(self, asked: Recorded | Prediction) -> Mark:
        """Return an exercise's mark; where an earlier answer that it calls is wrong, note that."""
        mark = self._mark(asked)
        if mark.status == "passed" or isinstance(asked, Prediction) or self._ends:
            return mark
        blamed = [name for name in self._calls if self._failing.get(name, asked.id) != asked.id]
        for name in asked.asks:
            self._failing.setdefault(name, asked.id)
        if blamed:
            self._blamed[asked.id] = (
                f"Your answer calls `{blamed[0]}`, and that does not pass "
                f"{self._failing[blamed[0]]}. What is wrong there shows here too."
            )
        return mark

    def _blaming(self, mark: Mark) -> Mark:
        says = self._blamed.get(mark.exercise)
        return replace(mark, says=(("text", says), *mark.says)) if says else mark

    def _mark(self, asked: Recorded | Prediction) -> Mark:
        try:
            if self._ends is not None:
                raise self._ends
            found = self._sitting.found(asked.id)
            self._calls = found.calls
        except Stopped as error:
            self._ends = error  # the notebook itself does not come to its end
            return _plain_mark(asked, error.status, "The notebook does not come to its end")
        if isinstance(asked, Prediction):
            return _predicted(asked, found.text)
        missing = [n for n, here in zip(asked.asks, found.there, strict=True) if not here]
        blank = [n for n, empty in zip(asked.asks, found.blank, strict=True) if empty]
        if len(missing) + len(blank) == len(asked.asks):
            return self._nothing(asked, missing)
        if missing or blank:
            names = " and ".join(f"`{name}`" for name in (*missing, *blank))
            return _mark(asked, "wrong", "Not all of it", says=(f"{names} is not written.",))
        return self._put(asked)

    def _nothing(self, asked: Recorded, missing: list[str]) -> Mark:
        """Say why there is no answer: nothing was written, or what was written does not run."""
        for one in self._sitting.skipped():
            if asked.id in one["ids"]:
                kind, message = one["kind"], one["message"]
                status = _status("error", kind, message)
                return _mark(
                    asked, status, "The answer's cell does not run",
                    says=(f"Cell {one['cell']}, line {one['line']}: {kind}: {message}",),
                )  # fmt: skip
        names = " and ".join(f"`{name}`" for name in missing)
        says = (f"The notebook defines no {names}.",) if missing else ()
        return _mark(asked, "unanswered", "Not answered", says=says)

    def _put(self, asked: Recorded) -> Mark:
        try:
            outcomes = self._sitting.outcomes(asked)
        except Stopped as error:
            return _plain_mark(asked, error.status)
        verdict = judged(asked, outcomes)
        if verdict.status == "passed":
            return _mark(asked, "passed", "Right", points=asked.points, says=verdict.parts[:1])
        kinds = [one.raised for one in outcomes if one.raised]
        status = _status(verdict.status, *_first(kinds))
        if status in ("timeout", "memory", "forbidden"):
            return _plain_mark(asked, status)
        if verdict.status == "unanswered":
            says = ("It ran and gave back None. Is a `return` missing at the end?",)
            return _mark(asked, "wrong", "Nothing came back", says=says)
        mistake = verdict.headline if status == "mistake" else ""
        self._wrong[asked.id] = next(
            (one.hint for one in asked.mistakes if one.name == mistake), ""
        )
        return _mark(asked, status, verdict.headline, mistake=mistake)

    def _explained(self, mark: Mark) -> Mark:
        """Explain a mark by the cases that the student has too; no hidden case is shown."""
        hint = self._wrong.get(mark.exercise)
        if hint is None:
            return mark
        told: list[Any] = []
        try:
            practice = self._practice[mark.exercise]
            seen = judged(practice, self._sitting.outcomes(practice))
            if seen.status == "passed":
                told = ["It passes the cases that you have, and fails others of the same kind."]
            else:
                told = list(seen.parts)
                hint = "" if hint and hint in told else hint
        except Stopped:
            told = ["On the cases that you have it does not come to its end."]
        return replace(mark, says=shown((*([hint] if hint else []), *told)))


def judged(asked: Recorded, outcomes: list[Outcome]) -> Verdict:
    """Judge outcomes; where they cannot even be described, they are wrong and that is all."""
    rows = list(asked.rows)
    if same_at_a_glance(asked, outcomes):
        return _right(asked)
    try:
        return judge(asked, rows, outcomes, CPU_SAID)
    except Exception:
        # What a student's process sends may be of a form that no description fits.
        pairs = list(zip(outcomes, rows, strict=False))
        right = len(outcomes) == len(rows) and all(
            same(mine, row.expected, aspect, asked.tolerance)
            for mine, row in pairs
            for aspect in ASPECTS
        )
        if right:
            raise
        return Verdict(asked.id, "wrong", 0, asked.points, "Not what was asked for")


@functools.lru_cache(maxsize=64)
def _right(asked: Recorded) -> Verdict:
    """Return what is said of outcomes that are what is expected."""
    rows = list(asked.rows)
    return judge(asked, rows, [row.expected for row in rows], CPU_SAID)


CPU_SAID = 5


def _first(raised: list[Any]) -> tuple[str, str]:
    return (raised[0].kind, raised[0].message) if raised else ("", "")


def _status(status: str, kind: str, message: str) -> str:
    """Return a mark's status: some errors have one of their own."""
    if status == "late":
        return "timeout"
    if status == "error":
        if kind in FORBIDDEN:
            return "forbidden"
        if kind in MEMORY or any(words in message.lower() for words in MEMORY_WORDS):
            return "memory"
    return status


def _predicted(asked: Prediction, text: str) -> Mark:
    letter = text.strip().lower()
    if letter in asked.choices:
        return _mark(asked, "passed", f"You predicted {letter}", points=asked.points,
                     says=(asked.choices[letter],))  # fmt: skip
    if not letter:
        return _mark(asked, "unanswered", "No prediction")
    return _mark(asked, "wrong", f"None of {', '.join(asked.choices)}")


def _plain_mark(asked: Heading, status: str, headline: str = "") -> Mark:
    says = SAYS.get(status, "").format(seconds=CPU_SAID)
    names = {
        "timeout": "Stopped: the time was up",
        "died": "The process ended",
        "memory": "Too much memory",
        "forbidden": "Refused by the sandbox",
    }
    return _mark(asked, status, headline or names[status], says=(says,))


def _mark(
    asked: Heading | Exercise,
    status: str,
    headline: str,
    points: float = 0,
    mistake: str = "",
    says: tuple[Any, ...] = (),
) -> Mark:
    return Mark(asked.id, asked.title, status, points, asked.points, headline, mistake, shown(says))


def ungraded(week: Week, why: str) -> Graded:
    """Return what is written down where the grader failed: no score at all."""
    says = (("text", f"{why} Nothing is held against the answer; it is graded again."),)
    marks = [
        Mark(one.id, one.title, "infrastructure", None, one.points, "Not graded yet", says=says)
        for one in week.hidden
    ]
    return Graded(tuple(marks), (), 0.0, 0)

"""What the events come to: exercises passed, hints used, predictions right, weeks read.

The events may come from two machines and are taken in the order of their time. Nothing here reads
or writes a file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from paperclub.learner.events import (
    Attempt,
    Event,
    HintGiven,
    Predicted,
    Settled,
    SolutionSeen,
    WeekMarked,
)
from paperclub.learner.outline import Task


@dataclass
class Prediction:
    """A choice, and what the run bore out once it was made."""

    choice: str
    holds: str | None = None

    @property
    def right(self) -> bool | None:
        """Whether it came out as predicted; ``None`` as long as no run has settled it."""
        return None if self.holds is None else self.choice == self.holds


@dataclass
class Standing:
    """How somebody stands with one exercise.

    Attributes:
        points: The best of all attempts.
        passed: Whether one attempt was right; a prediction is passed by being made.
        attempts: How many answers were checked; blanks do not count.
        hints: How many different hints were given.
        solution_seen: Whether the solution was shown.
        mistakes: How often each known mistake was made.
        prediction: The choice that counts, if it is a prediction and was made.
    """

    points: float = 0
    passed: bool = False
    attempts: int = 0
    hints: int = 0
    solution_seen: bool = False
    mistakes: Counter[str] = field(default_factory=Counter)
    prediction: Prediction | None = None


@dataclass(frozen=True)
class Tally:
    """How somebody stands with everything: exercises by id, and the weeks marked as read."""

    exercises: dict[str, Standing]
    weeks_read: frozenset[str]

    def of(self, exercise: str) -> Standing:
        """Return the standing of an exercise, blank if it was never touched."""
        return self.exercises.get(exercise) or Standing()


@dataclass(frozen=True)
class Totals:
    """Sums over some exercises."""

    passed: int
    exercises: int
    points: float
    out_of: float
    attempts: int
    hints: int
    settled: int
    right: int


def tally(events: Iterable[Event]) -> Tally:
    """Add up events, the oldest first."""
    exercises: defaultdict[str, Standing] = defaultdict(Standing)
    weeks: dict[str, bool] = {}
    for event in events:
        if isinstance(event, WeekMarked):
            weeks[event.slug] = event.read
        elif isinstance(event, Attempt | HintGiven | SolutionSeen | Predicted | Settled):
            _count(exercises[event.exercise], event)
    read = frozenset(slug for slug, is_read in weeks.items() if is_read)
    return Tally(dict(exercises), read)


def totals(tasks: Sequence[Task], tallied: Tally) -> Totals:
    """Sum the standings of exercises."""
    standings = [tallied.of(task.id) for task in tasks]
    settled = [one.prediction.right for one in standings if one.prediction]
    return Totals(
        passed=sum(one.passed for one in standings),
        exercises=len(tasks),
        points=sum(map(best, tasks, standings)),
        out_of=sum(task.points for task in tasks),
        attempts=sum(one.attempts for one in standings),
        hints=sum(one.hints for one in standings),
        settled=sum(right is not None for right in settled),
        right=sum(right is True for right in settled),
    )


def best(task: Task, standing: Standing) -> float:
    """Return the best points; never more than the exercise has, should it have lost some since."""
    return min(standing.points, task.points)


def _count(standing: Standing, event: Event) -> None:
    if isinstance(event, Attempt):
        standing.attempts += event.status != "unanswered"
        standing.points = max(standing.points, event.points)
        standing.passed |= event.status == "passed"
        if event.mistake:
            standing.mistakes[event.mistake] += 1
    elif isinstance(event, HintGiven):
        standing.hints = max(standing.hints, event.number)
    elif isinstance(event, SolutionSeen):
        standing.solution_seen = True
    elif isinstance(event, Predicted):
        standing.passed = True
        standing.points = max(standing.points, event.points)
        if standing.prediction is None or standing.prediction.holds is None:
            standing.prediction = Prediction(event.choice)
    elif isinstance(event, Settled) and (
        standing.prediction is None or standing.prediction.holds is None
    ):
        standing.prediction = Prediction(event.choice, event.holds)

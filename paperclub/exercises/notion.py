"""What an exercise is: data in, data out, and the wrong answers that people really give.

An exercise is plain data with three functions in it: a reference, a generator of cases and, for
classes, a driver. Everything else (the learner's check, the grading of a class, the tests that the
checks are sound) reads this notion and nothing more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Answer = Callable[..., Any] | tuple[Callable[..., Any], ...]
Driver = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One question that is put to an answer.

    Attributes:
        name: What is asked, in words: ``"2 queries, 3 keys, no mask"``.
        inputs: The arguments by name, handed over in this order. Tensors, arrays, numbers, None.
    """

    name: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give.

    Attributes:
        name: The mistake in a few words, unique within its exercise.
        answer: The wrong answer as code, called as the reference is.
        hint: What to look at. It says where the thought went wrong, not what to type.
        variants: Other ways of making the same mistake, with other outputs.
    """

    name: str
    answer: Answer
    hint: str
    variants: tuple[Answer, ...] = ()

    @property
    def ways(self) -> tuple[Answer, ...]:
        """Every way of making this mistake."""
        return (self.answer, *self.variants)


def call(answer: Callable[..., Any], *inputs: Any) -> Any:
    """Drive an answer that is one function: call it."""
    return answer(*inputs)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands above every exercise, of whatever kind.

    Attributes:
        id: ``"SLUG.name"``.
        title: A few words.
        points: What a right answer earns.
        difficulty: 1 to 5.
        importance: 1 to 5, for the paper at hand.
        minutes: What it takes someone who meets it for the first time.
        hints: Two: the first points the way, the second goes most of it.
        symptoms: Pairs of *help, my … looks like …* and what that usually means.
        why: Why the solution is what it is, shown beneath it.
    """

    id: str
    title: str
    points: int
    difficulty: int
    importance: int
    minutes: int
    hints: tuple[str, str]
    symptoms: tuple[tuple[str, str], ...]
    why: str

    def __post_init__(self):
        if "." not in self.id:
            raise ValueError(f"{self.id!r}: an exercise's id is SLUG.name")
        if len(self.hints) != 2:
            raise ValueError(f"{self.id}: two hints are asked for, not {len(self.hints)}")
        for name in ("difficulty", "importance"):
            if not 1 <= getattr(self, name) <= 5:
                raise ValueError(f"{self.id}: {name} goes from 1 to 5, not {getattr(self, name)}")

    @property
    def slug(self) -> str:
        """The week that the exercise belongs to."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Exercise(Heading):
    """An exercise that is answered by code.

    Attributes:
        asks: The names of the functions or classes to write, in the order ``check`` takes them.
        reference: The right answer; a tuple when ``asks`` has several names.
        cases: Gives the cases of a seed, edge cases among them. Equal seeds give equal cases.
        mistakes: The wrong answers that are recognised.
        covered: What a passed check has shown, completing *Covered: …*.
        next_step: What to do after it.
        driver: Turns an answer and a case's inputs into outputs (an array, a number, or a tuple,
            list or dict of these). For a class it builds the object, sets its weights and returns
            plain arrays. It uses nothing but its arguments and torch, so that it can run alone.
        gradients: Names of inputs through which gradients must flow and be right.
        tolerance: Largest difference allowed, as a share of the output's largest magnitude. The
            default is some 800 times the spacing of float32 numbers: the order of a sum moves a
            right answer by far less, and the mistakes of an exercise are far above it. The tests
            measure both.
    """

    asks: tuple[str, ...]
    reference: Answer
    cases: Callable[[int], list[Case]]
    mistakes: tuple[Mistake, ...]
    covered: str
    next_step: str
    driver: Driver = call
    gradients: tuple[str, ...] = ()
    tolerance: float = 1e-4

    def __post_init__(self):
        super().__post_init__()
        names = [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.id}: two mistakes have the same name")


@dataclass(frozen=True, kw_only=True)
class Prediction(Heading):
    """A question that is answered before a run, and settled by it.

    Points are for having predicted, not for being right.

    Attributes:
        question: What is asked.
        choices: The letters to choose from, each with what it says.
        settle: Takes what the learner's run measured and gives ``(letter, table)``: the choice
            that the run bears out, and the numbers that say so as rows, the first being names.
        rubric: What a good explanation says, one line for each point, for marking one's own.
    """

    question: str
    choices: Mapping[str, str]
    settle: Callable[[Any], tuple[str, list[list[Any]]]]
    rubric: tuple[str, ...]

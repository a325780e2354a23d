"""The words of a verdict, and how many seeds earn each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from paperclub.errors import CourseError

VERDICTS = ("reproduced", "trend", "proxy", "not reproduced")


class Outcome(IntEnum):
    """What one seed says about a claim, from worst to best."""

    FAILED = 0
    """The notebook crashed, or ended without this claim."""
    NO = 1
    """Neither the size nor the direction was there, or the control shows the effect too."""
    TREND = 2
    """The direction was there, and vanished in the control."""
    HOLDS = 3
    """The claim held as it is stated, and vanished in the control."""


@dataclass(frozen=True)
class Verdict:
    """A word of ``VERDICTS`` with the count behind it.

    Attributes:
        word: One of ``VERDICTS``.
        k: Seeds that earn the word; for ``proxy`` those that earn the word it stands for, and for
            ``not reproduced`` those at which the claim held.
        n: All seeds, failed ones among them.
        failed: Seeds whose notebook gave no answer.
    """

    word: str
    k: int
    n: int
    failed: int = 0

    def __str__(self) -> str:
        crashed = f", {self.failed} of them failed" if self.failed else ""
        return f"{self.word} ({self.k} of {self.n} seed{'' if self.n == 1 else 's'}{crashed})"


def verdict(outcomes: Iterable[Outcome], *, proxy: bool = False) -> Verdict:
    """Return the verdict over all seeds: a word needs at least nine in ten of them.

    Args:
        outcomes: One for each seed that was run; a failed seed counts against the claim.
        proxy: The claim only illustrates the paper's, so its best word is ``proxy``.

    Raises:
        CourseError: There is no seed.
    """
    seen = list(outcomes)
    n = len(seen)
    if n == 0:
        raise CourseError("A verdict needs at least one seed, and none was given.")
    failed = sum(outcome == Outcome.FAILED for outcome in seen)
    held = sum(outcome >= Outcome.HOLDS for outcome in seen)
    for word, k in (
        ("reproduced", held),
        ("trend", sum(outcome >= Outcome.TREND for outcome in seen)),
    ):
        if 10 * k >= 9 * n:
            return Verdict("proxy" if proxy else word, k, n, failed)
    return Verdict("not reproduced", held, n, failed)

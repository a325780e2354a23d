"""What a stage of the checks came to, and the closing line that sums them up."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from paperclub.checks.growth import chapters_share, weekly_share

PYTEST_RAN = (0, 1)  # pytest's exit codes after running what it was asked to run


@dataclass(frozen=True)
class Outcome:
    """How many checks passed, failed and were skipped; and what else speaks against the run.

    Attributes:
        passed: Checks that ran and held.
        failed: Checks that ran and did not hold, or could not be run to their end.
        skipped: Checks that were not run; they never count as passed.
        fault: Why the stage does not hold, in a few words; empty if it does.
        weekly: Which part of its time grows with the number of weeks, 0 to 1.
        in_turn: Whether the weeks take turns at it.
        chapters: Which part of its time chapters take, 0 to 1.
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    fault: str = ""
    weekly: float = 0.0
    in_turn: bool = False
    chapters: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether the stage did what it is there for."""
        return self.failed == 0 and not self.fault

    def __add__(self, other: "Outcome") -> "Outcome":
        """Add the counts; faults stand one after another."""
        faults = "; ".join(fault for fault in (self.fault, other.fault) if fault)
        return Outcome(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            faults,
            max(self.weekly, other.weekly),
            self.in_turn and other.in_turn,
            max(self.chapters, other.chapters),
        )

    def __str__(self) -> str:
        """Return the counts in words."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def command_outcome(code: int) -> Outcome:
    """Return the outcome of a command that is one check as a whole."""
    return Outcome(passed=1) if code == 0 else Outcome(failed=1, fault=f"exit code {code}")


def pytest_outcome(code: int, report: Path, all_must_run: bool = False) -> Outcome:
    """Return the outcome of a pytest run from its exit code and its JUnit report.

    Args:
        code: pytest's exit code.
        report: The JUnit XML file that it was to write.
        all_must_run: Whether a skipped test speaks against the run.
    """
    if not report.exists():
        return Outcome(failed=1, fault=f"pytest ended with exit code {code} and no report")
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        for name in counts:
            counts[name] += int(suite.get(name, "0"))
    failed = counts["failures"] + counts["errors"]
    skipped = counts["skipped"]
    passed = max(0, counts["tests"] - failed - skipped)
    fault = f"{failed} failed" if failed else ""
    if passed + failed + skipped == 0:
        failed, fault = 1, "no test was collected"
    elif code not in PYTEST_RAN or (code and not failed):
        failed, fault = max(failed, 1), f"pytest ended with exit code {code}"
    elif skipped and all_must_run:
        fault = "; ".join(filter(None, [fault, f"{skipped} could not run"]))
    weekly, chapters = weekly_share(report), chapters_share(report)
    return Outcome(passed, failed, skipped, fault, weekly, chapters=chapters)

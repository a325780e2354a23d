"""`course.py test`: every stage, one after another, and one closing line."""

import time

from paperclub.checks.growth import in_a_year
from paperclub.checks.outcome import Outcome
from paperclub.checks.stages import Stage, stages
from paperclub.curriculum import syllabus, written_weeks


def run_checks(quick: bool = False) -> int:
    """Run the checks and print what came of them.

    Args:
        quick: Leave out the slow stages and the tests marked slow, and say so.

    Returns:
        The exit code: 0 if everything that was asked for ran and held, else 1.
    """
    every = stages(quick)
    left_out = [stage.title for stage in every if quick and stage.slow]
    if quick:
        left_out.append("unit tests marked slow")
    return run_stages([stage for stage in every if stage.title not in left_out], left_out)


def run_stages(chosen: list[Stage], left_out: list[str]) -> int:
    """Run ``chosen``, each whatever came of those before it; print a table and the closing line."""
    begun = time.monotonic()
    results: list[tuple[str, Outcome, float]] = []
    for number, stage in enumerate(chosen, 1):
        say(f"\n=== {number}/{len(chosen)} {stage.title}")
        start = time.monotonic()
        outcome = stage.run()
        seconds = time.monotonic() - start
        results.append((stage.title, outcome, seconds))
        say(f"--- {stage.title}: {verdict(outcome)} ({seconds:.1f} s)")
    say(f"\n=== Summary ({(time.monotonic() - begun) / 60:.1f} minutes)")
    for title, outcome, seconds in results:
        grows = f", {outcome.weekly:.0%} of it grows with the weeks" if outcome.weekly else ""
        say(f"  {title:<30} {verdict(outcome):<60} {seconds:7.1f} s{grows}")
    for title in left_out:
        say(f"  {title:<30} left out by --quick")
    year = sum(in_a_year(seconds, outcome.weekly) for _, outcome, seconds in results)
    weeks = f"{len(written_weeks())} to {len(syllabus().weeks)} weeks"
    say(f"  From {weeks}, at what each takes now: {year / 60:.0f} minutes")
    total = sum((outcome for _, outcome, _ in results), Outcome())
    say(str(total))
    return 0 if all(outcome.holds for _, outcome, _ in results) and total.passed else 1


def verdict(outcome: Outcome) -> str:
    """Return the counts of a stage, and what speaks against it."""
    return f"{outcome} — {outcome.fault}" if outcome.fault else str(outcome)


def say(text: str) -> None:
    """Print a line before the next stage's own words."""
    print(text, flush=True)

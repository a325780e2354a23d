"""`course.py test`: every stage, one after another, and one closing line."""

import json
import time
from pathlib import Path
from typing import Any

from paperclub.checks.growth import in_a_year
from paperclub.checks.outcome import Outcome
from paperclub.checks.stages import Stage, stages
from paperclub.checks.turns import EVERY, this_turn
from paperclub.curriculum import syllabus, written_weeks
from paperclub.files import require_place, write_atomically

Result = tuple[str, Outcome, float]  # a stage's title, what came of it, its seconds


def run_checks(quick: bool = False, every: bool = False, json_file: Path | None = None) -> int:
    """Run the checks and print what came of them.

    Args:
        quick: Leave out the slow stages and the tests marked slow, and say so.
        every: Make every week's own tests, whose turn it is or not.
        json_file: Also write what each stage took here.

    Returns:
        The exit code: 0 if everything that was asked for ran and held, else 1.

    Raises:
        CourseError: ``json_file`` is no place for a file; nothing is run then.
    """
    if json_file:
        require_place("--json", json_file)
    turn = EVERY if every else this_turn()
    all_stages = stages(quick, turn)
    left_out = [f"by --quick: {stage.title}" for stage in all_stages if quick and stage.slow]
    if quick:
        left_out.append("by --quick: unit tests marked slow")
    if turn.weeks:
        left_out.append(f"without --every: other days' tests, of {', '.join(turn.weeks)}")
    chosen = [stage for stage in all_stages if not (quick and stage.slow)]
    return run_stages(chosen, left_out, json_file)


def run_stages(chosen: list[Stage], left_out: list[str], json_file: Path | None = None) -> int:
    """Run ``chosen``, each whatever came of those before it; print a table and the closing line."""
    begun = time.monotonic()
    results: list[Result] = []
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
        grows += ", in turn" if outcome.weekly and outcome.in_turn else ""
        say(f"  {title:<30} {verdict(outcome):<60} {seconds:7.1f} s{grows}")
    for words in left_out:
        say(f"  Left out {words}")
    rows = [as_row(result) for result in results]
    weeks = f"{len(written_weeks())} to {len(syllabus().weeks)} weeks"
    year = sum(row["year_s"] for row in rows) / 60
    say(f"  From {weeks}, at what each takes now: {year:.0f} minutes")
    if json_file:
        write_atomically(json_file, json.dumps({"rows": rows}, indent=1, ensure_ascii=False) + "\n")
    total = sum((outcome for _, outcome, _ in results), Outcome())
    say(str(total))
    return 0 if all(outcome.holds for _, outcome, _ in results) and total.passed else 1


def as_row(result: Result) -> dict[str, Any]:
    """Return what a stage took: its seconds now, which part grows, and its seconds in a year."""
    title, outcome, seconds = result
    return {
        "stage": title,
        "seconds": round(seconds, 1),
        "weekly": round(outcome.weekly, 3),
        "chapters": round(outcome.chapters, 3),
        "year_s": round(in_a_year(seconds, outcome.weekly, outcome.in_turn), 1),
    }


def verdict(outcome: Outcome) -> str:
    """Return the counts of a stage, and what speaks against it."""
    return f"{outcome} — {outcome.fault}" if outcome.fault else str(outcome)


def say(text: str) -> None:
    """Print a line before the next stage's own words."""
    print(text, flush=True)

"""Run recorded seeds of a chapter again and say which claim moved, say after a change of versions.

The same seed with the same code gives the same numbers as long as nothing below it has changed. A
marked output that no longer agrees says that something has; this says whether a claim depends on
it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.ledger import Ledger, Outcome, SeedRun, Values, code_hash, ledger_file, read_ledger
from paperclub.notebooks.measure import run_seed
from paperclub.notebooks.run import cell_progress, chapter_path, show_cell

SAYS = {
    Outcome.FAILED: "no answer",
    Outcome.NO: "does not hold",
    Outcome.TREND: "trend",
    Outcome.HOLDS: "holds",
}


@dataclass(frozen=True)
class Compared:
    """One claim at one seed, as recorded and as now.

    Attributes:
        id: The claim's.
        seed: The chapter's ``SEED``.
        before: What the record counts this seed for.
        now: What it counts for now.
        values: A line for each number that a page would print otherwise.
    """

    id: str
    seed: int
    before: Outcome
    now: Outcome
    values: list[str]

    @property
    def moved(self) -> bool:
        """Whether the seed counts for something else."""
        return self.before != self.now


def compare_claims(slug: str, seeds: int, scale: str) -> int:
    """Run the seeds that were recorded last once more, print what moved, and record nothing.

    Args:
        slug: The chapter.
        seeds: How many of the recorded seeds.
        scale: The ledger's ``SCALE``.

    Returns:
        The exit code: 0, or 1 if a claim counts for something else at one of the seeds.

    Raises:
        CourseError: The chapter is not there, or nothing is recorded of it.
    """
    console = Console(soft_wrap=True, highlight=False)
    path = chapter_path(slug)
    recorded = read_ledger(slug, scale, paths.LEDGER)
    if recorded is None or not recorded.runs:
        raise CourseError(
            f"Nothing is recorded in {ledger_file(slug, scale, paths.LEDGER)}, so there is nothing "
            f"to compare with. Measure first: python course.py claims {slug}"
        )
    if recorded.code != code_hash(slug, chapters=paths.CHAPTERS):
        console.print("Mind: the code has changed since, so what moves may be due to that.")
    before = recorded.runs[-seeds:]
    now = Ledger(slug=slug, scale=recorded.scale, code=recorded.code)
    with cell_progress(console) as progress:
        task = progress.add_task("", total=None, cell="")
        for run in before:
            progress.update(task, description=f"seed {run.seed}", completed=0, cell="")
            again = run_seed(
                slug, scale, run.seed, path, lambda *cell: show_cell(progress, task, *cell)
            )
            now.add(*again)
        progress.update(task, visible=False)
    found = list(compare(recorded, now))
    for run in now.runs:
        if run.failed:
            console.print(escape(f"Seed {run.seed} failed: {run.failed}"))
    for line in report(found, before[-1], now.runs[-1]):
        console.print(escape(line))
    return 1 if any(one.moved for one in found) else 0


def compare(recorded: Ledger, now: Ledger) -> Iterator[Compared]:
    """Yield every claim of either ledger at every seed of ``now``, which ``recorded`` has too."""
    for id in dict.fromkeys([*recorded.claims, *now.claims]):
        before, after = _outcomes(recorded, id), _outcomes(now, id)
        then = dict(recorded.at_seeds(id))
        again = dict(now.at_seeds(id))
        for seed, outcome in after.items():
            values = list(_changes(then.get(seed), again.get(seed)))
            yield Compared(id, seed, before[seed], outcome, values)


def report(found: list[Compared], before: SeedRun, now: SeedRun) -> Iterator[str]:
    """Yield what to print: versions, then claims with the numbers that differ, then the sum."""
    yield f"Recorded with {_versions(before)}; run with {_versions(now)}."
    for one in found:
        says = f"was: {SAYS[one.before]}; now: {SAYS[one.now]}" if one.moved else "as recorded"
        if not one.moved and one.values:
            says = f"{SAYS[one.now]} as recorded, with other numbers"
        yield f"{one.id} at seed {one.seed}: {says}"
        yield from (f"    {line}" for line in one.values)
    moved = list(dict.fromkeys(one.id for one in found if one.moved))
    all_of_them = len({one.id for one in found})
    names = f": {', '.join(moved)}" if moved else ""
    yield f"{len(moved)} of {all_of_them} claims moved{names}."


def _outcomes(ledger: Ledger, id: str) -> dict[int, Outcome]:
    return dict(zip((run.seed for run in ledger.runs), ledger.outcomes(id), strict=True))


def _changes(before: Values | None, now: Values | None) -> Iterator[str]:
    """Yield the numbers of one claim that differ, as pages print them."""
    for group in ("measured", "control"):
        old = getattr(before, group, {})
        new = getattr(now, group, {})
        for name in dict.fromkeys([*old, *new]):
            was, is_ = (f"{one[name]:.3g}" if name in one else "nothing" for one in (old, new))
            if was != is_:
                yield f"{group}, {name}: {was}, now {is_}"


def _versions(run: SeedRun) -> str:
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())

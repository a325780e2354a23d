"""Measure a chapter's claims at fresh seeds, and write its ledger."""

import concurrent.futures
import datetime
import platform
import secrets
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from paperclub import paths
from paperclub.cluster import cluster
from paperclub.errors import CourseError
from paperclub.ledger import (
    MIME,
    Claim,
    Ledger,
    SeedRun,
    code_hash,
    ledger_file,
    read_ledger,
    write_ledger,
)
from paperclub.ledger.records import Scale, read_file
from paperclub.notebooks.parameters import checked, defaults
from paperclub.notebooks.run import (
    ChapterFailed,
    OnCell,
    cell_progress,
    chapter_path,
    execute,
    show_cell,
)

INTERRUPTED = 130
FRESH_SEEDS = 2**31  # so that a chapter may add to its seed and numpy still takes it


def measure_claims(slug: str, seeds: int, scale: str, scheduler: str | None = None) -> int:
    """Run a chapter at fresh seeds and record what its claims gave at each.

    Seeds add up: as long as the code is the same, new ones join those that are recorded, so that
    no seed can be washed out by measuring again. With other code the ledger begins anew. Every
    seed is kept as soon as it is run, in a file beside the ledger's own; after an interruption
    the same command goes on with the seeds that were drawn. The ledger itself is replaced when
    the last seed is in. A seed whose notebook crashes is recorded as failed, and counts.

    Args:
        slug: The chapter.
        seeds: How many fresh seeds.
        scale: The chapter's ``SCALE``.
        scheduler: The address of a Dask cluster that runs the seeds, several at a time.

    Returns:
        The exit code: 0; 1 if a seed's notebook crashed; 130 if interrupted.

    Raises:
        CourseError: The chapter is not there, takes no SEED or SCALE, states a claim in a way
            that cannot be recorded or none at all, or was changed during the measurement; or the
            cluster cannot be reached, or has another version of the chapter.
    """
    console = Console(soft_wrap=True, highlight=False)
    path = chapter_path(slug)
    parameters = checked({"SEED": 0, "SCALE": scale}, defaults(path), slug)
    code = code_hash(slug, chapters=paths.CHAPTERS)
    kept = paths.BUILD / "claims" / f"{slug}-{scale}-{code}.json"
    ledger = _begin(console, slug, parameters["SCALE"], code, seeds, kept)
    first = len(ledger.runs)
    try:
        with cell_progress(console) as progress:
            if scheduler is None:
                _run_pending(ledger, path, kept, progress)
            else:
                _run_on_cluster(ledger, scheduler, kept, progress)
    except KeyboardInterrupt:
        console.print(
            f"Interrupted. {len(ledger.runs) - first} seeds are in, {len(ledger.pending)} are "
            f"left; the same command goes on with them. Until then the ledger stays as it was."
        )
        return INTERRUPTED
    if not ledger.claims and not any(run.failed for run in ledger.runs):
        raise CourseError(
            f"The chapter {slug} ran to its end and states no claim; see CONTRIBUTING.md."
        )
    place = ledger_file(slug, scale, paths.LEDGER)
    write_ledger(ledger, place)
    kept.unlink()
    _show(console, ledger, place)
    return 1 if any(run.failed for run in ledger.runs[first:]) else 0


def claims_of(notebook: NotebookNode) -> list[Claim]:
    """Return the claims that stand in the outputs of an executed notebook, in order.

    Raises:
        CourseError: An entry is not as ``claim`` makes them.
    """
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    entries = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    try:
        return [Claim.model_validate(entry) for entry in entries]
    except ValidationError as error:
        raise CourseError(f"A claim in the executed notebook is malformed: {error}") from error


def _begin(console: Console, slug: str, scale: Scale, code: str, seeds: int, kept: Path) -> Ledger:
    """Return the ledger to go on with: interrupted, recorded with this code, or a new one."""
    if kept.exists():
        ledger = read_file(kept)
        console.print(
            f"Going on with an interrupted measurement: {len(ledger.pending)} seeds are left."
        )
        return ledger
    recorded = read_ledger(slug, scale, paths.LEDGER)
    if recorded is None:
        ledger = Ledger(slug=slug, scale=scale, code=code)
    elif recorded.code == code:
        console.print(f"{len(recorded.runs)} seeds of this code are recorded; {seeds} join them.")
        ledger = recorded
    else:
        console.print("The recorded seeds were run with other code; the ledger begins anew.")
        before = recorded.earlier_seeds + [run.seed for run in recorded.runs]
        ledger = Ledger(slug=slug, scale=scale, code=code, earlier_seeds=before)
    tried = {run.seed for run in ledger.runs} | set(ledger.earlier_seeds)
    while len(ledger.pending) < seeds:
        seed = secrets.randbelow(FRESH_SEEDS)
        if seed not in tried:
            tried.add(seed)
            ledger.pending.append(seed)
    write_ledger(ledger, kept)
    return ledger


def _run_pending(ledger: Ledger, path: Path, kept: Path, progress: Progress) -> None:
    """Run each pending seed and keep what it gave at once."""
    total = len(ledger.pending)
    overall = progress.add_task(f"{ledger.slug}, seeds", total=total, cell="")
    cells = progress.add_task("", total=None, cell="")
    while ledger.pending:
        seed = ledger.pending[0]
        progress.update(cells, description=f"seed {seed}", total=None, completed=0, cell="")
        run, claims = run_seed(
            ledger.slug, ledger.scale, seed, path, lambda *cell: show_cell(progress, cells, *cell)
        )
        _take(ledger, run, claims, kept, progress)
        progress.update(overall, completed=total - len(ledger.pending))
    progress.update(cells, visible=False)


def _run_on_cluster(ledger: Ledger, scheduler: str, kept: Path, progress: Progress) -> None:
    """Run all pending seeds on a cluster and keep what each gave as soon as it is in."""
    total = len(ledger.pending)
    overall = progress.add_task(f"{ledger.slug}, seeds", total=total, cell="")
    with cluster(scheduler) as pool:
        running = [
            pool.submit(seed_elsewhere, ledger.slug, ledger.scale, seed, ledger.code)
            for seed in ledger.pending
        ]
        for done in concurrent.futures.as_completed(running):
            _take(ledger, *done.result(), kept, progress)
            progress.update(overall, completed=total - len(ledger.pending))


def seed_elsewhere(slug: str, scale: str, seed: int, code: str) -> tuple[SeedRun, list[Claim]]:
    """Run a chapter at one seed on a machine of a cluster.

    Raises:
        CourseError: The chapter is another one there.
    """
    if code_hash(slug, chapters=paths.CHAPTERS) != code:
        raise CourseError(
            f"A worker of the cluster has another version of {slug} than this machine; give all "
            f"of them the same checkout. It lies there in {paths.ROOT}."
        )
    return run_seed(slug, scale, seed, chapter_path(slug))


def _take(
    ledger: Ledger, run: SeedRun, claims: list[Claim], kept: Path, progress: Progress
) -> None:
    """Keep what a seed gave."""
    if code_hash(ledger.slug, chapters=paths.CHAPTERS) != ledger.code:
        raise CourseError(
            f"The code of {ledger.slug} was changed while seed {run.seed} ran, so its numbers "
            "belong to neither version. Run the command again for the code as it is now."
        )
    ledger.add(run, claims)
    ledger.pending.remove(run.seed)
    write_ledger(ledger, kept)
    if run.failed:
        progress.console.print(escape(f"Seed {run.seed} failed: {run.failed}"))


def run_seed(
    slug: str, scale: str, seed: int, path: Path, on_cell: OnCell | None = None
) -> tuple[SeedRun, list[Claim]]:
    """Run the chapter at one seed; the executed notebook is kept only if it failed."""
    out = paths.BUILD / "claims" / f"{slug}-{scale}-seed-{seed}.ipynb"
    parameters = {"SEED": seed, "SCALE": scale}
    began = time.perf_counter()
    failed = None
    try:
        notebook = execute(path, parameters, out, on_cell)
        out.unlink()
    except ChapterFailed as error:
        failed = error.line
        notebook = nbformat.read(error.partial, as_version=4)
    seconds = round(time.perf_counter() - began, 1)
    today = datetime.datetime.now(datetime.UTC).date()
    run = SeedRun(seed=seed, seconds=seconds, date=today, versions=_versions(), failed=failed)
    return run, claims_of(notebook)


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": version("torch").partition("+")[0],
        "numpy": version("numpy"),
    }


def _show(console: Console, ledger: Ledger, place: Path) -> None:
    table = Table("claim", "verdict")
    for id in ledger.claims:
        table.add_row(id, str(ledger.verdict(id)))
    console.print(table)
    console.print(escape(f"Written: {place}"))

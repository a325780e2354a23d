"""Run a chapter from a cold kernel."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax

from paperclub import paths
from paperclub.curriculum import syllabus
from paperclub.errors import CourseError
from paperclub.notebooks.format import KERNELSPEC, read_notebook
from paperclub.notebooks.parameters import checked, defaults, split_assignments

OnCell = Callable[[int, int, NotebookNode], None]
"""Called as a cell begins, with its index, the number of cells, and the cell."""


class ChapterFailed(CourseError):
    """A cell raised an error, or the kernel died.

    Attributes:
        line: The error in one line, for example ``ZeroDivisionError: division by zero``.
        source: The cell.
        row: The line of the cell, counted from 1; 0 if it is not known.
        index: The cell's index in the executed notebook, counted from 0.
        partial: The notebook as far as it came.
    """

    def __init__(self, line: str, source: str, row: int, index: int, partial: Path) -> None:
        super().__init__(f"Cell {index + 1} failed: {line}. As far as it came: {partial}")
        self.line = line
        self.source = source
        self.row = row
        self.index = index
        self.partial = partial


def chapter_path(slug: str) -> Path:
    """Return where the chapter lies.

    Raises:
        CourseError: There is no such week, or its chapter is not written yet.
    """
    written = {path.stem: path for path in sorted(paths.CHAPTERS.glob("*.ipynb"))}
    if slug in written:
        return written[slug]
    week = syllabus().week(slug)
    there = ", ".join(written) or "none yet"
    raise CourseError(
        f"The week {week.slug} is planned, its chapter is not written yet. Written: {there}."
    )


def execute(
    path: Path, parameters: Mapping[str, Any], out: Path, on_cell: OnCell | None = None
) -> NotebookNode:
    """Run a notebook in a fresh kernel, in its own folder.

    Args:
        path: The notebook.
        parameters: Put into a cell after the one tagged ``parameters``.
        out: Where the executed notebook goes, cell by cell.
        on_cell: Called as each cell begins.

    Raises:
        ChapterFailed: A cell raised an error, or the kernel died; ``out`` holds what was run.
    """
    total = len(read_notebook(path).cells) + bool(parameters)
    current: dict[str, Any] = {"index": 0, "source": ""}

    def began(cell: NotebookNode, cell_index: int) -> None:
        current.update(index=cell_index, source=cell.source)
        if on_cell:
            on_cell(cell_index, total, cell)

    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        return papermill.execute_notebook(
            _plain(path.resolve()),
            _plain(out),
            parameters=dict(parameters),
            cwd=path.resolve().parent,
            kernel_name=KERNELSPEC["name"],
            language=KERNELSPEC["language"],
            progress_bar=False,
            on_cell_start=began,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
    except PapermillExecutionError as error:
        line = f"{error.ename}: {error.evalue}".partition("\n")[0]
        row = _row(error.traceback)
        raise ChapterFailed(line, error.source, row, error.cell_index, out) from error
    except (DeadKernelError, CellExecutionError) as error:
        line = "the kernel died; most often the memory was full"
        raise ChapterFailed(line, current["source"], 0, current["index"], out) from error


def run_command(
    slug: str,
    *,
    seed: int | None = None,
    scale: str | None = None,
    parameters: list[str] | None = None,
    out: Path | None = None,
) -> int:
    """Run a chapter with progress in view; return 0, or 1 if a cell failed.

    Args:
        slug: The chapter.
        seed: Its ``SEED``; its own default if None.
        scale: Its ``SCALE``; its own default if None.
        parameters: Others, as ``NAME=VALUE``.
        out: Where the executed notebook goes; ``_build/runs/SLUG-SEED-SCALE.ipynb`` if None.

    Raises:
        CourseError: The chapter, a parameter or a value is unknown, or ``out`` cannot be.
    """
    console = Console(soft_wrap=True, highlight=False)
    path = chapter_path(slug)
    known = defaults(path)
    given: dict[str, Any] = dict(split_assignments(parameters or []))
    for name, value in (("SEED", seed), ("SCALE", scale)):
        if value is not None and name in given:
            raise CourseError(f"{name} is given twice; give it once.")
        if value is not None:
            given[name] = value
    values = checked(given, known, slug)
    shown = {**known, **values}
    named = [str(shown[name]) for name in ("SEED", "SCALE") if name in shown]
    out = _checked_out(out or paths.BUILD / "runs" / f"{'-'.join([slug, *named])}.ipynb")
    console.print(escape(f"{slug} with {', '.join(f'{k}={v!r}' for k, v in shown.items())}"))
    try:
        with cell_progress(console) as progress:
            task = progress.add_task(slug, total=None, cell="starting the kernel")
            execute(path, values, out, lambda *began: show_cell(progress, task, *began))
            progress.update(task, completed=progress.tasks[0].total, cell="done")
    except ChapterFailed as failed:
        show_failure(console, failed)
        return 1
    console.print(escape(f"The executed notebook: {out}"))
    return 0


def cell_progress(console: Console) -> Progress:
    """Return a progress bar that counts cells and names the one that runs."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[cell]}", markup=False, style="dim"),
        console=console,
    )


def show_cell(progress: Progress, task: Any, index: int, total: int, cell: NotebookNode) -> None:
    """Move ``task`` to a cell that begins; what it does is told by its first line."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    progress.update(task, total=total, completed=index, cell=first[:48])


def show_failure(console: Console, failed: ChapterFailed) -> None:
    """Print the cell that failed, with the line marked, and where the partial notebook lies."""
    console.print(f"[bold red]Cell {failed.index + 1} failed:[/] {escape(failed.line)}")
    rows = {failed.row} if failed.row else set()
    console.print(Syntax(failed.source, "python", line_numbers=True, highlight_lines=rows))
    if failed.row:
        line = failed.source.splitlines()[failed.row - 1].strip()
        console.print(escape(f"Line {failed.row}: {line}"))
    console.print(escape(f"The notebook as far as it came: {failed.partial}"))


def _checked_out(out: Path) -> Path:
    """Refuse a place where something else would be lost.

    Raises:
        CourseError: ``out`` is a folder, no .ipynb, or lies where chapters or answers lie.
    """
    place = out.resolve()
    kept = (paths.CHAPTERS, paths.EXERCISES, paths.SOLUTIONS, paths.WORK)
    if place.is_dir() or place.suffix != ".ipynb":
        raise CourseError(f"--out {out} is no file that ends in .ipynb; name one.")
    if any(place.is_relative_to(folder.resolve()) for folder in kept):
        raise CourseError(
            f"--out {out} lies in {place.parent.name}/, where a run could overwrite what a person "
            "wrote. Name another folder."
        )
    return place


def _row(traceback: list[str]) -> int:
    """Return the line of the cell at which an IPython traceback begins, or 0."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback))
    found = re.search(r"Cell In\[\d+\], line (\d+)|^\s*(?:File .*, line|-+> ?)(\d+)", plain, re.M)
    return int(found[1] or found[2]) if found else 0


def _plain(path: Path) -> str:
    # papermill fills {…} in paths, as templates; doubled braces stand for themselves.
    return str(path).replace("{", "{{").replace("}", "}}")

"""The commands of a class, from ``release`` to ``feedback``: each calls one function."""

from pathlib import Path
from typing import Annotated

import typer

PANEL = "For a class"
app = typer.Typer()
ClassDir = Annotated[
    Path | None,
    typer.Option("--class", help="The class's folder; else PAPERCLUB_CLASS, else class/."),
]


@app.command(rich_help_panel=PANEL)
def release(
    weeks: Annotated[list[str], typer.Argument(help="The weeks, for example attention.")],
    to: Annotated[Path, typer.Option(help="Where to write what students get.")],
    folder: ClassDir = None,
) -> None:
    """Write what a class's students get of a week, and keep what their marks are made of."""
    from paperclub.grading.folder import ClassFolder
    from paperclub.grading.release import release

    release(weeks, to, ClassFolder(folder))


@app.command(rich_help_panel=PANEL)
def collect(
    source: Annotated[Path, typer.Argument(help="A ZIP file or folder of submissions.")],
    week: Annotated[str | None, typer.Option(help="The week; else each notebook says.")] = None,
    times: Annotated[
        Path | None, typer.Option(help="A CSV file: who handed in when (student, submitted).")
    ] = None,
    folder: ClassDir = None,
) -> None:
    """Take a class's submissions in, as Moodle, Canvas, nbgrader or a folder hold them."""
    from paperclub.grading.collect import collect
    from paperclub.grading.folder import ClassFolder

    raise typer.Exit(collect(source, ClassFolder(folder), week, times))


@app.command(rich_help_panel=PANEL)
def grade(
    week: Annotated[str, typer.Argument(help="The week, for example attention.")],
    regrade: Annotated[bool, typer.Option("--regrade", help="Also what has marks.")] = False,
    student: Annotated[str | None, typer.Option(help="Only this student.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many at a time.", min=1)] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask cluster's address, tcp://HOST:PORT.")
    ] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Also where the sandbox has gaps.")
    ] = False,
    folder: ClassDir = None,
) -> None:
    """Grade what a class handed in and has no marks yet."""
    from paperclub.grading.batch import Options, grade_week
    from paperclub.grading.folder import ClassFolder

    options = Options(regrade, student, workers, scheduler, unsafe)
    raise typer.Exit(grade_week(week, ClassFolder(folder), options))


@app.command(rich_help_panel=PANEL)
def gradebook(
    week: Annotated[str | None, typer.Argument(help="The week; all of them without it.")] = None,
    student: Annotated[str | None, typer.Option(help="Only this student.")] = None,
    exercise: Annotated[str | None, typer.Option(help="With --points: which one.")] = None,
    points: Annotated[float | None, typer.Option(help="Points by hand.")] = None,
    reason: Annotated[str, typer.Option(help="With --points: why.")] = "",
    attempts: Annotated[str | None, typer.Option(help="Which attempt counts: last, best.")] = None,
    late: Annotated[
        str | None, typer.Option(help='none, refuse, or "10% a day up to 50%".')
    ] = None,
    due: Annotated[
        Path | None, typer.Option(help="A CSV file of due times: week, student, due.")
    ] = None,
    export: Annotated[
        str | None, typer.Option(help="csv, canvas, moodle, nbgrader or page.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="With --export: the file.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Every decision.")] = False,
    folder: ClassDir = None,
) -> None:
    """Show a class's marks, decide something about them, or export them."""
    from paperclub.grading.folder import ClassFolder
    from paperclub.grading.show import Wishes, gradebook

    wishes = Wishes(
        week, student, exercise, points, reason, attempts, late, due, export, to, history
    )
    gradebook(wishes, ClassFolder(folder))


@app.command(rich_help_panel=PANEL)
def feedback(
    weeks: Annotated[list[str] | None, typer.Argument(help="Weeks; all without it.")] = None,
    to: Annotated[Path | None, typer.Option(help="Where; else the class's folder.")] = None,
    folder: ClassDir = None,
) -> None:
    """Write a page for each student: verdicts, mistakes with hints, points."""
    from paperclub.grading.feedback import feedback
    from paperclub.grading.folder import ClassFolder

    feedback(weeks or [], ClassFolder(folder), to)

"""The course's command line. Every command parses its words and calls one function."""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from paperclub.club.commands import app as club
from paperclub.errors import CourseError, circumstances_said
from paperclub.grading.commands import app as class_commands

READER, AUTHOR = "For you", "For who writes the course"

app = typer.Typer(
    help="A year of paper-club weeks that run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
book = typer.Typer(help="Build, serve and export the book.", no_args_is_help=True)
app.add_typer(book, name="book", rich_help_panel=AUTHOR)
reading = typer.Typer(help="Keep track of the reading list.")
app.add_typer(reading, name="reading", rich_help_panel=READER)
log = typer.Typer(help="Your log: finished, doing, next.")
app.add_typer(log, name="log", rich_help_panel=READER)
app.add_typer(club, name="club", rich_help_panel="For a group")
app.add_typer(class_commands)

# Commands import what they call when they are called: `--help` and `start` stay quick.


@app.command(rich_help_panel=READER)
def start(
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int, typer.Option(help="The port; the next free one if it is taken.")] = 8888,
) -> None:
    """Open JupyterLab on the course's home."""
    from paperclub.site.start import start

    start(browser=browser, port=port)


@app.command(rich_help_panel=AUTHOR)
def test(
    quick: Annotated[bool, typer.Option(help="Leave out the slow parts, and say which.")] = False,
    every: Annotated[
        bool, typer.Option(help="With more than eight weeks: also those whose turn it is not.")
    ] = False,
    json: Annotated[
        Path | None, typer.Option(help="Also write what each stage took here.", metavar="FILE")
    ] = None,
) -> None:
    """Run every check: lint, import rules, tests, notebooks, the book, a real browser."""
    from paperclub.checks.run import run_checks

    raise typer.Exit(run_checks(quick=quick, every=every, json_file=json))


@club.command("check")
def club_check(week: Annotated[str, typer.Argument(help="The week.")]) -> None:
    """Rehearse: try page, screens, models and chapter; name what would fail in the room."""
    from paperclub.checks.rehearsal import rehearse

    console, failed = Console(soft_wrap=True, highlight=False), False
    for finding in rehearse(week):
        failed |= finding.state == "fails"
        says = f": {finding.says}" if finding.says else ""
        console.print(escape(f"{finding.state:>9}  {finding.what}{says}"))
    raise typer.Exit(1 if failed else 0)


@app.command(rich_help_panel=READER)
def update() -> None:
    """Bring newer chapters and exercises into your copies; answers are never overwritten."""
    from paperclub.learner.copies import update

    update()


@app.command(rich_help_panel=READER)
def reset(
    slug: Annotated[str, typer.Argument(help="The week, for example attention.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Start a week afresh; your copy is kept beside it."""
    from paperclub.learner.copies import reset

    reset(slug, ask=not yes)


@app.command(rich_help_panel=READER)
def run(
    slug: Annotated[str, typer.Argument(help="The chapter, for example attention.")],
    seed: Annotated[int | None, typer.Option(help="The random seed.")] = None,
    scale: Annotated[str | None, typer.Option(help="small or full.")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="NAME=VALUE, once for each.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the executed notebook goes.")] = None,
) -> None:
    """Run a chapter from a cold kernel with the parameters you give."""
    from paperclub.notebooks.run import run_command

    code = run_command(slug, seed=seed, scale=scale, parameters=parameter or [], out=out)
    raise typer.Exit(code)


@app.command(rich_help_panel=AUTHOR)
def claims(
    slug: Annotated[str, typer.Argument(help="The chapter, for example attention.")],
    seeds: Annotated[int, typer.Option(help="How many fresh seeds.", min=1)] = 10,
    scale: Annotated[str, typer.Option(help="small or full.")] = "small",
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask cluster's address, tcp://HOST:PORT.")
    ] = None,
    compare: Annotated[
        int | None,
        typer.Option(
            help="Run so many recorded seeds again; show which claim moved; record nothing.", min=1
        ),
    ] = None,
) -> None:
    """Measure a chapter's claims and controls at fresh seeds and write its ledger."""
    from paperclub.notebooks.compare import compare_claims
    from paperclub.notebooks.measure import measure_claims

    if compare:
        raise typer.Exit(compare_claims(slug, seeds=compare, scale=scale))
    raise typer.Exit(measure_claims(slug, seeds=seeds, scale=scale, scheduler=scheduler))


@app.command(rich_help_panel=AUTHOR)
def bench(
    areas: Annotated[
        list[str] | None,
        typer.Argument(
            help="chapters, book, start; only if named: "
            "checks, notebooks, growth, setup, figures, grading."
        ),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Also write the figures here.")] = None,
) -> None:
    """Measure what the course costs: seconds, memory, how quickly figures answer."""
    from paperclub.bench.run import run_bench

    run_bench(areas or [], json)


@app.command(rich_help_panel=AUTHOR)
def soundness(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="Weeks; without names, those out of step.")
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="All weeks, also those in step.")] = False,
) -> None:
    """Measure how sound the exercises' checks are, for the page for instructors."""
    from paperclub.checks.soundness import measure_all
    from paperclub.exercises import slugs as all_slugs

    if every and slugs:
        raise CourseError("--every means all weeks; leave out the names, or --every.")
    measure_all(all_slugs() if every else slugs or [])


@app.command("format-notebooks", rich_help_panel=AUTHOR)
def format_notebooks(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; name what would.")
    ] = False,
) -> None:
    """Take widget state, images, timings and noise out of the committed notebooks."""
    from paperclub.notebooks.format import format_all

    raise typer.Exit(format_all(check=check))


@app.command(rich_help_panel=AUTHOR)
def derive(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; name what would.")
    ] = False,
) -> None:
    """Write what is made from other files: exercises from solutions, the book's contents."""
    from paperclub.notebooks.derive import derive_all

    raise typer.Exit(derive_all(check=check))


@app.command(rich_help_panel=AUTHOR)
def new(
    slug: Annotated[str, typer.Argument(help="A slug of book/syllabus.yml.")],
) -> None:
    """Write a week from the template; of one that is begun, say what is still to be done."""
    from paperclub.notebooks.new import new_week

    new_week(slug)


@book.command("build")
def book_build(
    fresh: Annotated[bool, typer.Option(help="Forget what was executed before.")] = False,
) -> None:
    """Build the book; a warning is an error."""
    from paperclub.site.book import build

    build(fresh=fresh)


@book.command("serve")
def book_serve(
    port: Annotated[int, typer.Option(help="The port; the next free one if it is taken.")] = 8000,
) -> None:
    """Serve the built book on this machine."""
    from paperclub.site.book import serve

    serve(port=port)


@book.command("export")
def book_export(
    zip_file: Annotated[Path, typer.Option("--zip", help="The file to write.")],
) -> None:
    """Pack the built book as a folder that opens from disk."""
    from paperclub.site.book import export

    export(zip_file)


@app.command(rich_help_panel=READER)
def progress(
    slug: Annotated[str | None, typer.Argument(help="A week; all of them without it.")] = None,
) -> None:
    """Show how you stand with the exercises."""
    from paperclub.learner.commands import show_progress

    show_progress(slug)


@app.command("progress-export", rich_help_panel=READER)
def progress_export(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write progress, reading tracker and log to one file, for another machine."""
    from paperclub.learner.commands import export_progress

    export_progress(file, force)


@app.command("progress-import", rich_help_panel=READER)
def progress_import(
    file: Annotated[Path, typer.Argument(help="A file that progress-export wrote.")],
) -> None:
    """Add what another machine exported; nothing is doubled, nothing lost."""
    from paperclub.learner.commands import import_progress

    import_progress(file)


@reading.callback(invoke_without_command=True)
def reading_counts(context: typer.Context) -> None:
    """Keep track of the reading list; alone: how many works of each category you have read."""
    if context.invoked_subcommand is None:
        from paperclub.learner.commands import show_counts

        show_counts()


@reading.command("list")
def reading_works(
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    status: Annotated[str | None, typer.Option(help="to-read, first, second or third.")] = None,
) -> None:
    """List works with the pass that you came to and your blurb."""
    from paperclub.learner.commands import show_works

    show_works(category, status)


@reading.command("mark")
def reading_mark(
    work: Annotated[str, typer.Argument(help="The work's id, as `reading list` shows it.")],
    status: Annotated[str | None, typer.Argument(help="to-read, first, second or third.")] = None,
    blurb: Annotated[str | None, typer.Option(help="What you think of it.")] = None,
) -> None:
    """Mark the pass that you came to, or write a blurb, or both."""
    from paperclub.learner.commands import mark_work

    mark_work(work, status, blurb)


@reading.command("path")
def reading_path(work: Annotated[str, typer.Argument(help="The work's id.")]) -> None:
    """Show the fewest weeks that lead to a work."""
    from paperclub.learner.commands import show_path

    show_path(work)


@log.callback(invoke_without_command=True)
def log_alone(context: typer.Context) -> None:
    """Your log: finished, doing, next; alone: show it."""
    if context.invoked_subcommand is None:
        log_show()


@log.command("show")
def log_show() -> None:
    """Show the log."""
    from paperclub.learner.commands import show_log

    show_log()


@log.command("add")
def log_add(
    state: Annotated[str, typer.Argument(help="finished, doing or next.")],
    text: Annotated[str, typer.Argument(help="What, in quotes.")],
) -> None:
    """Write an entry."""
    from paperclub.learner.commands import write_log

    write_log(state, text)


@log.command("move")
def log_move(
    number: Annotated[int, typer.Argument(help="The entry's number.")],
    state: Annotated[str, typer.Argument(help="finished, doing or next.")],
) -> None:
    """Move an entry, say from doing to finished."""
    from paperclub.learner.commands import move_log

    move_log(number, state)


@log.command("remove")
def log_remove(number: Annotated[int, typer.Argument(help="The entry's number.")]) -> None:
    """Take an entry out."""
    from paperclub.learner.commands import remove_log

    remove_log(number)


@log.command("export")
def log_export(
    file: Annotated[Path, typer.Argument(help="The Markdown file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write the log as Markdown."""
    from paperclub.learner.commands import export_log

    export_log(file, force)


def main() -> None:
    """Run the command line; what a person can put right is one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a letter that the terminal lacks stops nothing
    try:
        with circumstances_said():
            app(prog_name="python course.py")
    except CourseError as error:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        # What was typed stands in the message as it was typed, brackets and all.
        console.print(f"[bold]course.py:[/] {escape(str(error))}")
        sys.exit(2)


if __name__ == "__main__":
    main()

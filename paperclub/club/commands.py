"""The commands of ``course.py club``: each reads the group's folder and calls one function."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

app = typer.Typer(
    help="A group's year: calendar, rota, agenda, record.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Folder = Annotated[
    Path | None, typer.Option("--folder", help="The group's folder; club/ in the course.")
]
WeekName = Annotated[str | None, typer.Argument(help="The week; by default the next session's.")]
PeopleCount = Annotated[int, typer.Option("--people", help="How many are expected, 3 to 60.")]
console = Console(soft_wrap=True, highlight=False)

# Commands import what they call when they are called: `--help` stays quick.


@app.command()
def new(folder: Folder = None) -> None:
    """Ask a few questions and make a folder for the group."""
    from paperclub.club.begin import begin
    from paperclub.club.models import FOLDER, read_club
    from paperclub.club.sessions import next_session

    at = folder or FOLDER
    _written(begin(at, _typed, date.today()))
    coming = next_session(read_club(at), date.today())
    said = (
        f"{coming.begins:%A %d %B %Y, %H:%M}: {coming.week.title}"
        if coming
        else "none, all lie in the past"
    )
    console.print(escape(f"The next session: {said}. To change it, edit {at / 'club.yml'}."))


@app.command()
def calendar(folder: Folder = None) -> None:
    """Write the calendar file that people subscribe to."""
    from paperclub.club.calendar import write_calendar

    at, club = _club(folder)
    _written([write_calendar(at, club)])


@app.command()
def rota(
    folder: Folder = None,
    agree: Annotated[
        tuple[str, str] | None, typer.Option(help="WEEK NAME: NAME leads that week.")
    ] = None,
) -> None:
    """Show who leads when; warn of the next four weeks; note who has agreed."""
    from paperclub.club import rota as leaders
    from paperclub.club.models import read_people

    at, club = _club(folder)
    if agree:
        before = leaders.agree(at, club, *agree)
        instead = f", instead of {before}" if before and before != agree[1] else ""
        console.print(escape(f"{agree[1]} leads {agree[0]}{instead}."))
        console.print("Write it into the calendar, too: python course.py club calendar")
    slots = leaders.rota(club, read_people(at, club))
    table = Table("date", "week", "leads", box=None)
    for slot in slots:
        name = escape(slot.name) if slot.name else "nobody yet"
        table.add_row(
            slot.session.day.isoformat(),
            escape(slot.session.week.title),
            name if slot.agreed or not slot.name else f"{name} (proposed)",
        )
    console.print(table)
    for warning in leaders.warnings(slots, date.today()):
        console.print(f"[bold]Mind:[/] {escape(warning)}")


@app.command()
def agenda(week: WeekName = None, folder: Folder = None, people: PeopleCount = 8) -> None:
    """Write a session's agenda and the leader's own sheet, as pages to print and as Markdown."""
    from paperclub.club.agenda import agenda, leaders_sheet
    from paperclub.club.models import read_people
    from paperclub.club.printing import printed, write_pages
    from paperclub.club.record import carried_over, read_records

    at, club = _club(folder)
    slug = week or _next(club)
    carried = carried_over(read_records(at), club, slug)
    texts = {
        f"{slug}-agenda": agenda(club, read_people(at, club), slug, people, carried),
        f"{slug}-leader": leaders_sheet(club, slug),
    }
    pages = {f"{name}.md": text for name, text in texts.items()}
    pages |= {f"{name}.html": printed(name, text) for name, text in texts.items()}
    _written(write_pages(at / "print", pages))


@app.command()
def cards(folder: Folder = None, people: PeopleCount = 8) -> None:
    """Write role cards to print and cut."""
    from paperclub.club.printing import cards_page, write_pages

    at, _ = _club(folder)
    _written(write_pages(at / "print", {f"roles-for-{people}.html": cards_page(people)}))


@app.command()
def handout(week: WeekName = None, folder: Folder = None) -> None:
    """Write a week on a page to print: claim, reading, first pass, words, questions."""
    from paperclub.club.printing import handout_page, write_pages

    at, club = _club(folder)
    slug = week or _next(club)
    _written(write_pages(at / "print", {f"{slug}-handout.html": handout_page(slug)}))


@app.command()
def record(
    week: WeekName = None,
    folder: Folder = None,
    demo: Annotated[
        list[str] | None,
        typer.Option(help="A line copied from a room's figure; - asks for it, to be pasted."),
    ] = None,
) -> None:
    """Begin a session's record from the template; what stands in one is never overwritten."""
    from paperclub.club.models import read_people
    from paperclub.club.record import add_demos, astray, begin_record, read_records
    from paperclub.club.sessions import session_of

    at, club = _club(folder)
    slug = session_of(club, week or _next(club)).week.slug  # before anything is asked for
    lines = [typer.prompt("Paste the line") if line == "-" else line for line in demo or []]
    file, is_new = begin_record(at, club, read_people(at, club), slug)
    said = "begun" if is_new else "is there already, and left as it is"
    if lines:
        new = add_demos(file, lines)
        put = f"{new} {'line' if new == 1 else 'lines'} put under Room demo"
        said = f"{'begun; ' if is_new else ''}{put}{'' if new else ': it stands there already'}"
    console.print(escape(f"{file}: {said}"))
    for warning in astray(read_records(at), club):
        console.print(f"[bold]Mind:[/] {escape(warning)}")


@app.command()
def propose(
    folder: Folder = None,
    show: Annotated[bool, typer.Option("--show", help="Show what is proposed.")] = False,
    choose: Annotated[
        str | None, typer.Option(help="Make this proposal a week, for course.py new to begin.")
    ] = None,
) -> None:
    """Ask for a paper that somebody would like to bring; show what is proposed; choose one."""
    from paperclub.club import proposals

    at, _ = _club(folder)
    if choose:
        one = proposals.choose(at, choose)
        console.print(
            escape(
                f"{one.title} is now the last week of the year. Begin it with: "
                f"python course.py new {one.id}\n"
                f"For the group to take it up, name {one.id} under course: in {at / 'club.yml'}"
            )
        )
        return
    if not show:
        one = proposals.propose(at, _typed)
        console.print(escape(f"{at / proposals.FILE}: {one.title} is proposed"))
    read = proposals.read_proposals(at)
    table = Table("", "paper", "pages", "name", box=None)
    for place, one in enumerate(read.pitched, 1):
        table.add_row(str(place), escape(one.title), str(one.pages), one.id)
    for one in read.waiting:
        table.add_row("waits", escape(one.title), str(one.pages), one.id)
    console.print(table)


@app.command()
def hosting(folder: Folder = None) -> None:
    """Write the page for whoever hosts next."""
    from paperclub.club.begin import write_hosting

    at, club = _club(folder)
    _written([write_hosting(at, club, date.today())])


def _typed(question: str, default: str) -> str:
    return typer.prompt(question, default=default, show_default=bool(default))


def _club(folder: Path | None):
    from paperclub.club.models import FOLDER, read_club

    at = folder or FOLDER
    return at, read_club(at)


def _next(club) -> str:
    """Return the week of the next session.

    Raises:
        CourseError: The last one is over.
    """
    from paperclub.club.sessions import next_session
    from paperclub.errors import CourseError

    coming = next_session(club, date.today())
    if coming is None:
        raise CourseError("The last session is over. Name a week, or choose a course in club.yml.")
    return coming.week.slug


def _written(files: list[Path]) -> None:
    for file in files:
        console.print(escape(f"{file}: written"))

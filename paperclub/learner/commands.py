"""What the commands progress, reading and log print."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paperclub.curriculum import path_to, reading_list
from paperclub.learner import log, moving, reading, store
from paperclub.learner.events import Pass
from paperclub.learner.shown import NoReader, progress

DONE: dict[Pass, str] = {
    "to-read": "",
    "first": "1st pass",
    "second": "2nd pass",
    "third": "3rd pass",
}
console = Console(soft_wrap=True, highlight=False)


def show_progress(slug: str | None) -> None:
    """Print how the learner stands, with a week or with the year."""
    found = progress(slug)
    if isinstance(found, NoReader):
        _say(repr(found))
        return
    if found.rows:
        _print_table(found.head, found.rows, found.title)
    else:
        console.print(escape(found.title))
    _say(*found.says)


def export_progress(file: Path, force: bool) -> None:
    """Write all that is kept to one file."""
    count = moving.export_progress(file, force)
    _say(f"Wrote {file} ({_entries(count)}). On the other machine:")
    _say(f"  python course.py progress-import {file.name}", *store.remarks())


def import_progress(file: Path) -> None:
    """Add what a file holds."""
    new, count = moving.import_progress(file)
    _say(f"{file} holds {_entries(count)}; {new or 'none'} of them new here.", *store.remarks())


def show_counts() -> None:
    """Print how many works of each category came to which pass."""
    found = reading.counts()
    rows = [
        (topic, *(str(count[status] or "") for status in DONE)) for topic, count in found.items()
    ]
    sums = (str(sum(count[status] for count in found.values())) for status in DONE)
    _print_table(("category", *reading.PASSES), [*rows, ("together", *sums)])
    _say("The works of one: python course.py reading list --category NAME", *store.remarks())


def show_works(category: str | None, status: str | None) -> None:
    """Print works, with the pass that they came to and their blurb."""
    found = reading.tracked(category, status)
    if not found:
        _say("No work stands like that yet.", *store.remarks())
        return
    for one in found:
        done = f"  {DONE[one.status]}" if DONE[one.status] else ""
        console.print(f"[bold]{escape(one.work.id)}[/][green]{done}[/]")
        console.print(escape(f"  {one.work.title} ({one.work.year})"))
        if one.blurb:
            console.print(f"  [italic]{escape(' '.join(one.blurb.split()))}[/]")
    _say(f"{len(found)} {'work' if len(found) == 1 else 'works'}.", *store.remarks())


def mark_work(work: str, status: str | None, blurb: str | None) -> None:
    """Mark a work and print how it stands."""
    now = reading.mark(work, status, blurb)
    _say(f"{now.work.title}: {DONE[now.status] or 'to read'}.")
    if now.blurb:
        _say(f"  {now.blurb}")
    _say(*store.remarks())


def show_path(work: str) -> None:
    """Print the fewest weeks that lead to a work."""
    weeks = path_to(work)
    ways = "one week" if len(weeks) == 1 else f"{len(weeks)} weeks"
    _say(f"To “{reading_list().work(work).title}” in {ways}:")
    for week in weeks:
        _say(f"  {week.slug:<28} {week.title}{'' if week.written else ' (planned)'}")


def show_log() -> None:
    """Print the log."""
    found = log.entries()
    if not found:
        _say('The log is empty. python course.py log add doing "…" writes its first entry.')
    for state in log.STATES:
        mine = [entry for entry in found if entry.state == state]
        if mine:
            console.print(f"[bold]{log.TITLES[state]}[/]")
        for entry in mine:
            text = " ".join(entry.text.split())
            console.print(
                escape(f"  {entry.number:>3}  {entry.since.astimezone():%Y-%m-%d}  {text}")
            )
    _say(*store.remarks())


def write_log(state: str, text: str) -> None:
    """Write an entry and print the log."""
    log.write(state, text)
    show_log()


def move_log(number: int, state: str) -> None:
    """Move an entry and print the log."""
    log.move(number, state)
    show_log()


def remove_log(number: int) -> None:
    """Take an entry out and print the log."""
    log.take_out(number)
    show_log()


def export_log(file: Path, force: bool) -> None:
    """Write the log as Markdown."""
    count = log.export_log(file, force)
    _say(f"Wrote {file} ({_entries(count)}).", *store.remarks())


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _say(*lines: str) -> None:
    for line in lines:
        console.print(escape(line))


def _print_table(head, rows, title: str | None = None) -> None:
    table = Table(title=title and escape(title), title_justify="left", title_style="bold", box=None)
    for place, name in enumerate(head):
        table.add_column(name, overflow="fold", justify="left" if place == 0 else "default")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)

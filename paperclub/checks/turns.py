"""Which weeks' own tests a run makes, once there are more weeks than a run has time for.

Up to :data:`AT_ONCE` weeks, all of them. Beyond that the weeks take turns, by the day; a week that
was worked on since its last turn has its tests made whatever the day. A week's own tests are those
that name it or a figure that it shows. Notebooks take no turns: each is executed in every run; and
``course.py test --every`` makes every test.

As a pytest plugin this leaves out the tests that name nothing but weeks whose turn it is not.
"""

import datetime
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from paperclub import paths
from paperclub.checks.growth import AT_ONCE, IN_TURN, bare, figures, named_in
from paperclub.curriculum import written_weeks

LEFT_OUT = "PAPERCLUB_LEFT_OUT"  # names, in bare letters, with blanks between them
GIT_SECONDS = 60


@dataclass(frozen=True)
class Turn:
    """What a run makes.

    Attributes:
        weeks: The slugs of the weeks whose own tests it leaves out.
        names: What tests name that it leaves out, in bare letters: those weeks and the figures
            that no other week shows.
    """

    weeks: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment by which the plugin knows of it."""
        return {LEFT_OUT: " ".join(sorted(self.names))}


EVERY = Turn()  # what a run makes that leaves nothing out


def this_turn() -> Turn:
    """Return what a run of today makes."""
    shows = {
        week.slug: figures_of((paths.CHAPTERS / f"{week.slug}.ipynb").read_text("utf-8"))
        for week in written_weeks()
    }
    if len(shows) <= AT_ONCE:
        return EVERY
    touched = worked_on(days_of_a_round(len(shows)) + 1)
    return EVERY if touched is None else turn(shows, touched, datetime.date.today().toordinal())


def turn(shows: dict[str, frozenset[str]], touched: Iterable[str], day: int) -> Turn:
    """Return what a run makes on a day.

    Args:
        shows: The weeks in their order, and the figures that each shows, in bare letters.
        touched: The paths of the files that were worked on lately.
        day: Its number.
    """
    days = days_of_a_round(len(shows))
    paths_named = [bare(path) for path in touched]
    made = {
        slug
        for number, (slug, its) in enumerate(shows.items())
        if number % days == day % days
        or any(name in path for path in paths_named for name in (bare(slug), *its))
    }
    shown = frozenset().union(*(shows[slug] for slug in made))
    weeks = tuple(slug for slug in shows if slug not in made)
    own = frozenset().union(*({bare(slug), *shows[slug]} for slug in weeks))
    return Turn(weeks, own - shown)


def days_of_a_round(weeks: int) -> int:
    """Return after how many days each of so many weeks has had its turn."""
    return -(-weeks // IN_TURN)


def figures_of(text: str) -> frozenset[str]:
    """Return the figures that a notebook's text names, in bare letters."""
    said = bare(text)
    return frozenset(name for name in figures() if name in said)


def worked_on(days: int) -> list[str] | None:
    """Return the files that were changed in the last days; None where git does not tell.

    It does not where there is no git, and where a checkout holds the last commit only.
    """
    about = _git("rev-parse", "--show-toplevel", "--is-shallow-repository")
    if about is None or not paths.ROOT.samefile(about[0]) or about[1] != "false":
        return None
    # What was merged lately was worked on lately, whenever its own commits were made.
    lately = ["--first-parent", "-m", f"--since={days} days ago"]
    committed = _git("log", *lately, "--name-only", "--format=")
    lying = _git("ls-files", "--modified", "--others", "--exclude-standard")
    staged = _git("diff", "--cached", "--name-only")
    if committed is None or lying is None or staged is None:
        return None
    return [*committed, *lying, *staged]


def _git(*words: str) -> list[str] | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=paths.ROOT, capture_output=True, encoding="utf-8", check=False,
            timeout=GIT_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.splitlines() if done.returncode == 0 else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that name nothing but what is left out."""
    left_out = set(os.environ.get(LEFT_OUT, "").split())
    made: list[pytest.Item] = []
    gone: list[pytest.Item] = []
    for item in items:
        named = named_in(item.nodeid)
        (gone if named and named <= left_out else made).append(item)
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = made

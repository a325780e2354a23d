"""Weeks take turns: each has its day, what was worked on does not wait, what waits is named."""

import datetime
import os
import subprocess
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperclub.checks import run, stages, turns
from paperclub.checks.growth import AT_ONCE, IN_TURN
from paperclub.checks.outcome import Outcome
from paperclub.checks.turns import EVERY, Turn, turn

YEAR = {f"week-{number:02}": frozenset({f"figure{number:02}", "shared"}) for number in range(52)}
DAY = 739_000


@given(st.integers(AT_ONCE + 1, 80), st.integers(0, 10**6))
def test_each_weeks_turn_comes_once_a_round_and_a_run_makes_few(count, first):
    shows = {f"week-{number:02}": frozenset() for number in range(count)}
    days = turns.days_of_a_round(count)
    made = [set(shows) - set(turn(shows, [], first + day).weeks) for day in range(days)]
    assert all(1 <= len(one) <= IN_TURN for one in made)
    assert sorted(slug for one in made for slug in one) == sorted(shows)


def test_what_names_a_shared_figure_is_made_with_any_week_that_shows_it():
    left = turn(YEAR, [], DAY)
    assert left.names >= {name.replace("-", "") for name in left.weeks}
    assert "shared" not in left.names
    assert {f"figure{slug[-2:]}" for slug in left.weeks} < left.names


@pytest.mark.parametrize(
    "path", ["chapters/week-{0}.ipynb", "paperclub/widgets/src/figure_{0}/main.js"]
)
def test_what_was_worked_on_does_not_wait_for_its_turn(path):
    waits = turn(YEAR, [], DAY).weeks[0]
    assert waits not in turn(YEAR, [path.format(waits[-2:])], DAY).weeks
    assert waits in turn(YEAR, ["README.md"], DAY).weeks


def test_up_to_eight_weeks_every_test_is_made(monkeypatch):
    monkeypatch.setattr(turns, "worked_on", lambda days: [])
    written = turns.written_weeks()
    monkeypatch.setattr(turns, "written_weeks", lambda: (written * 8)[:AT_ONCE])
    assert turns.this_turn() == EVERY


@pytest.fixture
def nine_weeks(tmp_path, monkeypatch):
    """A checkout of nine weeks of long ago, in git."""
    slugs = [f"week-{number}" for number in range(9)]
    (tmp_path / "chapters").mkdir()
    for slug in slugs:
        (tmp_path / "chapters" / f"{slug}.ipynb").write_text("{}")
    monkeypatch.setattr(turns.paths, "ROOT", tmp_path)
    monkeypatch.setattr(turns.paths, "CHAPTERS", tmp_path / "chapters")
    weeks = [SimpleNamespace(slug=slug) for slug in slugs]
    monkeypatch.setattr(turns, "written_weeks", lambda: weeks)
    git(tmp_path, "init", "-q")
    commit(tmp_path, days_ago=100)
    return tmp_path


def git(folder, *words, **more):
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.org"}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | who | more, check=True)


def commit(folder, days_ago):
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", GIT_COMMITTER_DATE=then.isoformat())


def edit(folder, slug):
    (folder / "chapters" / f"{slug}.ipynb").write_text('{"edited": 1}')


def test_git_tells_what_was_worked_on_lately_committed_or_not(nine_weeks):
    waiting = turns.this_turn().weeks
    assert len(waiting) == 6
    committed, lying, staged = waiting[:3]  # the others' turn is not today either
    edit(nine_weeks, committed)
    commit(nine_weeks, days_ago=1)
    edit(nine_weeks, lying)
    edit(nine_weeks, staged)
    git(nine_weeks, "add", f"chapters/{staged}.ipynb")
    assert turns.this_turn().weeks == waiting[3:]


def test_what_was_merged_lately_was_worked_on_lately(nine_weeks):
    waits = turns.this_turn().weeks[0]
    git(nine_weeks, "switch", "-qc", "side")
    edit(nine_weeks, waits)
    commit(nine_weeks, days_ago=90)
    git(nine_weeks, "switch", "-q", "-")
    assert waits in turns.this_turn().weeks
    git(nine_weeks, "merge", "-q", "--no-ff", "-m", "x", "side")
    assert waits not in turns.this_turn().weeks


def test_where_git_does_not_tell_every_test_is_made(nine_weeks, tmp_path_factory, monkeypatch):
    assert turns.this_turn() != EVERY
    shallow = tmp_path_factory.mktemp("shallow") / "copy"
    edit(nine_weeks, "week-0")
    commit(nine_weeks, days_ago=50)
    git(nine_weeks, "clone", "-q", "--depth", "1", nine_weeks.as_uri(), str(shallow))
    unpacked = nine_weeks / "unpacked in another project"
    unpacked.mkdir()
    for folder in (shallow, unpacked):
        monkeypatch.setattr(turns.paths, "ROOT", folder)
        assert turns.this_turn() == EVERY
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(turns.paths, "ROOT", nine_weeks)
    assert turns.this_turn() == EVERY


def test_a_stage_leaves_out_the_tests_that_name_nothing_but_other_weeks(monkeypatch, tmp_path):
    source = """
import pytest

@pytest.mark.parametrize("week", ["attention", "pointer-networks"])
def test_page(week): assert week == "attention"
def test_of_pointer_networks_and_attention(): pass
def test_fixed(): pass
"""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(source)
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(turns.paths.ROOT))
    assert stages.run_tests([], EVERY).failed == 1
    left = Turn(("pointer-networks",), frozenset({"pointernetworks"}))
    outcome = stages.run_tests([], left)
    assert (outcome.passed, outcome.failed, outcome.in_turn) == (3, 0, True)


def test_the_weeks_that_wait_are_named_and_every_makes_all(monkeypatch, capsys):
    asked = []

    def planned(quick, turn):
        asked.append(turn)
        return [stages.Stage("one", lambda: Outcome(passed=1))]

    waits = Turn(("alignment", "attention"))
    monkeypatch.setattr(run, "stages", planned)
    monkeypatch.setattr(run, "this_turn", lambda: waits)
    assert run.run_checks() == 0
    said = capsys.readouterr().out
    assert "Left out without --every: other days' tests, of alignment, attention" in said
    assert run.run_checks(every=True) == 0
    assert "Left out" not in capsys.readouterr().out
    assert asked == [waits, EVERY]


def test_a_run_of_the_newest_releases_makes_every_test():
    workflow = (turns.paths.ROOT / ".github" / "workflows" / "newest.yml").read_text("utf-8")
    assert "run --every" in workflow
    check = (turns.paths.ROOT / ".github" / "workflows" / "check.yml").read_text("utf-8")
    assert "fetch-depth: 0" in check, "a checkout of one commit makes every test"

"""Measuring claims: fresh seeds, none dropped, none lost."""

import os
import signal

import nbformat
import pytest
from distributed import WorkerPlugin
from nbformat.v4 import new_code_cell, new_notebook, new_output
from typer.testing import CliRunner

from paperclub import cluster, paths
from paperclub.cli import app
from paperclub.errors import CourseError
from paperclub.ledger import MIME, Outcome, code_hash, read_ledger
from paperclub.notebooks import measure
from paperclub.notebooks.compare import compare_claims
from paperclub.notebooks.measure import claims_of, measure_claims, seed_elsewhere
from paperclub.notebooks.run import ChapterFailed

CODE = "SEED % 2"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree with one chapter, which no kernel runs: `played` stands in for the run."""
    for name in ("CHAPTERS", "BUILD", "LEDGER"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setattr(paths, name, folder)
    write_chapter(CODE)
    return tmp_path


def write_chapter(code: str, parameters: str = 'SEED = 0\nSCALE = "small"') -> None:
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook = new_notebook(cells=[first, new_code_cell(code)])
    nbformat.write(notebook, paths.CHAPTERS / "attention.ipynb")


def entry(seed: int, **changes) -> dict:
    return {
        "id": "attention.recall",
        "paper": "attention-is-all-you-need",
        "where": "Section 4",
        "says": "It recalls.",
        "stand_in": "A toy.",
        "measured": {"seed": seed},
        "control": {"seed": 0},
        "holds": True,
        "trend": True,
        "vanishes": True,
        "proxy": False,
    } | changes


def executed(*entries: dict) -> nbformat.NotebookNode:
    cell = new_code_cell(CODE)
    cell.outputs = [new_output("display_data", {"text/plain": "", MIME: one}) for one in entries]
    return new_notebook(cells=[cell])


@pytest.fixture
def played(tree, monkeypatch):
    """Let a function of the seed say what a run gives: a notebook, or an exception."""

    def play(answer):
        def run(path, parameters, out, on_cell=None):
            given = answer(parameters["SEED"])
            if isinstance(given, BaseException):
                raise given
            nbformat.write(given, out)
            return given

        monkeypatch.setattr(measure, "execute", run)

    return play


def seeds_of(ledger) -> list[int]:
    return [run.seed for run in ledger.runs]


def recorded():
    return read_ledger("attention", folder=paths.LEDGER)


def test_each_fresh_seed_is_recorded_with_what_it_gave(played):
    played(lambda seed: executed(entry(seed)))
    assert measure_claims("attention", 4, "small") == 0
    ledger = recorded()
    assert len(set(seeds_of(ledger))) == 4
    assert ledger.pending == []
    assert ledger.code == code_hash("attention", chapters=paths.CHAPTERS)
    assert str(ledger.verdict("attention.recall")) == "reproduced (4 of 4 seeds)"
    for seed, values in ledger.at_seeds("attention.recall"):
        assert values.measured == {"seed": seed}
    assert set(ledger.versions) == {"python", "torch", "numpy"}


def test_measuring_again_adds_seeds_and_washes_none_out(played):
    played(lambda seed: executed(entry(seed, holds=False, trend=False)))
    measure_claims("attention", 1, "small")
    bad = seeds_of(recorded())
    played(lambda seed: executed(entry(seed)))
    measure_claims("attention", 3, "small")
    assert seeds_of(recorded())[:1] == bad
    assert str(recorded().verdict("attention.recall")) == "not reproduced (3 of 4 seeds)"


def test_with_other_code_the_ledger_begins_anew_and_no_seed_comes_twice(played, monkeypatch):
    played(lambda seed: executed(entry(seed)))
    drawn = iter([5, 6, 5, 6, 7, 8])
    monkeypatch.setattr(measure.secrets, "randbelow", lambda below: next(drawn))
    measure_claims("attention", 2, "small")
    write_chapter("SEED % 3")
    measure_claims("attention", 2, "small")
    assert seeds_of(recorded()) == [7, 8]
    assert recorded().earlier_seeds == [5, 6]


def test_a_seed_that_crashes_is_recorded_and_counts_against_the_claim(played, tree, capsys):
    partial = tree / "partial.ipynb"
    nbformat.write(executed(), partial)
    answers = iter([executed(entry(1)), ChapterFailed("ValueError: no", "x", 1, 0, partial)])
    played(lambda seed: next(answers))
    assert measure_claims("attention", 2, "small") == 1
    assert recorded().outcomes("attention.recall") == [Outcome.HOLDS, Outcome.FAILED]
    assert recorded().runs[1].failed == "ValueError: no"
    assert "failed: ValueError: no" in capsys.readouterr().out


def test_if_every_seed_crashes_that_is_recorded_too(played, tree):
    partial = tree / "partial.ipynb"
    nbformat.write(executed(), partial)
    played(lambda seed: ChapterFailed("ValueError: no", "x", 1, 0, partial))
    assert measure_claims("attention", 2, "small") == 1
    assert [run.failed for run in recorded().runs] == ["ValueError: no"] * 2


def test_an_interrupted_measurement_goes_on_with_the_seeds_it_drew(played):
    tried = []

    def interrupted(seed):
        tried.append(seed)
        return KeyboardInterrupt() if len(tried) == 3 else executed(entry(seed))

    played(interrupted)
    assert measure_claims("attention", 4, "small") == measure.INTERRUPTED
    assert recorded() is None
    played(lambda seed: executed(entry(seed)))
    assert measure_claims("attention", 9, "small") == 0
    assert seeds_of(recorded())[:3] == tried
    assert len(recorded().runs) == 4


def test_a_chapter_that_is_edited_while_it_is_measured_is_refused(played):
    def edited(seed):
        write_chapter("SEED % 5")
        return executed(entry(seed))

    played(edited)
    with pytest.raises(CourseError, match="was changed while seed"):
        measure_claims("attention", 2, "small")
    assert recorded() is None


def test_a_chapter_without_a_claim_is_refused(played):
    played(lambda seed: executed())
    with pytest.raises(CourseError, match="states no claim"):
        measure_claims("attention", 1, "small")


def test_full_scale_has_a_ledger_of_its_own(played):
    played(lambda seed: executed(entry(seed)))
    measure_claims("attention", 1, "full")
    assert recorded() is None
    assert read_ledger("attention", "full", paths.LEDGER).scale == "full"


@pytest.mark.parametrize(
    ("slug", "scale", "named"),
    [
        ("attention", "huge", "small or full"),
        ("attentoin", "small", "Did you mean attention"),
        ("backpropagation", "small", "not written yet"),
    ],
)
def test_a_wrong_chapter_or_scale_is_named(played, slug, scale, named):
    with pytest.raises(CourseError, match=named):
        measure_claims(slug, 1, scale)


def test_a_chapter_without_a_seed_cannot_be_measured(played):
    write_chapter(CODE, parameters='SCALE = "small"')
    with pytest.raises(CourseError, match="no parameter 'SEED'"):
        measure_claims("attention", 1, "small")


def test_a_malformed_entry_in_a_notebook_is_an_error():
    with pytest.raises(CourseError, match="malformed"):
        claims_of(executed({"id": "attention.recall"}))


def test_a_real_run_hands_over_what_the_chapters_cell_claims(tree):
    write_chapter(
        "from paperclub.ledger import claim\n"
        'claim("attention.recall", paper="attention-is-all-you-need", where="4", says="It does.",\n'
        '      stand_in="A toy.", measured={"seed": SEED}, control={"seed": 0},\n'
        "      holds=True, trend=True, vanishes=True)"
    )
    assert measure_claims("attention", 1, "small") == 0
    ((seed, values),) = recorded().at_seeds("attention.recall")
    assert values.measured == {"seed": seed}


class Pointing(WorkerPlugin):
    """Have every worker, also one that comes later, look for chapters in a small tree."""

    def __init__(self, root):
        self.root = root

    def setup(self, worker):
        for name in ("CHAPTERS", "BUILD", "LEDGER"):
            setattr(paths, name, self.root / name.lower())


CLAIMING = (
    "import os, time\nfrom IPython.display import display\ntime.sleep(2)\n"
    "display({'text/plain': '', %r: {**%r, 'measured': {'seed': SEED}}}, raw=True)"
)


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_loses_no_seed_and_doubles_none(tree, monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "10")
    write_chapter(CLAIMING % (MIME, entry(0)))
    taken = measure._take
    killed = []

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:

        def kill_one(*given):
            if not killed:
                worker = next(iter(cluster.workers.values()))
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)
            taken(*given)

        with Client(cluster) as client:
            client.register_plugin(Pointing(tree))
            monkeypatch.setattr(measure, "_take", kill_one)
            address = cluster.scheduler_address
            assert measure_claims("attention", 4, "small", scheduler=address) == 0
            ledger = recorded()
            assert len(set(seeds_of(ledger))) == len(seeds_of(ledger)) == 4
            assert killed
            for seed, values in ledger.at_seeds("attention.recall"):
                assert values.measured == {"seed": seed}
            # A machine that has another chapter is told from one that has this one.
            with pytest.raises(CourseError, match="another version of attention"):
                client.submit(seed_elsewhere, "attention", "small", 1, "another").result()


def test_a_cluster_that_does_not_answer_is_named_and_the_seeds_are_kept(played, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    played(lambda seed: executed(entry(seed)))
    # Nothing listens there.
    with pytest.raises(CourseError, match="No Dask scheduler answers"):
        measure_claims("attention", 2, "small", scheduler="tcp://127.0.0.1:9")
    assert measure_claims("attention", 1, "small") == 0
    assert len(seeds_of(recorded())) == 2


# Recorded seeds, run again.


def test_a_changed_dependency_shows_which_claim_moved(played, monkeypatch, capsys):
    other = {"id": "attention.other"}
    monkeypatch.setattr(measure, "_versions", lambda: {"torch": "2.13.0"})
    played(lambda seed: executed(entry(seed), entry(seed, **other)))
    measure_claims("attention", 3, "small")
    ledger = paths.LEDGER / "attention.json"
    before, seeds = ledger.read_bytes(), seeds_of(recorded())
    capsys.readouterr()

    monkeypatch.setattr(measure, "_versions", lambda: {"torch": "2.14.0"})
    asked = []

    def newer(seed):
        asked.append(seed)
        moved = {"holds": False, "measured": {"seed": 0.5}}
        return executed(entry(seed, **moved), entry(seed, **other))

    played(newer)
    assert compare_claims("attention", 2, "small") == 1
    said = capsys.readouterr().out
    assert asked == seeds[-2:]
    assert "Recorded with torch 2.13.0; run with torch 2.14.0." in said
    for seed in asked:
        assert f"attention.recall at seed {seed}: was: holds; now: trend" in said
        assert f"measured, seed: {float(seed):.3g}, now 0.5" in said
        assert f"attention.other at seed {seed}: as recorded" in said
    assert "1 of 2 claims moved: attention.recall." in said
    assert ledger.read_bytes() == before, "the record stays as it was"


def test_other_numbers_that_bear_the_same_claim_out_are_shown_and_no_claim_moved(played, capsys):
    played(lambda seed: executed(entry(seed, measured={"loss": 0.12340})))
    measure_claims("attention", 1, "small")
    played(lambda seed: executed(entry(seed, measured={"loss": 0.12341})))
    assert compare_claims("attention", 1, "small") == 0
    assert "with other numbers" not in capsys.readouterr().out, "a page would print the same"
    played(lambda seed: executed(entry(seed, measured={"loss": 0.125})))
    assert compare_claims("attention", 1, "small") == 0
    said = capsys.readouterr().out
    assert "holds as recorded, with other numbers" in said
    assert "measured, loss: 0.123, now 0.125" in said and "0 of 1 claims moved." in said


def test_a_seed_that_crashes_with_the_newer_release_is_a_claim_that_moved(played, tree, capsys):
    played(lambda seed: executed(entry(seed)))
    measure_claims("attention", 1, "small")
    partial = tree / "partial.ipynb"
    nbformat.write(executed(), partial)
    played(lambda seed: ChapterFailed("TypeError: no such argument", "x", 1, 0, partial))
    assert compare_claims("attention", 1, "small") == 1
    said = capsys.readouterr().out
    assert "was: holds; now: no answer" in said and "TypeError: no such argument" in said


def test_what_was_never_recorded_cannot_be_compared(played):
    with pytest.raises(CourseError, match=r"Nothing is recorded in .*claims attention"):
        compare_claims("attention", 1, "small")


def test_changed_code_is_said_before_it_is_compared(played, capsys):
    played(lambda seed: executed(entry(seed)))
    measure_claims("attention", 1, "small")
    write_chapter("SEED % 3")
    assert compare_claims("attention", 1, "small") == 0
    assert "the code has changed since" in capsys.readouterr().out


def test_a_real_chapter_is_compared_with_what_its_library_gave_before(tree, monkeypatch, capsys):
    write_chapter(
        "import os\nfrom paperclub.ledger import claim\n"
        'loss = float(os.environ["LOSS_OF_THE_LIBRARY"])\n'
        'claim("attention.recall", paper="attention-is-all-you-need", where="4", says="It does.",\n'
        '      stand_in="A toy.", measured={"loss": loss}, control={"loss": 1},\n'
        "      holds=loss < 0.2, trend=loss < 0.5, vanishes=True)"
    )
    monkeypatch.setenv("LOSS_OF_THE_LIBRARY", "0.1")
    assert measure_claims("attention", 1, "small") == 0
    assert CliRunner().invoke(app, ["claims", "attention", "--compare", "1"]).exit_code == 0
    monkeypatch.setenv("LOSS_OF_THE_LIBRARY", "0.3")
    moved = CliRunner().invoke(app, ["claims", "attention", "--compare", "1"])
    assert moved.exit_code == 1
    assert (
        "was: holds; now: trend" in moved.output and "measured, loss: 0.1, now 0.3" in moved.output
    )

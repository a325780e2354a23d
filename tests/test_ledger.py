"""The claim ledger: what a claim must hold, what seeds add up to, what makes a record stale."""

import ast
import json
from datetime import date

import nbformat
import numpy as np
import pytest
import torch

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.ledger import (
    MIME,
    Claim,
    Ledger,
    Outcome,
    SeedRun,
    claim,
    code_hash,
    ledger_file,
    ledgers,
    read_ledger,
    verdict,
    write_ledger,
)
from paperclub.ledger.imports import imported_modules
from paperclub.ledger.show import at_full_scale, claim_html, recorded

GOOD = {
    "paper": "attention-is-all-you-need",
    "where": "Section 4",
    "says": "It recalls.",
    "stand_in": "A toy.",
    "measured": {"accuracy": 1.0},
    "control": {"accuracy": 0.2},
    "holds": True,
    "trend": True,
    "vanishes": True,
}


def stated(**changes) -> Claim:
    return claim(**({"id": "attention.recall"} | GOOD | changes))


def test_a_claim_takes_numpys_and_torchs_single_numbers_and_truths():
    made = stated(
        measured={"a": np.float32(0.5), "b": torch.tensor(2.0), "c": 3},
        holds=np.bool_(True),
        vanishes=torch.tensor(True),
    )
    assert made.measured == {"a": 0.5, "b": 2.0, "c": 3.0}
    assert made.holds is True
    assert made.vanishes is True


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"control": {}}, "has no control"),
        ({"control": None}, "has no control"),
        ({"measured": {}}, "measured is empty"),
        ({"measured": {"loss": float("nan")}}, "measured['loss'] is nan"),
        ({"control": {"loss": torch.tensor(float("inf"))}}, "control['loss'] is inf"),
        ({"measured": {"loss": torch.ones(2)}}, "measured['loss'] is no single number"),
        ({"measured": {"loss": "0.2"}}, "measured['loss'] is '0.2'"),
        ({"measured": {"loss": True}}, "measured['loss'] is True"),
        ({"measured": [1.0]}, "measured should be"),
        ({"holds": 1}, "holds is 1"),
        ({"trend": "yes"}, "trend is 'yes'"),
        ({"vanishes": np.array([True, False])}, "vanishes is"),
        ({"says": " "}, "says is ' '"),
        ({"where": None}, "where is None"),
        ({"id": "recall"}, "'recall' is no claim's id"),
        ({"id": "Attention.recall"}, "is no claim's id"),
        ({"id": "attentoin.recall"}, "Did you mean attention"),
        ({"id": None}, "None is no claim's id"),
        ({"paper": "attention-is-all-you-ned"}, "Did you mean attention-is-all-you-need"),
    ],
)
def test_what_is_wrong_with_a_claim_is_named(changes, named):
    with pytest.raises(CourseError) as caught:
        stated(**changes)
    assert named in str(caught.value)


def test_a_claims_one_line_of_text_holds_no_number():
    bundle = stated()._repr_mimebundle_()
    assert bundle["text/plain"] == (
        "attention.recall at this seed: holds, and vanishes in the control"
    )


def test_a_claims_entry_is_plain_json_that_gives_the_claim_back():
    made = stated()
    payload = json.loads(json.dumps(made._repr_mimebundle_()[MIME]))
    assert Claim.model_validate(payload) == made


def test_text_in_a_claim_never_becomes_markup():
    shown = claim_html(stated(says="<img onerror=x>", stand_in="a & b", measured={"<script>": 1.0}))
    assert "<img" not in shown
    assert "<script" not in shown
    assert "&lt;img onerror=x&gt;" in shown
    assert "a &amp; b" in shown


def test_a_table_names_the_paper_and_says_when_it_is_a_proxy():
    assert "Section 4 of Attention Is All You Need" in claim_html(stated())
    assert "A proxy" not in claim_html(stated())
    assert "A proxy" in claim_html(stated(proxy=True))


@pytest.mark.parametrize(
    ("holds", "trend", "vanishes", "outcome"),
    [
        (True, True, True, Outcome.HOLDS),
        (True, False, True, Outcome.HOLDS),
        (False, True, True, Outcome.TREND),
        (True, True, False, Outcome.NO),
        (False, True, False, Outcome.NO),
        (False, False, True, Outcome.NO),
    ],
)
def test_a_seed_counts_only_if_the_effect_vanishes_in_the_control(holds, trend, vanishes, outcome):
    assert stated(holds=holds, trend=trend, vanishes=vanishes).outcome == outcome


H, T, N, F = Outcome.HOLDS, Outcome.TREND, Outcome.NO, Outcome.FAILED


@pytest.mark.parametrize(
    ("outcomes", "proxy", "said"),
    [
        ([H] * 10, False, "reproduced (10 of 10 seeds)"),
        ([H] * 9 + [N], False, "reproduced (9 of 10 seeds)"),
        ([H] * 8 + [N] * 2, False, "not reproduced (8 of 10 seeds)"),
        ([H] * 8 + [T] * 2, False, "trend (10 of 10 seeds)"),
        ([H] * 8 + [T, N], False, "trend (9 of 10 seeds)"),
        ([H] * 9 + [F], False, "reproduced (9 of 10 seeds, 1 of them failed)"),
        ([H] * 8 + [F] * 2, False, "not reproduced (8 of 10 seeds, 2 of them failed)"),
        ([H] * 10, True, "proxy (10 of 10 seeds)"),
        ([T] * 10, True, "proxy (10 of 10 seeds)"),
        ([N] * 10, True, "not reproduced (0 of 10 seeds)"),
        ([H], False, "reproduced (1 of 1 seed)"),
        ([H] * 4 + [N], False, "not reproduced (4 of 5 seeds)"),
    ],
)
def test_a_verdict_needs_nine_seeds_in_ten(outcomes, proxy, said):
    assert str(verdict(outcomes, proxy=proxy)) == said


def test_no_seed_gives_no_verdict():
    with pytest.raises(CourseError, match="at least one seed"):
        verdict([])


def run(seed: int, failed: str | None = None) -> SeedRun:
    return SeedRun(
        seed=seed, seconds=1.5, date=date(2026, 1, 2), versions={"torch": "2.13.0"}, failed=failed
    )


def ledger(*claims: Claim) -> Ledger:
    made = Ledger(slug="attention", scale="small", code="c0de")
    for seed, entry in enumerate(claims):
        made.add(run(seed), [entry])
    return made


def test_a_ledger_is_read_back_as_it_was_written(tmp_path):
    made = ledger(stated(), stated(holds=False))
    made.add(run(7, failed="ZeroDivisionError: division by zero"), [])
    write_ledger(made, ledger_file("attention", folder=tmp_path))
    assert read_ledger("attention", folder=tmp_path) == made
    assert ledgers(tmp_path) == [made]
    assert made.outcomes("attention.recall") == [H, T, F]
    assert read_ledger("attention", "full", folder=tmp_path) is None


def test_a_ledger_that_was_edited_by_hand_is_refused_by_name(tmp_path):
    path = ledger_file("attention", folder=tmp_path)
    path.write_text('{"slug": "attention", "verdict": "reproduced"}', "utf-8")
    with pytest.raises(CourseError, match=r"attention\.json is no ledger"):
        read_ledger("attention", folder=tmp_path)


def test_a_claim_must_say_the_same_at_every_seed():
    made = ledger(stated())
    with pytest.raises(CourseError, match="worded otherwise at seed 9"):
        made.add(run(9), [stated(says="It recalls 0.93.")])


def test_a_seed_that_crashed_after_the_claim_counts_as_failed_and_keeps_its_values():
    made = ledger(stated())
    made.add(run(3, failed="MemoryError"), [stated()])
    assert made.outcomes("attention.recall") == [H, F]
    assert [seed for seed, _ in made.at_seeds("attention.recall")] == [0, 3]


def test_a_claim_stated_twice_is_an_error():
    with pytest.raises(CourseError, match="twice"):
        ledger().add(run(1), [stated(), stated()])


def test_an_unknown_claim_has_no_verdict_and_the_known_ones_are_listed():
    with pytest.raises(CourseError, match=r"attention\.recall"):
        ledger(stated()).verdict("attention.recal")


# The hash of the code.


def chapter(folder, *cells: str, seed: int = 0):
    notebook = nbformat.v4.new_notebook()
    parameters = nbformat.v4.new_code_cell(f"SEED = {seed}")
    parameters.metadata.tags = ["parameters"]
    notebook.cells = [parameters, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"Seed {seed}"))
    nbformat.write(notebook, folder / "toy.ipynb")


@pytest.fixture
def tree(tmp_path):
    """A tree whose chapter imports one module, which imports another in a function."""
    package = tmp_path / "paperclub"
    for name in ("nn", "data", "widgets"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("", "utf-8")
    (package / "__init__.py").write_text('"""The library."""\n', "utf-8")
    (package / "nn" / "heads.py").write_text(
        "def f():\n    from ..data import facts\n    return facts.N\n", "utf-8"
    )
    (package / "data" / "facts.py").write_text("N = 3\n", "utf-8")
    (package / "data" / "other.py").write_text("M = 3\n", "utf-8")
    (package / "widgets" / "bars.py").write_text("W = 3\n", "utf-8")
    chapter(tmp_path, "from paperclub.nn.heads import f\nimport paperclub.widgets.bars", "x = f()")
    return tmp_path


def hash_of(tree) -> str:
    return code_hash("toy", chapters=tree, root=tree)


def test_imports_are_followed_through_functions_and_relative_names(tree):
    found = imported_modules(["from paperclub.nn.heads import f"], tree)
    assert set(found) == {"paperclub.nn.heads", "paperclub.data.facts"}


HANDS_ON = '''"""Blocks."""

from paperclub.nn.heads import f
from paperclub.nn.towers import g as tower

__all__ = ["f", "tower"]
'''


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("from paperclub.nn import f", {"heads"}),
        ("from paperclub.nn import tower", {"towers"}),
        ("from paperclub.nn import f, tower", {"heads", "towers"}),
        ("from paperclub.nn import towers", {"towers"}),
        ("from paperclub.nn import *", {"heads", "towers"}),
        ("import paperclub.nn", {"heads", "towers"}),
        ("from paperclub import nn", {"heads", "towers"}),
        ("import paperclub.nn.heads", {"heads"}),
    ],
)
def test_a_package_that_hands_names_on_is_looked_through(tree, said, wanted):
    nn = tree / "paperclub" / "nn"
    (nn / "__init__.py").write_text(HANDS_ON, "utf-8")
    (nn / "towers.py").write_text("def g():\n    return 1\n", "utf-8")
    found = imported_modules([said], tree)
    assert {name.rpartition(".")[2] for name in found if ".nn." in name} == wanted
    assert "paperclub.nn" not in found
    (nn / "__init__.py").write_text(HANDS_ON + "print('it does something')\n", "utf-8")
    assert {"paperclub.nn", "paperclub.nn.heads", "paperclub.nn.towers"} <= set(
        imported_modules([said], tree)
    )


def test_a_package_that_finds_names_when_asked_counts_with_all_its_modules(tree):
    (tree / "paperclub" / "data" / "__init__.py").write_text(
        "def __getattr__(name):\n    return name\n", "utf-8"
    )
    found = imported_modules(["from paperclub.data import anything"], tree)
    assert {"paperclub.data", "paperclub.data.facts", "paperclub.data.other"} == set(found)


def test_parts_that_are_left_out_are_not_followed(tree):
    found = imported_modules(["from paperclub.nn.heads import f"], tree, without=["data"])
    assert set(found) == {"paperclub.nn.heads"}


@pytest.mark.parametrize("module", ["nn/heads.py", "data/facts.py", "nn/__init__.py"])
def test_a_change_in_an_imported_module_changes_the_hash(tree, module):
    before = hash_of(tree)
    path = tree / "paperclub" / module
    path.write_text(path.read_text("utf-8") + "\nEXTRA = 1\n", "utf-8")
    assert hash_of(tree) != before


def test_a_changed_cell_changes_the_hash(tree):
    before = hash_of(tree)
    chapter(tree, "from paperclub.nn.heads import f\nimport paperclub.widgets.bars", "x = f() + 1")
    assert hash_of(tree) != before


def test_what_cannot_change_a_number_does_not_change_the_hash(tree):
    before = hash_of(tree)
    (tree / "paperclub" / "widgets" / "bars.py").write_text("W = 4\n", "utf-8")
    (tree / "paperclub" / "data" / "other.py").write_text("M = 4\n", "utf-8")
    (tree / "paperclub" / "data" / "facts.py").write_text(
        '"""Three facts."""\n\nN  =  3  # as in the paper\n', "utf-8"
    )
    chapter(
        tree,
        "from paperclub.nn.heads import f\nimport paperclub.widgets.bars",
        "x = f()  # a remark",
        seed=5,
    )
    assert hash_of(tree) == before


def test_a_rooms_figure_does_not_change_the_hash(tree):
    before = hash_of(tree)
    notebook = nbformat.read(tree / "toy.ipynb", as_version=4)
    figure = nbformat.v4.new_code_cell(
        "from paperclub.widgets import HandCount\nHandCount('q', 'ab')"
    )
    figure.metadata.tags = ["facilitator"]
    notebook.cells.insert(1, figure)
    nbformat.write(notebook, tree / "toy.ipynb")
    assert hash_of(tree) == before


def test_what_a_chapter_shows_a_room_changes_no_number():
    """A cell outside the hash imports figures and shows one; it assigns nothing."""
    from paperclub import widgets

    for path in paths.CHAPTERS.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code" or "facilitator" not in cell.metadata.get("tags", []):
                continue
            *imports, shown = ast.parse(cell.source).body
            assert isinstance(shown, ast.Expr) and isinstance(shown.value, ast.Call), path
            assert all(isinstance(one, ast.ImportFrom) for one in imports), path
            assert {one.module for one in imports} == {"paperclub.widgets"}, path
            assert issubclass(getattr(widgets, shown.value.func.id), widgets.Figure), path
            exec(compile(cell.source, str(path), "exec"), {})


def test_a_cell_with_a_magic_command_is_hashed_as_text(tree):
    chapter(tree, "%timeit 1")
    before = hash_of(tree)
    chapter(tree, "%timeit 2")
    assert hash_of(tree) != before


def test_a_chapter_that_is_not_there_has_no_hash(tree):
    with pytest.raises(CourseError, match=r"nothing\.ipynb does not exist"):
        code_hash("nothing", chapters=tree, root=tree)


# What a chapter's page says of the record.


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("paperclub.ledger.records.LEDGER", tmp_path)
    return tmp_path


def test_without_a_record_the_page_says_how_to_make_one(folder):
    assert recorded(stated()) == (
        "At one seed so far, this one; python course.py claims attention runs more."
    )


@pytest.mark.parametrize("stale", [False, True])
def test_the_record_stands_beside_this_seed_and_says_when_it_is_stale(folder, monkeypatch, stale):
    write_ledger(ledger(stated(), stated()), ledger_file("attention"))
    monkeypatch.setattr(
        "paperclub.ledger.show.code_hash", lambda slug: "other" if stale else "c0de"
    )
    sentence = recorded(stated())
    assert sentence.startswith("Reproduced (2 of 2 seeds), last run on 2026-01-02.")
    assert ("Stale: the code has changed since" in sentence) == stale


def test_a_broken_record_is_said_and_the_claim_is_still_shown(folder):
    ledger_file("attention").write_text("{", "utf-8")
    assert "Cannot be read" in claim_html(stated())


def test_what_was_never_measured_at_full_scale_is_said_with_the_command(folder):
    write_ledger(ledger(stated()), ledger_file("attention"))
    shown = repr(at_full_scale("attention.recall"))
    assert "At full scale" not in claim_html(stated())
    assert "python course.py claims attention --scale full --seeds 1" in shown
    assert "seed 0" not in shown.lower(), "the ledger at small scale is another one"


@pytest.mark.parametrize("stale", [False, True])
def test_the_record_at_full_scale_names_its_seed_its_numbers_and_its_command(
    folder, monkeypatch, stale
):
    made = ledger(stated(says="<b>", stand_in="<img>", measured={"a < b": 0.98765, "c": 2.0}))
    write_ledger(made, ledger_file("attention", "full"))
    monkeypatch.setattr(
        "paperclub.ledger.show.code_hash", lambda slug: "other" if stale else "c0de"
    )
    shown = at_full_scale("attention.recall")
    assert "Seed 0: a < b: 0.988; c: 2\n  Control: accuracy: 0.2\n" in repr(shown)
    assert "Reproduced (1 of 1 seed). By python course.py claims attention" in repr(shown)
    assert ("Stale" in repr(shown)) == stale
    html = shown._repr_html_()
    assert "a &lt; b: 0.988<br>c: 2" in html
    assert "<img" not in html
    small = claim_html(stated())
    assert "Seed 0: a &lt; b: 0.988; c: 2<br>Control: accuracy: 0.2<br>Recorded: Reprod" in small
    assert "<img" not in small


def test_a_broken_record_at_full_scale_is_said(folder):
    (folder / "full").mkdir()
    ledger_file("attention", "full").write_text("{", "utf-8")
    assert "Cannot be read" in repr(at_full_scale("attention.recall"))

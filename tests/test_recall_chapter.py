"""The chapter lost-in-the-middle without its model, and with a reader's own facts."""

import ast

import pytest
from nbformat import read

from paperclub import models, paths
from paperclub.errors import CourseError

CELLS = {
    cell.id: cell
    for cell in read(paths.CHAPTERS / "lost-in-the-middle.ipynb", as_version=4).cells
    if cell.cell_type == "code"
}
PLACED = [("Anna", 123), ("Paul", 457), ("Rose", 901), ("Carl", 314), ("Max", 272)]


def run(names: dict, *cells: str) -> object:
    """Run cells as a kernel does; return what the last one gives."""
    value = None
    for cell in cells:
        *before, last = ast.parse(CELLS[cell].source).body
        shown = isinstance(last, ast.Expr)
        exec(compile(ast.Module(before if shown else [*before, last], []), cell, "exec"), names)
        value = eval(compile(ast.Expression(last.value), cell, "eval"), names) if shown else None
    return value


def missing(name):
    raise models.ModelMissing("SmolLM2 is not on this machine.")


@pytest.fixture
def without_model(monkeypatch, capsys):
    """The chapter's names, with no model on this machine."""
    monkeypatch.setattr(models, "load", missing)
    names: dict = {}
    run(names, "parameters", "imports", "load")
    assert "RECORDED" in capsys.readouterr().out
    return names


@pytest.mark.slow
def test_the_cause_is_stated_and_checked_without_the_model(without_model, capsys):
    stated = run(
        without_model,
        "state",
        "tiny-model",
        "tiny-train",
        "tiny-run",
        "tiny-arms",
        "claim-training",
    )
    assert stated.id == "lost-in-the-middle.training-places"
    assert stated.holds and stated.vanishes
    assert "no claim is made" not in capsys.readouterr().out


def test_a_claim_about_the_model_is_not_stated_without_it(without_model, capsys):
    run(without_model, "state")
    assert without_model["state"]("ends") is None
    assert "no claim is made" in capsys.readouterr().out


def by_letters(text):
    """A tokenizer that gives each word of more than five letters two tokens."""
    return {
        "input_ids": [len(part) for word in text.split() for part in (word[:5], word[5:]) if part]
    }


@pytest.fixture
def own():
    """The chapter's check of a reader's own facts."""
    names: dict = {"tokenizer": by_letters}
    run(names, "parameters", "imports", "facts", "make-list", "ask", "own-check")
    return names["checked"]


def test_facts_that_can_be_asked_are_given_back(own):
    assert own(PLACED) == PLACED


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ([*PLACED[:3], ("Bartholomew", 200), ("<b>Josephine", 300)],
         "^Bartholomew, <b>Josephine: more tokens than Anna has.*such as Alice"),
        (PLACED[:4], "4 facts about 4 names; 5, 10, 15 or 20"),
        ([*PLACED[:4], ("Anna", 200)], "5 facts about 4 names"),
        ([*PLACED[:3], ("Max", 12), ("Rob", "123")], "12, 123: only numbers from 100 to 999"),
        (["Anna"], r"\(\"Anna\", 123\)"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_asked_are_named_with_what_to_do(own, facts, says):
    with pytest.raises(CourseError, match=says):
        own(facts)


def test_own_facts_without_the_model_say_so(without_model, capsys, monkeypatch):
    import torch

    names = without_model | {"my_facts": PLACED}
    names |= {
        "live": {"facts, 20": torch.zeros(1, 5, 20)},
        "spots": [1],
        "alone": torch.zeros(2, 1),
    }
    source = CELLS["own-facts"].source.replace("my_facts = []", "my_facts = my_facts")
    monkeypatch.setitem(CELLS, "own-facts", type(CELLS["own-facts"])(source=source))
    figure = run(names, "own-facts")
    assert "Without SmolLM2 your facts cannot be asked" in capsys.readouterr().out
    assert figure.names == ["facts, 20"]

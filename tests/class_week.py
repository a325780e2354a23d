"""A small week for tests of grading: one exercise of three parts, worth 10 points, in one place."""

import functools
import json
import math

import torch

from paperclub.exercises import recorded
from paperclub.exercises.notion import Case, Exercise, Mistake
from paperclub.grading.judging import Week
from paperclub.grading.notebook import asked_in

SLUG = "a-class"


def causal_mask(positions):
    return torch.ones(positions, positions, dtype=torch.bool).tril()


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v


def no_scale(q, k, v, mask=None):
    return attention(q * math.sqrt(q.shape[-1]), k, v, mask)


def transposed(positions):
    return causal_mask(positions).T


def mask_cases(seed):
    return [Case(f"{n} positions", {"positions": n}) for n in (1, 2 + seed % 3, 5)]


def attention_cases(seed):
    random = torch.Generator().manual_seed(seed)

    def inputs(*batch, mask=None):
        q, k, v = (torch.randn(*batch, 4, 3, generator=random) for _ in range(3))
        return {"q": q, "k": k, "v": v, "mask": mask}

    return [
        Case("4 positions", inputs()),
        Case("2 sequences, causal mask", inputs(2, mask=causal_mask(4))),
    ]


def exercise(name, asks, reference, cases, points, wrong, **more):
    return Exercise(
        id=f"{SLUG}.{name}", title=name.capitalize(), asks=(asks,), reference=reference,
        cases=cases, points=points, difficulty=1, importance=3, minutes=5,
        mistakes=(Mistake(f"mistaken {name}", wrong, f"A hint about {name}."),),
        hints=("One.", "Two."), symptoms=(("x", "y"),), covered="a few cases",
        next_step="what comes next.", why="Because.", **more,
    )  # fmt: skip


EXERCISES = (
    exercise("mask", "causal_mask", causal_mask, mask_cases, 4, transposed),
    exercise("seen", "attention", attention, attention_cases, 2, no_scale),
    exercise("unseen", "attention", attention, attention_cases, 4, no_scale, gradients=("q",)),
)

RIGHT_MASK = """def causal_mask(positions):
    return torch.ones(positions, positions, dtype=torch.bool).tril()
"""
RIGHT_ATTENTION = """def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
"""
STUB_MASK = "def causal_mask(positions):\n    ...  # your answer here\n"
STUB_ATTENTION = "def attention(q, k, v, mask=None):\n    ...  # your answer here\n"
IMPORTS = "import math\nimport torch\nfrom paperclub.learner import check\n"


def cell(source, name="", exercise="", kind="code", **nbgrader):
    """Return a cell; with a name, one of nbgrader's."""
    metadata = {}
    if name:
        about = {"grade_id": name, "grade": False, "locked": False, "solution": False}
        metadata["nbgrader"] = {**about, "schema_version": 3, "task": False, **nbgrader}
    if exercise:
        metadata["paperclub"] = {"exercise": f"{SLUG}.{exercise}"}
    found = {"cell_type": kind, "metadata": metadata, "source": source}
    if name:
        found["id"] = name
    if kind == "code":
        found |= {"outputs": [], "execution_count": None}
    return found


def answer(source, name, **more):
    return cell(source, name, name, solution=True, **more)


def check(name, points, source=""):
    source = source or f'check("{SLUG}.{name}", causal_mask)'
    return cell(source, f"{name}_check", name, grade=True, locked=True, points=points)


def cells(mask=RIGHT_MASK, attention=RIGHT_ATTENTION, top="", end=""):
    """Return a submission's cells, with code before and after the answers."""
    return [
        cell(IMPORTS),
        *([cell(top)] if top else []),
        answer(mask, "mask"),
        check("mask", 4),
        answer(attention, "seen"),
        check("seen", 2),
        check("unseen", 4),
        *([cell(end)] if end else []),
    ]


def notebook(cells):
    """Return a notebook's bytes."""
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(whole).encode()


RELEASED = notebook(cells(STUB_MASK, STUB_ATTENTION))


@functools.cache
def week():
    """Return the released week, with cases of two seeds to practise and of two that are hidden."""
    hidden = recorded.record(EXERCISES, lambda one: (101, 102))
    practice = recorded.record(EXERCISES, lambda one: (1, 2))
    return Week(SLUG, asked_in(RELEASED), recorded.read(hidden), recorded.read(practice))

"""A class in a folder: a released week and submissions, made without the course's own weeks."""

import functools
import json
import subprocess
import sys

import pytest

from paperclub.exercises import recorded
from paperclub.grading import kept
from paperclub.grading.folder import ClassFolder
from tests.class_week import EXERCISES, RELEASED, SLUG, cells, notebook


@functools.cache
def what_is_missing():
    """Say what this system lacks for the sandbox: in a container it may be closed; or nothing."""
    if sys.platform != "linux":
        return "the sandbox is Linux's"
    code = (
        "from paperclub.grading.sandbox import layers, seccomp\nseccomp.program()\n"
        "layers.enter_namespaces()\nlayers.landlock_rules([], [])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


needs_sandbox = pytest.mark.skipif(bool(what_is_missing()), reason=what_is_missing())
WRONG_MASK = "def causal_mask(n):\n    return torch.ones(n, n).bool().triu()"


def released(root, version="one"):
    """Return a class to which the small week was released."""
    folder = ClassFolder(root / "class")
    folder.make()
    hidden = recorded.record(EXERCISES, folder.hidden_seeds)
    practice = recorded.record(EXERCISES, lambda one: (1, 2))
    about = {"week": SLUG, "version": version, "released": f"2026-01-01 {version}", "warm": [],
             "engine": kept.engine(), "with": kept.surroundings()}  # fmt: skip
    files = {"exercises.ipynb": RELEASED, "hidden.cases": hidden, "practice.cases": practice}
    folder.keep_release(SLUG, version, {**files, "release.json": json.dumps(about).encode()})
    return folder


def hand_in(root, students, wrong=()):
    """Write a folder for each student, and return what holds them."""
    for student in students:
        place = root / "in" / student / f"{SLUG}.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        given = cells(WRONG_MASK) if student in wrong else cells()
        # Two files of the same bytes are one file: every student's has a word of its own.
        place.write_bytes(notebook([*given, *cells(end=f"'{student}'")[-1:]]))
    return root / "in"

"""A copy of the course with one small chapter in it, for tests that build a book."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from running import write_notebook

from paperclub import paths

LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "_build", ".*")

CHAPTER = [
    ("markdown", "# Attention is all you need\n\nA chapter for a test."),
    ("code", 'SEED = 0\nSCALE = "small"'),
    ("code", 'from paperclub.curriculum import card\n\ncard("attention")'),
    ("markdown", "> **Predict.** What is two and two?\n\n> **Analogy.** A dorm’s shared washroom."),
    ("markdown", "> An ordinary quotation, with **Predict** inside it."),
    ("code", "print(2 + 2)"),
    ("markdown", "Mathematics: $\\sqrt{d}$ and [softmax](../book/glossary.md#softmax)."),
    ("code", 'from paperclub.learner import progress\n\nprogress("attention")'),
    (
        "markdown",
        '<details class="facilitator"><summary>For the facilitator</summary>\n\n'
        "Stop **here** for two minutes.\n\n</details>",
    ),
]


def copy_course(to: Path, cells: list[tuple[str, str]] | None = CHAPTER) -> Path:
    """Copy what a book is built from to ``to``; ``cells`` make its chapter, None leaves none."""
    for folder in (paths.ROOT / "paperclub", paths.BOOK):
        shutil.copytree(folder, to / folder.name, ignore=LEFT_OUT)
    shutil.copy(paths.ROOT / "_config.yml", to)
    for folder in (paths.CHAPTERS, paths.EXERCISES, paths.SOLUTIONS):
        (to / folder.name).mkdir()
    for ledger in (to / "book" / "ledger").glob("*.json"):
        ledger.unlink()
    if cells is not None:
        write_notebook(to / "chapters" / "attention.ipynb", cells)
    return to


def course(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the course's copy under ``root``."""
    return subprocess.run(
        [sys.executable, "-m", "paperclub.cli", *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )

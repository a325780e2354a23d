"""A course of one week in a folder of its own, and a learner's notebooks in it."""

import json
from pathlib import Path

from paperclub import paths
from paperclub.learner import placing
from paperclub.learner.copies import ensure_copies


def notebook(*cells: tuple[str, str, str]) -> dict:
    """Make a notebook of (id, kind, source) cells."""
    made = []
    for cell_id, kind, source in cells:
        cell = {"id": cell_id, "cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        made.append(cell)
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


FIRST = notebook(
    ("title", "markdown", "# Attention\n\nSee [exercises](../exercises/attention.ipynb)."),
    ("scale", "markdown", "## Without the scale, softmax stops listening"),
    ("code", "code", "answer = ..."),
)
SECOND = notebook(
    ("title", "markdown", "# Attention\n\nSee [exercises](../exercises/attention.ipynb)."),
    ("scale", "markdown", "## Without the scale, softmax stops listening"),
    ("code", "code", "answer = ...  # in radians"),
    ("more", "markdown", "## Break it\n```python\n# not a heading\n```"),
)


def write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def answer(path: Path, text: str) -> None:
    """Write an answer into the last cell, as a learner would."""
    content = read(path)
    content["cells"][-1]["source"] = text
    write(path, content)


def run_cells(path: Path) -> None:
    """Leave behind what running leaves behind."""
    content = read(path)
    for cell in content["cells"]:
        cell["metadata"] = {"collapsed": True, "execution": {"iopub.status.busy": "now"}}
        if cell["cell_type"] == "code":
            cell["execution_count"] = 3
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["hello"]}]
    content["cells"].append(notebook(("empty", "code", "  \n"))["cells"][0])
    content["metadata"] = {"widgets": {"state": {"a": 1}}}
    write(path, content)


def new_version(content: dict = SECOND) -> None:
    write(paths.CHAPTERS / "attention.ipynb", content)


def everything_in_work() -> str:
    texts = []
    for path in sorted(paths.WORK.rglob("*.ipynb")):
        if path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(texts)


def make_course(tmp_path, monkeypatch):
    """A course of one week in a folder of its own, with an awkward name."""
    root = tmp_path / "ein Kurs für alle"
    for name in ("CHAPTERS", "EXERCISES", "WORK"):
        monkeypatch.setattr(paths, name, root / name.lower())
    monkeypatch.setattr(placing, "today", lambda: "2026-11-22")
    write(paths.CHAPTERS / "attention.ipynb", FIRST)
    write(paths.EXERCISES / "attention.ipynb", FIRST)
    return root


def make_chapter(course):
    """The learner's copy of the chapter."""
    ensure_copies()
    return paths.WORK / "chapters" / "attention.ipynb"

"""Committed notebooks hold what a person wrote, and nothing that a run left behind."""

import copy
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.paths import ROOT

FOLDERS = ("chapters", "solutions", "exercises")
CHECKED = "nbval-check-output"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}

# What a person sets, or a tool of ours reads; everything else is left behind by some editor.
NOTEBOOK_METADATA = {"paperclub"}
CELL_METADATA = {"deletable", "editable", "mystnb", "nbgrader", "paperclub", "slideshow", "tags"}
CELL_FOLDING = {"source_hidden", "outputs_hidden"}


def format_all(check: bool = False, root: Path = ROOT) -> int:
    """Format the notebooks of ``chapters/``, ``solutions/`` and ``exercises/``.

    Args:
        check: Change nothing; name the files that would change, and what would.
        root: The checkout.

    Returns:
        The exit code: 1 if ``check`` found something to change, else 0.

    Raises:
        CourseError: A file is no notebook.
    """
    console = Console(soft_wrap=True, highlight=False)
    changed = 0
    paths = list(committed_notebooks(root))
    for path in paths:
        before = path.read_text("utf-8")
        notebook = read_notebook(path)
        formatted = format_notebook(notebook)
        after = dumps(formatted)
        if after == before:
            continue
        changed += 1
        what = ", ".join(differences(notebook, formatted)) or "the layout of the file"
        verb = "would change" if check else "formatted"
        console.print(escape(f"{path.relative_to(root)}: {verb}: {what}"))
        if not check:
            write_atomically(path, after)
    if not changed:
        console.print(f"Formatted already: {len(paths)} of {len(paths)} notebooks.")
    elif check:
        console.print("To format them: python course.py format-notebooks")
    return 1 if check and changed else 0


def committed_notebooks(root: Path = ROOT) -> Iterator[Path]:
    """Yield the notebooks that the repository holds, in a stable order."""
    for folder in FOLDERS:
        yield from sorted((root / folder).glob("*.ipynb"))


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in ``path``, brought to nbformat 4.

    Raises:
        CourseError: It cannot be read, or is no notebook; the message names the file.
    """
    try:
        # nbformat.reads would give missing ids at random; the reader leaves them missing.
        notebook = nbformat.reader.reads(path.read_text("utf-8"))
        if notebook.nbformat != 4:
            notebook = nbformat.convert(notebook, 4)
        nbformat.validate(format_notebook(notebook))
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise CourseError(
            f"{path} is no notebook ({reason}). Bring it back with git checkout, or look for "
            "merge markers (<<<<<<<) in it."
        ) from error
    return notebook


def dumps(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file: keys sorted, one space of indent, a line end last."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def format_notebook(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without what a run or an editor left behind; formatting twice changes nothing.

    Sources stay as they are. Cells tagged ``nbval-check-output`` keep their text outputs, all
    others none. Valid cell ids stay; a missing, invalid or repeated one is derived from the
    cell's content.
    """
    kept = {key: notebook.metadata[key] for key in NOTEBOOK_METADATA & notebook.metadata.keys()}
    constant = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO}
    formatted = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": copy.deepcopy(kept) | constant,
            "cells": [_format_cell(cell) for cell in notebook.cells],
        }
    )
    taken: set[str] = set()
    for cell in formatted.cells:
        cell.id = _stable_id(cell, taken)
        taken.add(cell.id)
    return formatted


def differences(before: NotebookNode, after: NotebookNode) -> list[str]:
    """Return in a few words each what formatting changed."""
    pairs = list(zip(before.cells, after.cells, strict=True))
    count = {
        "outputs of {}": sum(a.get("outputs") != b.get("outputs") for a, b in pairs),
        "execution counts of {}": sum(
            a.get("execution_count") != b.get("execution_count") for a, b in pairs
        ),
        "metadata of {}": sum(a.metadata != b.metadata for a, b in pairs),
        "ids of {}": sum(a.get("id") != b.id for a, b in pairs),
    }
    said = [
        text.format(f"{number} cell{'' if number == 1 else 's'}")
        for text, number in count.items()
        if number
    ]
    if "widgets" in before.metadata:
        said.append("widget state")
    if {**before.metadata, "widgets": None} != {**after.metadata, "widgets": None}:
        said.append("metadata of the notebook")
    if (before.nbformat, before.nbformat_minor) != (after.nbformat, after.nbformat_minor):
        said.append("version of the format")
    return said


def _format_cell(cell: NotebookNode) -> NotebookNode:
    formatted = NotebookNode(
        cell_type=cell.cell_type,
        metadata=_cell_metadata(cell.metadata),
        source=cell.source,
    )
    if "id" in cell:
        formatted.id = cell.id
    if "attachments" in cell and cell.attachments:
        formatted.attachments = copy.deepcopy(cell.attachments)
    if cell.cell_type == "code":
        checked = CHECKED in cell.metadata.get("tags", [])
        formatted.outputs = _text_outputs(cell.outputs) if checked else []
        # nbval compares outputs only where a count says that a run gave them; counts begin at 1,
        # so a 0 tells this one from a run of the reader's.
        formatted.execution_count = 0 if formatted.outputs else None
    return formatted


def _cell_metadata(metadata: NotebookNode) -> NotebookNode:
    kept = NotebookNode(
        {key: copy.deepcopy(metadata[key]) for key in CELL_METADATA & metadata.keys()}
    )
    folding = metadata.get("jupyter", {})
    folded = {key: True for key in CELL_FOLDING & folding.keys() if folding[key]}
    return NotebookNode(kept | {"jupyter": folded}) if folded else kept


def _text_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return what was printed, and the text of what was shown; an image or a widget has none."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
            else:
                kept.append(nbformat.v4.new_output("stream", name="stdout", text=output.text))
        elif output.output_type in ("execute_result", "display_data"):
            drawn = any(kind.startswith("image/") or "widget" in kind for kind in output.data)
            if "text/plain" in output.data and not drawn:
                data = {"text/plain": output.data["text/plain"]}
                kept.append(nbformat.v4.new_output(output.output_type, data=data))
    return kept


def _stable_id(cell: NotebookNode, taken: set[str]) -> str:
    old = cell.get("id")
    if isinstance(old, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", old) and old not in taken:
        return old
    repeat = 0
    while True:
        content = f"{cell.cell_type}\n{cell.source}\n{repeat}"
        derived = hashlib.sha256(content.encode()).hexdigest()[:8]
        if derived not in taken:
            return derived
        repeat += 1

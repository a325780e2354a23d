"""What is measured: figures of one text, on pages built as the book's are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.widgets import AttentionExplorer, AttentionHeads
from paperclub.widgets.attention_explorer import MODEL, SENTENCES
from paperclub.widgets.looks import Look, look_at

LAYER = 1  # the one whose heads AttentionHeads shows
TEXT = (
    "My lord, the king is dead, and the queen is dead, and all the lords that "
    "swore to keep the king have gone to the sea. What say you to my suit? What "
    "say you to my love, my lord? I say the king is dead, my lord."
)
HEADS, EXPLORER, SIX = "heads", "explorer", "six"
_CELL = "from paperclub.bench.figures.specimens import {0}\n{0}()"
PAGES = {HEADS: [HEADS], EXPLORER: [EXPLORER], SIX: [HEADS] * 4 + [EXPLORER] * 2}


def look() -> Look:
    """Return the 64 tokens of the text and what the course's model gives for them."""
    return look_at(MODEL, TEXT)


def attentions() -> np.ndarray:
    """Return the weights (layer, head, query, key) of all layers."""
    return look().weights


def heads() -> AttentionHeads:
    """Return the figure of one layer: 64 tokens × 8 heads."""
    return AttentionHeads(attentions()[None, LAYER], [look().tokens])


def explorer() -> AttentionExplorer:
    """Return the figure of all layers, which starts from the same 64 tokens."""
    return AttentionExplorer([TEXT, *SENTENCES[:2]])


def sentence_of(tokens: int) -> str:
    """Return the longest start of the text that has fewer than ``tokens`` tokens.

    One more character then makes it about ``tokens`` long.
    """
    words = TEXT.split()
    starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next(start for start in starts if len(look_at(MODEL, start).tokens) < tokens)


def build_pages(folder: Path) -> Path:
    """Build a small book of ``PAGES`` in ``folder``, with the course's own settings.

    Returns:
        The folder with the HTML: ``heads.html``, ``explorer.html``, ``six.html``.

    Raises:
        CourseError: It does not build; the message ends with what was said last.
    """
    for name, figures in PAGES.items():
        cells = [new_markdown_cell(f"# {name}\n\nWith $a^2 + b^2$ beside it.")]
        cells += [new_code_cell(_CELL.format(figure)) for figure in figures]
        python = {"name": "python3", "display_name": "Python 3"}
        notebook = new_notebook(cells=cells, metadata={"kernelspec": python})
        nbformat.write(notebook, folder / f"{name}.ipynb")
    shutil.copytree(paths.BOOK / "static", folder / "book" / "static")
    shutil.copytree(paths.BOOK / "ext", folder / "book" / "ext")
    shutil.copy(paths.ROOT / "_config.yml", folder / "_config.yml")
    first, *others = PAGES
    chapters = "".join(f"- file: {name}\n" for name in others)
    toc = f"format: jb-book\nroot: {first}\nchapters:\n{chapters}"
    (folder / "toc.yml").write_text(toc, "utf-8")
    code = "from jupyter_book.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "build", ".", "--toc", "toc.yml", "-W", "--keep-going"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(paths.ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise CourseError(f"The pages to measure do not build:\n{done.stderr[-2000:]}")
    return folder / "_build" / "html"

"""A small book with figures, built with the course's own settings, for the browser tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from ipywidgets import Widget
from ipywidgets.embed import dependency_state
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from specimens import every_specimen, value_of

from paperclub import paths
from paperclub.widgets.page import PLAIN as STATE
from paperclub.widgets.page import VIEW

HEADS = every_specimen()["attention_heads"]
DATA, FIGURE = HEADS.cells

PLAIN = """
import ipywidgets as widgets
widgets.VBox([widgets.IntSlider(value=3, description="steps"), widgets.HTMLMath("$x^2$")])
"""


def notebook(*cells: str) -> nbformat.NotebookNode:
    """Return a notebook: cells that start with ``#`` are Markdown, the others code."""
    made = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    make = {True: new_markdown_cell, False: new_code_cell}
    made.cells = [make[text.startswith("# ")](text.strip()) for text in cells]
    return made


def show_figures(page: nbformat.NotebookNode) -> None:
    """Give a notebook the outputs and the widget state that a kernel would have given it.

    The cells are run here: a kernel for each page takes longer than everything else.
    """
    page.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    names: dict = {}
    shown = []
    for cell in page.cells:
        if cell.cell_type != "code":
            continue
        value = value_of(cell.source, names)
        if isinstance(value, Widget):
            shown.append(value)
            view = {"version_major": 2, "version_minor": 0, "model_id": value.model_id}
            cell.outputs = [new_output("display_data", {VIEW: view, "text/plain": repr(value)})]
    if shown:
        state = dependency_state(shown, drop_defaults=False)
        saved = {"version_major": 2, "version_minor": 0, "state": state}
        page.metadata["widgets"] = {STATE: saved}


PAGES = {
    "figure": ("# A figure\n\nWith $a^2 + b^2$ beside it.", DATA, FIGURE),
    "again": ("# The same figure again", DATA, FIGURE),
    "plain": ("# Plain widgets\n\n$x$", PLAIN),
    "words": ("# Only words",),
}


def build_figure_book(
    folder: Path, cells: dict[str, tuple[str, ...]] = PAGES, with_kernels: bool = False
) -> Path:
    """Build a book of pages in ``folder``; ``cells`` gives for each the cells of its notebook.

    The first page is the book's root. By default there are figures on two pages, plain widgets on
    one, and neither on the last. ``with_kernels`` has the build execute the notebooks, as the
    course's own book does.

    Returns:
        The folder with the HTML.
    """
    pages = {name: notebook(*texts) for name, texts in cells.items()}
    root = next(iter(pages))
    for name, content in pages.items():
        if not with_kernels:
            show_figures(content)
        nbformat.write(content, folder / f"{name}.ipynb")
    shutil.copytree(paths.BOOK / "static", folder / "book" / "static")
    shutil.copytree(paths.BOOK / "ext", folder / "book" / "ext")
    settings = (paths.ROOT / "_config.yml").read_text("utf-8")
    if not with_kernels:
        settings = settings.replace("execute_notebooks: cache", "execute_notebooks: off")
    (folder / "_config.yml").write_text(settings, "utf-8")
    others = "".join(f"- file: {name}\n" for name in list(pages)[1:])
    chapters = f"chapters:\n{others}" if others else ""
    (folder / "toc.yml").write_text(f"format: jb-book\nroot: {root}\n{chapters}", "utf-8")
    code = "from jupyter_book.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "build", ".", "--toc", "toc.yml", "-W", "--keep-going"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(paths.ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise AssertionError(f"the book of figures does not build:\n{done.stdout}\n{done.stderr}")
    return folder / "_build" / "html"

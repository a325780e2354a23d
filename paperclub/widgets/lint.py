"""What a chapter and a figure must not do, because on a static page it fails without a word.

``interact`` and Python's ``observe`` need a kernel: on a page the slider moves and the output
stays, which teaches something false. A module that imports from another host is an empty box
offline.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

EXCUSE = "# lesson does not depend on this:"
KERNEL_ONLY = {"interact", "interactive", "interactive_output", "interact_manual", "observe"}

# Addresses that are names or words, never loaded: XML's namespaces, and texts in others' messages.
ONLY_WORDS = {
    "http://www.w3.org/2000/svg",
    "https://evilmartians.com/chronicles/postcss-8-plugin-migration",
    "https://github.com/apostrophecms/sanitize-html/issues/547",
    "https://github.com/jupyter-widgets/ipywidgets.git",
    "https://www.w3ctech.com/topic/2226",
}

_ADDRESS = re.compile(
    r"""https?://[\w.-]+\.[^\s"'`()<>]*|(?<=["'`(])//[\w-]+\.[\w.-]+/[^\s"'`()]*"""
)


def lint_notebook(path: Path) -> list[str]:
    """Return what is wrong with the code cells of a notebook, as ``file, cell n: what``."""
    notebook = nbformat.read(path, as_version=4)
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or _excused(cell.source):
            continue
        for name in _kernel_only(cell.source):
            problems.append(
                f"{path.name}, cell {number}: {name} does nothing on a page without a kernel. Put "
                f"the logic into the figure's JavaScript, or say in the cell: {EXCUSE} …"
            )
    return problems


def lint_module(path: Path) -> list[str]:
    """Return the addresses in a JavaScript or CSS file: a figure must carry all that it needs."""
    text = path.read_text(encoding="utf-8")
    return [
        f"{path.name}, line {text.count(chr(10), 0, found.start()) + 1}: {found.group(0)} lies on "
        "another host. Put what it gives into the bundle (npm install, then npm run build)"
        for found in _ADDRESS.finditer(text)
        if found.group(0) not in ONLY_WORDS
    ]


def _excused(source: str) -> bool:
    """Tell whether a cell gives its reason: the words alone, with nothing after them, are none."""
    return any(
        line.strip().startswith(EXCUSE) and line.strip().removeprefix(EXCUSE).strip()
        for line in source.splitlines()
    )


def _kernel_only(source: str) -> Iterator[str]:
    """Yield the names in a cell that need a kernel, each once."""
    try:
        tree = ast.parse(_without_magics(source))
    except SyntaxError:
        # A cell in another language, or one that is wrong on purpose: search its words.
        yield from sorted(KERNEL_ONLY & set(re.findall(r"\w+", source)))
        return
    seen = set()
    for node in ast.walk(tree):
        seen |= _names(node) & KERNEL_ONLY
    yield from sorted(seen)


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Call):
        called = node.func
        return {getattr(called, "attr", getattr(called, "id", ""))}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        decorators = (getattr(item, "func", item) for item in node.decorator_list)
        return {getattr(item, "attr", getattr(item, "id", "")) for item in decorators}
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ipywidgets"):
        return {alias.name for alias in node.names}
    return set()


def _without_magics(source: str) -> str:
    """Return a cell's Python: lines for IPython (``%…``, ``!…``) emptied, so that numbers stay."""
    lines = source.splitlines()
    return "\n".join("pass" if line.lstrip()[:1] in {"%", "!", "?"} else line for line in lines)

"""A hash of the code that can change a chapter's numbers.

It covers the chapter's code cells but those of ``UNCOUNTED`` tags, and the sources of the
``paperclub`` modules that they import, directly or through others. Left out is what cannot change
a number: Markdown, comments, docstrings, layout, the packages of ``PRESENTATION``, what finds and
writes files (``FILES``), and a room's figure (tag ``facilitator``), which assigns nothing; a test
holds the chapters to that. Data files that a module reads are not covered.
"""

import ast
import hashlib
import json
from pathlib import Path

from paperclub.errors import CourseError
from paperclub.ledger.imports import imported_modules, parse
from paperclub.paths import CHAPTERS, ROOT

UNCOUNTED = {"parameters", "facilitator"}
PRESENTATION = ("curriculum", "learner", "ledger", "widgets")
FILES = ("errors", "files", "paths")
_IGNORED_FIELDS = {"type_params", "type_ignores", "type_comment", "kind"}


def code_hash(slug: str, *, chapters: Path = CHAPTERS, root: Path = ROOT) -> str:
    """Return the hash (16 hexadecimal digits) of the code behind a chapter's numbers.

    Args:
        slug: The chapter.
        chapters: The folder of chapters.
        root: The folder that holds the ``paperclub`` package.

    Raises:
        CourseError: The chapter is not written, or is no notebook.
    """
    cells = _code_cells(chapters / f"{slug}.ipynb")
    digest = hashlib.sha256()
    for source in cells:
        digest.update(essence(source).encode())
    for module, path in sorted(imported_modules(cells, root, PRESENTATION + FILES).items()):
        digest.update(f"\n{module}\n{essence(path.read_text('utf-8'))}".encode())
    return digest.hexdigest()[:16]


def _code_cells(path: Path) -> list[str]:
    if not path.exists():
        raise CourseError(f"{path} does not exist, so there is no code to take a hash of.")
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return [
            "".join(cell["source"])
            for cell in cells
            if cell["cell_type"] == "code"
            and UNCOUNTED.isdisjoint(cell["metadata"].get("tags", []))
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise CourseError(f"{path} is no notebook: {error}") from error


def essence(source: str) -> str:
    """Return ``source`` without what cannot change a number, the same for every Python version."""
    tree = parse(source)
    return source if tree is None else _dump(tree)


def _dump(node: object) -> str:
    # ast.dump writes other fields in other Python versions; this leaves out what is empty.
    if isinstance(node, list):
        return "[" + ",".join(_dump(item) for item in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = (
        f"{name}={_dump(_without_docstring(node, name, value))}"
        for name, value in ast.iter_fields(node)
        if name not in _IGNORED_FIELDS and value not in (None, [])
    )
    return f"{type(node).__name__}({','.join(fields)})"


def _without_docstring(node: ast.AST, name: str, value: object) -> object:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if name == "body" and isinstance(node, documented) and isinstance(value, list):
        return value if ast.get_docstring(node) is None else value[1:]
    return value

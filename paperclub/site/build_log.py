"""Say in a few lines why a build failed."""

import json
import re
from pathlib import Path

from paperclub import paths
from paperclub.curriculum.checked_yaml import shown
from paperclub.errors import NO_SPACE

ANSI = re.compile(r"\x1b\[[0-9;]*m")
STEP = re.compile(r"^[a-z ]+\.\.\. (?=.+: WARNING: )")  # Sphinx goes on in the same line
SAVED = re.compile(r"traceback saved in: (?P<report>.+?)(?: \[mystnb\.exec\])?$")
FIRST_LINE = re.compile(
    r"^(?P<file>.+?)(?::(?P<line>\d+))?: (?:WARNING|ERROR|CRITICAL): (?P<says>.+)$"
)
CELL = 10_000  # MyST-NB counts this many lines from one cell of a notebook to the next
RULE = "------------------"

SHOWN = 8


def explain_failure(log: Path) -> str:
    """Return what went wrong: a full disk, failing cells, the warnings, then where the log lies.

    Args:
        log: All that jupyter-book said.
    """
    text = log.read_text(encoding="utf-8")
    lines = [STEP.sub("", line) for line in text.splitlines()]
    cells = [_failed_cell(Path(found["report"])) for line in lines if (found := SAVED.search(line))]
    warnings = [
        _warning(found)
        for line in lines
        if (found := FIRST_LINE.match(line)) and "[mystnb.exec]" not in line
    ]
    full = ["The disk is full. Make room and build it again."] if NO_SPACE in text else []
    said = list(dict.fromkeys(full + cells + warnings)) or _last_words(lines)
    more = f"\n… and {len(said) - SHOWN} more." if len(said) > SHOWN else ""
    body = "\n".join(f"  {text}" for text in said[:SHOWN])
    return (
        f"The book was not built; the one before it stays.\n{body}{more}\nAll is in {shown(log)}."
    )


def _warning(found: re.Match) -> str:
    file, line = found["file"], int(found["line"] or 0)
    where = f":{line}" if line else ""
    if file.endswith(".ipynb") and line >= CELL:
        where = f", cell {line // CELL}, line {line % CELL}"
    return f"{shown(Path(file))}{where}: {found['says']}"


def _failed_cell(report: Path) -> str:
    """Return which notebook and cell failed, and the error's last line.

    A report lies in ``reports/`` under the notebook's own path and holds the cell's source between
    two rules, then the traceback.
    """
    page = report.parts[report.parts.index("reports") + 1 :]
    notebook = paths.ROOT.joinpath(*page).with_name(report.name.removesuffix(".err.log") + ".ipynb")
    text = ANSI.sub("", report.read_text(encoding="utf-8"))
    error = next((line for line in reversed(text.splitlines()) if line.strip()), "it stopped")
    number = _cell_number(notebook, text)
    where = f"{shown(notebook)}, cell {number}" if number else shown(notebook)
    return f"{where}: {error.strip()}"


def _cell_number(notebook: Path, report: str) -> int | None:
    """Return which cell, counted from 1, has the source that the report quotes."""
    parts = report.split(RULE)
    if len(parts) < 3 or not notebook.is_file():
        return None
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, start=1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and source.strip() and source.strip() == parts[1].strip():
            return number
    return None


def _last_words(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()][-4:]

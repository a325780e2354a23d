"""Exercises from solutions: what a learner is given is the solution minus its blanks.

A blank is what stands between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` in a cell that
nbgrader's metadata calls a solution. These are nbgrader's own markers, so its tools read the same
notebooks.
"""

from pathlib import Path

from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.notebooks.format import dumps, format_notebook, read_notebook

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
STUBS = {"code": "...  # your answer here", "markdown": "*Your answer here.*"}
STUB_AT_THE_MARGIN = "# your answer here"  # a body must have a statement; a cell need not


def derive_all(check: bool = False) -> int:
    """Write what is made from other files: every week's exercises, and the book's contents.

    Args:
        check: Change nothing; name the files that would change.

    Returns:
        The exit code: 1 if ``check`` found a file out of step, else 0.

    Raises:
        CourseError: A solutions notebook is no notebook, or its markers do not pair up.
    """
    # The book's package needs Jupyter Book's; making exercises does not.
    from paperclub.curriculum.contents import write_toc

    changed = [path for path in sorted(paths.SOLUTIONS.glob("*.ipynb")) if _derive(path, check)]
    names = [f"exercises/{path.name}" for path in changed]
    names += [str(path.relative_to(paths.ROOT)) for path in write_toc(check)]
    console = Console(soft_wrap=True, highlight=False)
    for name in names:
        console.print(escape(f"{name}: {'out of step' if check else 'written'}"))
    if check and names:
        console.print("To bring them in step: python course.py derive")
        return 1
    if not names:
        console.print("Everything that is made from other files is in step.")
    return 0


def _derive(source: Path, check: bool) -> bool:
    """Bring one week's exercises in step; return whether they were not."""
    target = paths.EXERCISES / source.name
    try:
        wanted = dumps(derive_exercises(read_notebook(source)))
    except CourseError as error:
        raise CourseError(f"solutions/{source.name}: {error}") from error
    if target.is_file() and target.read_text(encoding="utf-8") == wanted:
        return False
    if not check:
        write_atomically(target, wanted)
    return True


def derive_exercises(solutions: NotebookNode) -> NotebookNode:
    """Return the exercises of a solutions notebook, formatted: a copy with every blank stubbed.

    Raises:
        CourseError: Markers that do not pair up, in a cell that is no solution cell, or missing
            from one that is. The message names the cell.
    """
    exercises = format_notebook(solutions)
    for number, cell in enumerate(exercises.cells, start=1):
        about = cell.metadata.get("nbgrader", {})
        place = f"cell {number} ({about.get('grade_id') or cell.id})"
        blanks = _stub(cell, place)
        if blanks and not about.get("solution"):
            raise CourseError(
                f"{place} has a blank, but its nbgrader metadata does not say that it is a "
                'solution cell. Set "solution": true.'
            )
        if about.get("solution") and not blanks:
            raise CourseError(
                f"{place} is a solution cell without a blank. Put ### {BEGIN} before what the "
                f"learner is to write, and ### {END} after it."
            )
    return exercises


def _stub(cell: NotebookNode, place: str) -> int:
    """Replace every blank of a cell by a stub, in place; return how many there were."""
    kept: list[str] = []
    inside = False
    blanks = 0
    for line in cell.source.split("\n"):
        if BEGIN in line:
            if inside:
                raise CourseError(f"{place} has a second ### {BEGIN} before ### {END}.")
            inside = True
            blanks += 1
            kept.append(_stub_line(cell.cell_type, line[: -len(line.lstrip())]))
        elif END in line:
            if not inside:
                raise CourseError(f"{place} has ### {END} without ### {BEGIN} before it.")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise CourseError(f"{place} has ### {BEGIN} without ### {END} after it.")
    cell.source = "\n".join(kept)
    return blanks


def _stub_line(cell_type: str, indent: str) -> str:
    if cell_type == "code" and not indent:
        return STUB_AT_THE_MARGIN
    return indent + STUBS[cell_type]

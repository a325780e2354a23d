"""The cells that an exercise has in ``solutions/SLUG.ipynb``, from what ``solutions/SLUG.py`` says.

An author writes what is asked and the answer; heading, choices, symptoms, rubric and the metadata
by which nbgrader and the course know the cells are the same words as in the exercise itself.
"""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from paperclub.exercises import Exercise, Prediction, exercises_of
from paperclub.files import write_atomically
from paperclub.notebooks.format import dumps, format_notebook, read_notebook

OPEN = "**Still to be written:** what is asked, with the shapes of what is given."


def add_missing(notebook_file: Path) -> list[str]:
    """Append the cells of every exercise of a week that its notebook does not have.

    Args:
        notebook_file: ``solutions/SLUG.ipynb``.

    Returns:
        The ids of the exercises that were added; if there are none, nothing is written.

    Raises:
        CourseError: The notebook, or ``solutions/SLUG.py`` beside it, is missing or broken.
    """
    notebook = read_notebook(notebook_file)
    there = {cell.metadata.get("paperclub", {}).get("exercise") for cell in notebook.cells}
    ladder = enumerate(exercises_of(notebook_file.stem), start=1)
    missing = [(number, one) for number, one in ladder if one.id not in there]
    for number, one in missing:
        notebook.cells += cells_of(one, number)
    if missing:
        write_atomically(notebook_file, dumps(format_notebook(notebook)))
    return [one.id for _, one in missing]


def lacking(notebook: NotebookNode, asked: Iterable[Exercise | Prediction]) -> list[str]:
    """Return what a week's notebook does not say, or says otherwise than its exercises, in words.

    Args:
        notebook: The exercises with their solutions.
        asked: The week's exercises in the order of its ladder.
    """
    asked = list(asked)
    checks = {
        cell.metadata.get("paperclub", {}).get("exercise"): cell.metadata.nbgrader.get("points")
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("locked")
    }
    if list(checks) != (ladder := [one.id for one in asked]):
        return [f"its locked cells are of {_names(checks)}, the exercises are {_names(ladder)}"]
    text = "\n".join(cell.source for cell in notebook.cells)
    return [
        *(
            f"{one.id}: {checks[one.id]} points in its check's metadata, {one.points} in the .py"
            for one in asked
            if checks[one.id] != one.points
        ),
        *(
            f"{one.id}: no cell has the words {words!r}"
            for one in asked
            for words in words_of(one)
            if words not in text
        ),
    ]


def words_of(one: Exercise | Prediction) -> list[str]:
    """Return the words of an exercise that its notebook repeats."""
    kind = [_check(one)] if isinstance(one, Exercise) else [one.question, *_choices(one)]
    rubric = [] if isinstance(one, Exercise) else list(one.rubric)
    return [_heading(one), *kind, *rubric, *_symptoms(one), *_asked_for(one)]


def cells_of(one: Exercise | Prediction, number: int) -> list[NotebookNode]:
    """Return the cells of an exercise, the ``number``-th of its week; its text is to be written."""
    name = one.id.partition(".")[2].replace("_", "-")
    if isinstance(one, Exercise):
        goal, middle = OPEN, _code_cells(one, name)
    else:
        goal = "\n\n".join([one.question, "\n".join(_choices(one))])
        middle = _prediction_cells(one, name)
    symptoms = "\n".join(_symptoms(one))
    ask = ["# Remove the # in front of what you want, then run the cell.", *_asked_for(one)]
    ask[1] += "  # run it again for the second hint"
    return [
        new_markdown_cell(f"## {number}{_heading(one)}\n{goal}", id=f"{name}-goal"),
        *middle,
        new_markdown_cell(_folded("Help, my …", symptoms), id=f"{name}-help"),
        new_code_cell("\n".join(ask), id=f"{name}-hints"),
    ]


def _code_cells(one: Exercise, name: str) -> list[NotebookNode]:
    references = one.reference if isinstance(one.reference, tuple) else (one.reference,)
    stubs = "\n\n\n".join(
        f"{_head(asked, reference)}\n"
        '    """Still to be written: what it returns, and what it is given."""\n'
        "    ### BEGIN SOLUTION\n    ...\n    ### END SOLUTION"
        for asked, reference in zip(one.asks, references, strict=True)
    )
    return [
        new_code_cell(stubs, id=name, metadata=_metadata(one, "")),
        new_code_cell(_check(one), id=f"{name}-check", metadata=_metadata(one, "_check")),
    ]


def _prediction_cells(one: Prediction, name: str) -> list[NotebookNode]:
    *others, last = [f'"{letter}"' for letter in one.choices]
    choice = (
        f"my_prediction = None  # put {', '.join(others)} or {last} in place of None\n"
        "### BEGIN SOLUTION\nmy_prediction = ...  # Still to be written: the right choice\n"
        "### END SOLUTION"
    )
    run = 'def measured():\n    """Still to be written: the run; it returns what settle takes."""'
    points = f"{len(one.rubric)} point{'s' * (len(one.rubric) != 1)}, which you give yourself."
    why = f"### And why?\n\n{points} **Still to be written:** the question."
    answer = "### BEGIN SOLUTION\n**Still to be written:** a good answer.\n### END SOLUTION"
    rubric = "\n".join(f"- **1 point** for: {line}" for line in one.rubric)
    return [
        new_code_cell(choice, id=name, metadata=_metadata(one, "")),
        new_code_cell(
            f'predict("{one.id}", my_prediction)',
            id=f"{name}-predict",
            metadata=_metadata(one, "_check"),
        ),
        new_code_cell(run, id=f"{name}-run"),
        new_code_cell(f'check("{one.id}", measured)', id=f"{name}-check"),
        new_markdown_cell(why, id=f"{name}-ask"),
        new_markdown_cell(
            answer, id=f"{name}-why", metadata=_metadata(one, "_why", len(one.rubric))
        ),
        new_markdown_cell(_folded("Mark your own", rubric), id=f"{name}-rubric"),
    ]


def _metadata(one: Exercise | Prediction, kind: str, points: int = 0) -> dict:
    """Return a cell's metadata; kind is "" for an answer, "_check", or "_why" for a sentence."""
    about = {
        "grade": bool(kind),
        "grade_id": one.id.replace(".", "_").replace("-", "_") + kind,
        "locked": kind == "_check",
        "schema_version": 3,
        "solution": kind != "_check",
        "task": False,
    }
    if kind:
        about["points"] = points or one.points
    return {"nbgrader": about, "paperclub": {"exercise": one.id}}


def _head(name: str, reference: Callable[..., Any]) -> str:
    if inspect.isclass(reference):
        bases = ", ".join(base.__name__ for base in reference.__bases__ if base is not object)
        return f"class {name}({bases}):" if bases else f"class {name}:"
    return f"def {name}{inspect.signature(reference)}:"


def _heading(one: Exercise | Prediction) -> str:
    def dots(count: int) -> str:
        return "●" * count + "○" * (5 - count)

    return (
        f" · {one.title}\n\nDifficulty {dots(one.difficulty)} · Importance {dots(one.importance)} "
        f"· about {one.minutes} minutes · {one.points} point{'s' * (one.points != 1)}\n"
    )


def _check(one: Exercise) -> str:
    return f'check("{one.id}", {", ".join(one.asks)})'


def _choices(one: Prediction) -> list[str]:
    return [f"- **{letter}**. {says}" for letter, says in one.choices.items()]


def _symptoms(one: Exercise | Prediction) -> list[str]:
    return [f"- … **{symptom}**: {help}" for symptom, help in one.symptoms]


def _asked_for(one: Exercise | Prediction) -> list[str]:
    return [f'# {command}("{one.id}")' for command in ("hint", "solution")]


def _folded(summary: str, text: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def _names(ids: Iterable[object]) -> str:
    return ", ".join(map(str, ids)) or "none"

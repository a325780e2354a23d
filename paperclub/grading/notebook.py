"""Reading a notebook that a student handed in: bytes that may hold anything.

Outputs are passed over before anything is parsed, so that 200 MB of them cost next to nothing.
No source is parsed here: that is for the sandbox, for Python's own parser can be made to crash.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

LARGEST = 256 << 20  # bytes of a file that is looked at
SHORT = 1 << 20  # bytes of which no outputs need be passed over
LEAN = 16 << 20  # bytes without outputs
TOKENS = 4_000_000  # brackets and strings
CELLS = 2000
SOURCE = 2 << 20  # characters of all sources

# Possessive (*+), so that a long text is gone through once and never again.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_OPENS_LIST = re.compile(rb"\s*:\s*\[")


class NotReadable(ValueError):
    """These bytes are no notebook; ``status`` is one word, the message one sentence."""

    def __init__(self, status: str, says: str):
        super().__init__(says)
        self.status = status


@dataclass(frozen=True)
class Cell:
    """A cell of a submission.

    Attributes:
        number: Its place in the notebook, from 1.
        kind: ``code``, ``markdown`` or ``raw``.
        source: Its text.
        id: The notebook format's own id; empty where there is none.
        grade_id: nbgrader's name for it.
        exercise: The course's name for the exercise that it belongs to.
        solution: Does nbgrader's metadata call it an answer?
    """

    number: int
    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    exercise: str = ""
    solution: bool = False


@dataclass(frozen=True)
class Notebook:
    """A submission's cells, and what had to be mended to read them, one sentence each."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...] = field(default=())


def read_submission(raw: bytes) -> Notebook:
    """Return the cells of a notebook.

    Raises:
        NotReadable: The bytes are no notebook, or more than is read.
    """
    content = _content(raw)
    remarks: list[str] = []
    cells = content.get("cells")
    if not isinstance(cells, list):
        cells = _of_format_3(content)
        remarks.append("The notebook is of format 3, which was read as it is.")
    found: list[Cell] = []
    left = SOURCE
    for number, cell in enumerate(cells, start=1):
        one = _cell(number, cell)
        if one is None:
            remarks.append(f"Cell {number} is no cell and was passed over.")
        elif one.grade_id or one.exercise or (len(one.source) <= left and len(found) < CELLS):
            found.append(one)
            left -= len(one.source)
        if len(found) >= 2 * CELLS or len(remarks) >= 50:
            break
    if len(found) < len(cells):
        remarks.append(f"{len(cells) - len(found)} of {len(cells)} cells were not looked at.")
    return Notebook(tuple(found), tuple(remarks))


def _content(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise NotReadable("empty", "The file is empty.")
    if len(raw) > LARGEST:
        raise NotReadable(
            "too-large", f"The file has {len(raw) >> 20} MB; {LARGEST >> 20} MB are read at most."
        )
    try:
        content = json.loads(lean(raw))
    except NotReadable:
        raise
    except UnicodeDecodeError:
        raise NotReadable("not-a-notebook", "The file is no text.") from None
    except (ValueError, RecursionError):
        if raw.lstrip()[:1] == b"{":
            raise NotReadable(
                "truncated", "The file begins as a notebook and ends early, or is damaged."
            ) from None
        raise NotReadable("not-a-notebook", "The file is no notebook (no JSON).") from None
    if not isinstance(content, dict):
        raise NotReadable("not-a-notebook", "The file is JSON and no notebook.")
    return content


def lean(raw: bytes) -> bytes:
    """Return a notebook's bytes, without outputs where there are many.

    Raises:
        NotReadable: There is more in it, apart from outputs, than any notebook of a course has.
    """
    return raw if len(raw) <= SHORT else without_outputs(raw)


def without_outputs(raw: bytes) -> bytes:
    """Return a notebook's bytes with every cell's list of outputs empty.

    Bytes that are no JSON come back changed or not: who parses them finds out.

    Raises:
        NotReadable: There is more in it, apart from outputs, than any notebook of a course has.
    """
    kept: list[bytes] = []
    depth, since, outside = 0, 0, None  # outside: the depth to which a list of outputs returns
    for count, found in enumerate(_TOKEN.finditer(raw)):
        if count > TOKENS:
            raise NotReadable("too-large", "The file holds more lists and texts than are read.")
        token = raw[found.start() : found.start() + 1]
        if token in b"[{":
            depth += 1
        elif token in b"]}":
            depth -= 1
            if outside is not None and depth == outside:
                since, outside = found.start(), None
        elif outside is None and depth >= 3 and found.group() == b'"outputs"':
            opens = _OPENS_LIST.match(raw, found.end())
            if opens:
                kept.append(raw[since : opens.end()])
                outside = depth
    if outside is None:
        kept.append(raw[since:])
    lean = b"".join(kept)
    if len(lean) > LEAN:
        raise NotReadable("too-large", f"Without outputs the file still has {len(lean) >> 20} MB.")
    return lean


def _of_format_3(content: dict[str, Any]) -> list[Any]:
    sheets = content.get("worksheets")
    if not isinstance(sheets, list):
        raise NotReadable("not-a-notebook", "The file is JSON with no list of cells.")
    found: list[Any] = []
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            found.append({**cell, "source": cell.get("input", cell.get("source", ""))}
                         if isinstance(cell, dict) else cell)  # fmt: skip
    return found


def _cell(number: int, cell: Any) -> Cell | None:
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    about = _dict(cell.get("metadata"))
    grader, ours = _dict(about.get("nbgrader")), _dict(about.get("paperclub"))
    kind = cell.get("cell_type")
    return Cell(
        number=number,
        kind=kind if kind in ("code", "markdown", "raw") else "raw",
        source=source.encode("utf-8", "replace").decode("utf-8"),
        id=_word(cell.get("id")),
        grade_id=_word(grader.get("grade_id")),
        exercise=_word(ours.get("exercise")),
        solution=grader.get("solution") is True,
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 200 else ""


@dataclass(frozen=True)
class Asked:
    """A cell of the released notebook that matters to grading.

    Attributes:
        exercise: The exercise.
        role: ``answer``, ``check`` or ``text`` (marked by hand).
        grade_id: nbgrader's name for the cell.
        id: The notebook format's id.
        points: For ``text``, what it can earn.
    """

    exercise: str
    role: str
    grade_id: str
    id: str
    points: float = 0


def asked_in(released: bytes) -> tuple[Asked, ...]:
    """Return the cells of a released notebook that matter to grading, in their order."""
    found = []
    for cell in json.loads(released)["cells"]:
        grader = cell["metadata"].get("nbgrader", {})
        exercise = cell["metadata"].get("paperclub", {}).get("exercise", "")
        if not grader or not exercise:
            continue
        by_hand = grader.get("solution") and grader.get("grade")
        role = "text" if by_hand else "answer" if grader.get("solution") else "check"
        found.append(
            Asked(exercise, role, grader["grade_id"], cell.get("id", ""), grader.get("points") or 0)
        )
    return tuple(found)


def given_in(released: bytes) -> frozenset[str]:
    """Return the sources of a released notebook's code cells that are nobody's answer."""
    cells = json.loads(released)["cells"]
    return frozenset(
        "".join(cell["source"]).strip()
        for cell in cells
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader")
    )


@dataclass(frozen=True)
class Matched:
    """A submission's cells, told apart by what they are to grading.

    Attributes:
        code: What is run: number, source, and the exercises that the cell answers.
        texts: What is marked by hand, by nbgrader's name.
        remarks: Repairs, one sentence each.
    """

    code: tuple[tuple[int, str, tuple[str, ...]], ...]
    texts: dict[str, str]
    remarks: tuple[str, ...]


def match(notebook: Notebook, asked: tuple[Asked, ...]) -> Matched:
    """Tell which cells of a submission answer what; their order and number do not matter."""
    by_grade_id = {one.grade_id: one for one in asked}
    by_id = {one.id: one for one in asked if one.id}
    answers = {one.exercise: one for one in asked if one.role == "answer"}
    code: list[tuple[int, str, tuple[str, ...]]] = []
    texts: dict[str, str] = {}
    seen: dict[str, int] = {}
    remarks = list(notebook.remarks)
    for cell in notebook.cells:
        known = by_grade_id.get(cell.grade_id) or by_id.get(cell.id)
        if known is None and cell.solution:
            known = answers.get(cell.exercise)
        if known is not None and known.role == "check":
            continue  # the class's own checks are made elsewhere
        if known is not None and known.role == "text":
            texts[known.grade_id] = cell.source
            continue
        if cell.kind != "code":
            if known is None:
                continue
            remarks.append(
                f"Cell {cell.number}, the answer to {known.exercise}, was no code cell any more; "
                "it was read as one."
            )
        if known is not None:
            seen[known.exercise] = seen.get(known.exercise, 0) + 1
        code.append((cell.number, cell.source, (known.exercise,) if known else ()))
    for exercise, count in seen.items():
        if count > 1:
            remarks.append(f"{count} cells answer {exercise}; the last that says something counts.")
    missing = [one for one in answers if one not in seen]
    remarks += [f"The cell that answers {one} is missing; its names were looked for." for one in
                missing]  # fmt: skip
    return Matched(tuple(code), texts, tuple(remarks))

"""The part of the course that a sandbox holds: what runs submissions, and what weeks before built.

Besides, the data. Trained models are not there: they are made of code that some week asks for.
A copy in a folder of its own, so that nothing else of the course can be reached from it.
"""

import ast
from pathlib import Path

import paperclub
from paperclub import paths
from paperclub.curriculum import syllabus
from paperclub.files import write_atomically

PACKAGE = Path(paperclub.__file__).parent
COPIED = (
    "__init__.py",
    "errors.py",
    "files.py",
    "exercises/limits.py",
    "exercises/notion.py",
    "exercises/plain.py",
    "exercises/run.py",
    "exercises/source.py",
    "grading/__init__.py",
    "grading/sandbox/__init__.py",
    "grading/sandbox/inside.py",
    "grading/sandbox/layers.py",
    "grading/sandbox/probes.py",
    "grading/sandbox/zygote.py",
)
WRITTEN = {
    "exercises/__init__.py": '"""Only what runs an answer."""\n',
    "paths.py": 'from pathlib import Path\n\nSOLUTIONS = Path("/nowhere")\n',
    # What a notebook calls to check itself; a class's check happens elsewhere.
    "learner/__init__.py": "def check(*given, **named):\n    return None\n\n\n"
    "explain = hint = predict = progress = solution = check\n",
}


def write_mirror(folder: Path, slug: str) -> None:
    """Write what the sandbox for the week ``slug`` may import to ``folder``/paperclub."""
    package = folder / "paperclub"
    for name in COPIED:
        write_atomically(package / name, (PACKAGE / name).read_bytes())
    for name, text in WRITTEN.items():
        write_atomically(package / name, text)
    for path in (PACKAGE / "data").iterdir():
        if path.is_file():
            write_atomically(package / "data" / path.name, path.read_bytes())
    write_atomically(package / "nn" / "__init__.py", _blocks(package / "nn", slug))


def blocks_before(slug: str) -> list[str]:
    """Return the building blocks of the weeks that come before ``slug``, in the year's order.

    A block is built by the week of its name, or else by the first week that speaks of it. One
    of which no week speaks, and a week that the syllabus does not hold, have none.
    """
    order = [week.slug for week in syllabus().weeks]
    before = order[: order.index(slug)] if slug in order else []
    blocks = sorted(path.stem for path in (PACKAGE / "nn").glob("[!_]*.py"))
    return [block for block in blocks if _built_by(block, order) in before]


def _built_by(block: str, order: list[str]) -> str | None:
    named = block.replace("_", "-")
    if named in order:
        return named
    for slug in order:
        files = [folder / f"{slug}.ipynb" for folder in (paths.CHAPTERS, paths.SOLUTIONS)]
        if any(f"nn.{block}" in file.read_text("utf-8") for file in files if file.is_file()):
            return slug
    return None


def _blocks(folder: Path, slug: str) -> str:
    """Copy the blocks of earlier weeks; return an ``__init__`` that names these and no others."""
    allowed = blocks_before(slug)
    for name in allowed:
        write_atomically(folder / f"{name}.py", (PACKAGE / "nn" / f"{name}.py").read_bytes())
    lines = ['"""The building blocks of earlier weeks."""']
    for statement in ast.parse((PACKAGE / "nn" / "__init__.py").read_text("utf-8")).body:
        module = statement.module if isinstance(statement, ast.ImportFrom) else None
        if module and module.rpartition(".")[2] in allowed:
            lines.append(ast.unparse(statement))
    return "\n".join(lines) + "\n"

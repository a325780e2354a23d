"""``course.py release``: what students get, and, kept apart, what their marks are made of."""

import ast
import hashlib
import json
import re
import subprocess
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from paperclub import exercises, paths
from paperclub.curriculum.checked_yaml import suggest
from paperclub.errors import CourseError
from paperclub.exercises import recorded
from paperclub.exercises.judge import seeds_of
from paperclub.exercises.notion import Exercise
from paperclub.files import write_atomically
from paperclub.grading import kept
from paperclub.grading.folder import ClassFolder

KNOWN_TO_SANDBOX = ("math", "matplotlib", "numpy", "scipy", "sklearn", "torch")
READ_ME = """# {slug}

Open `{slug}.ipynb`, write your answers, run the checks, hand the notebook in.

You need Python 3.11 or newer and the course's library, a file `paperclub-{course}-py3-none-any.whl`
that comes with this folder or from whoever teaches the class:

    python -m pip install "paperclub-{course}-py3-none-any.whl[student]"
    python -m jupyter lab {slug}.ipynb

`practice/` beside it holds the cases that its checks run. Your mark is made of other cases of the
same kind. Keep both together: a notebook alone cannot check itself.
"""


def release(weeks: list[str], to: Path, folder: ClassFolder) -> None:
    """Write what students get of some weeks to a folder, and keep what grading needs.

    Args:
        weeks: Their slugs.
        to: The folder. A folder for each week is made in it; one that exists is written over only
            with what was released before.
        folder: The class.

    Raises:
        CourseError: A week has no exercises, or what would be released holds a solution.
    """
    console = Console(soft_wrap=True, highlight=False)
    for slug in weeks:
        if slug not in exercises.slugs():
            raise CourseError(
                f"There is no week {slug!r} with exercises. {suggest(slug, exercises.slugs())}"
            )
    for slug in weeks:
        console.print(escape(release_week(slug, to, folder)))
    console.print(escape(f"Kept for grading, with the class's secret: {folder.root}. Back it up."))


def release_week(slug: str, to: Path, folder: ClassFolder) -> str:
    """Release one week; return what is to be said of it."""
    notebook = (paths.EXERCISES / f"{slug}.ipynb").read_bytes()
    judged = exercises.exercises_of(slug)
    # Read here, once: what is released later changes nothing for those who have this one.
    solutions = (paths.SOLUTIONS / f"{slug}.py").read_bytes()
    code = [one for one in judged if isinstance(one, Exercise)]
    seeds = json.dumps([folder.hidden_seeds(one) for one in code]).encode()
    engine = kept.engine()
    parts = (notebook, solutions, seeds, engine.encode())
    id = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
    about: dict[str, object] = {
        "week": slug,
        "version": id,
        "course": version("paperclub"),
        "commit": _commit(),
        "released": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    place = folder.released / slug / id
    if place.is_dir():
        about = json.loads((place / "release.json").read_bytes())
        practice = (place / "practice.cases").read_bytes()
    else:
        hidden = recorded.record(judged, folder.hidden_seeds)
        practice = recorded.record(judged, seeds_of)
        about |= {
            "warm": warm_modules(notebook),
            "solutions": hashlib.sha256(solutions).hexdigest(),
            "engine": engine,
            "with": kept.surroundings(),
        }
    public = {key: about[key] for key in ("week", "version", "course", "commit", "released")}
    given = {
        f"{slug}.ipynb": notebook,
        f"{recorded.FOLDER}/{slug}{recorded.SUFFIX}": practice,
        "README.md": READ_ME.format(slug=slug, course=about["course"]).encode(),
        "release.json": (json.dumps(public, indent=1) + "\n").encode(),
    }
    found = leaks(given, [solutions])
    if found:
        raise CourseError(f"{slug} was not released: {found[0]} stands in what students would get.")
    _write(to / slug, given)
    if not place.is_dir():
        kept.keep(folder.courses)
        files = {"exercises.ipynb": notebook, "hidden.cases": hidden, "practice.cases": practice}
        folder.keep_release(
            slug, id, {**files, "release.json": json.dumps(about, indent=1).encode()}
        )
    return f"{slug}: version {id}, written to {to / slug}"


def _write(place: Path, files: dict[str, bytes]) -> None:
    """Write a week's files; what somebody else put there is not written over."""
    ours = place / "release.json"
    if place.exists() and any(place.iterdir()) and not ours.is_file():
        raise CourseError(f"{place} holds something else; name an empty folder by --to.")
    try:
        for name, data in files.items():
            write_atomically(place / name, data)
    except OSError as error:
        raise CourseError(f"{place} cannot be written to: {error.strerror}.") from error


def leaks(files: dict[str, bytes], solutions: Iterable[bytes]) -> list[str]:
    """Return the functions of solutions whose code stands in files, as ``name in file``.

    Code is compared with its spaces taken out and without its comments and docstring; recorded
    cases are looked through unpacked.
    """
    squeezed = {name: _squeezed(_text(name, data)) for name, data in files.items()}
    found = []
    for source in solutions:
        for name, body in _bodies(source):
            found += [f"{name} in {file}" for file, text in squeezed.items() if body in text]
    return found


def _text(name: str, data: bytes) -> str:
    if name.endswith(recorded.SUFFIX):
        text = zlib.decompress(data).decode("utf-8", "replace")
        # Texts stand in JSON there, with their line ends and quotes written out.
        return text.replace("\\n", "\n").replace('\\"', '"')
    text = data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return re.sub(r"#.*", "", text)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s'\"()]+", "", text)


def _bodies(source: bytes) -> Iterable[tuple[str, str]]:
    """Return name and squeezed body of each function that is more than a turn of phrase."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("drive"):
            continue
        body = node.body[1:] if ast.get_docstring(node) else node.body
        text = _squeezed("\n".join(map(ast.unparse, body)))
        if len(text) >= 24:
            yield node.name, text


def warm_modules(notebook: bytes) -> list[str]:
    """Return which modules a notebook imports that the sandbox may hold from the start."""
    found: set[str] = set()
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] != "code":
            continue
        for name in re.findall(r"^(?:import|from)\s+([\w.]+)", "".join(cell["source"]), re.M):
            if name.partition(".")[0] in KNOWN_TO_SANDBOX:
                found.add(name)
    return sorted(found)


def _commit() -> str:
    """Return the checkout's commit; nothing where this is no checkout."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=paths.ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""

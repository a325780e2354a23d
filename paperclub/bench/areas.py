"""What is measured, one function for each thing; each returns one run's figures."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import psutil

from paperclub import paths
from paperclub.errors import CourseError

Figures = dict[str, Any]
START_PATIENCE = 120  # seconds
NOT_COPIED = shutil.ignore_patterns("_build", "node_modules", "__pycache__", ".*", "work", "class")


def chapter(slug: str) -> Figures:
    """Run a chapter once from a cold kernel: ``seconds`` and ``peak_mib``."""
    path = paths.CHAPTERS / f"{slug}.ipynb"
    done = _finished([sys.executable, "-m", "paperclub.bench.kernel", str(path)], f"{slug} failed")
    return json.loads(done.stdout.splitlines()[-1])


def book() -> Figures:
    """Build the book in a copy of the course: seconds, each after another change.

    ``seconds`` from nothing, ``unchanged`` once more, ``chapter_edited`` after an edit of one
    chapter's code, ``figure_edited`` after an edit of one figure's module.
    """
    with tempfile.TemporaryDirectory(prefix="paperclub-book-") as folder:
        copy = Path(folder) / "course"
        shutil.copytree(paths.ROOT, copy, ignore=NOT_COPIED)
        return {
            "seconds": _built(copy),
            "unchanged": _built(copy),
            "chapter_edited": _built(copy, edit_chapter),
            "figure_edited": _built(copy, edit_figure),
        }


def edit_chapter(course: Path) -> None:
    """Add a remark to the last code cell of a chapter."""
    chapter = course / "chapters" / "attention.ipynb"
    notebook = nbformat.read(chapter, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[-1].source += "\n# A remark."
    nbformat.write(notebook, chapter)


def edit_figure(course: Path) -> None:
    """Add a remark to the built module of a figure."""
    module = course / "paperclub" / "widgets" / "dist" / "attention_heads.js"
    module.write_text(module.read_text(encoding="utf-8") + "// A remark.\n", encoding="utf-8")


def _built(course: Path, edit: Callable[[Path], None] | None = None) -> float:
    """Return the seconds that the book of ``course`` takes after an edit."""
    if edit:
        edit(course)
    command = [sys.executable, "-m", "paperclub.cli", "book", "build"]
    return _timed(command, "The book cannot be built", str(course))["seconds"]


def setup() -> Figures:
    """Set the course up in a copy of its committed files, in a temporary folder: ``seconds``.

    Packages come from pip's cache as far as it holds them, and from the network otherwise: the
    figure is that of a machine which has seen them before.
    """
    with tempfile.TemporaryDirectory(prefix="paperclub-setup-") as folder:
        clone = ["git", "clone", "--quiet", "--depth", "1", paths.ROOT.as_uri(), folder]
        _finished(clone, "The course cannot be copied")
        # The first command sets up and then runs; this one has next to nothing to run.
        command = [*_course(Path(folder)), "format-notebooks", "--check"]
        return _timed(command, "The course cannot be set up", cwd=folder)


def _course(folder: Path) -> list[str]:
    """Return the command that sets a course up and runs its commands, as a person types it."""
    base = Path(sys.base_prefix)
    python = base / "python.exe" if os.name == "nt" else base / "bin" / "python3"
    return [str(python), str(folder / "course.py")]


def start() -> Figures:
    """Start the course without a browser until its home answers: ``seconds``.

    Raises:
        CourseError: The book is not built (the server would build it meanwhile), or the home did
            not answer.
    """
    if not (paths.HTML / "index.html").exists():
        raise CourseError("A warm start needs the book: python course.py book build.")
    port = _free_port()
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "paperclub.cli", "start", "--no-browser", "--port", str(port)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        began = time.perf_counter()
        environment = os.environ | {"JUPYTER_TOKEN": token}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            while not _answers(f"http://127.0.0.1:{port}/course?token={token}"):
                waited = time.perf_counter() - began
                if process.poll() is not None or waited > START_PATIENCE:
                    log.seek(0)
                    raise CourseError(f"The home did not answer:\n{log.read()[-2000:]}")
                time.sleep(0.02)
            return {"seconds": time.perf_counter() - began}
        finally:
            _end(process)


def figures() -> Figures:
    """Measure the interactive figures in a browser, beside BertViz: ``rows``.

    Raises:
        CourseError: BertViz, npm or a browser is missing, or a figure does not show.
    """
    from paperclub.bench.figures import measure_figures

    return measure_figures()


def grading() -> Figures:
    """Grade classes of several sizes, and some of the same files with nbgrader: ``rows``.

    Raises:
        CourseError: nbgrader is missing, or one of the two failed.
    """
    from paperclub.bench.grading import measure_grading

    return measure_grading()


def notebooks() -> Figures:
    """Run every notebook under nbval, two at a time, as the checks do: ``seconds``.

    Raises:
        CourseError: A notebook fails.
    """
    code = (
        "import sys; from paperclub.checks.stages import run_notebooks; "
        "sys.exit(0 if run_notebooks().holds else 1)"
    )
    return _timed([sys.executable, "-c", code], "A notebook fails", str(paths.ROOT))


def checks() -> Figures:
    """Run every check: ``rows`` of what each stage took, and would take with every week written.

    What the checks say goes to the terminal.

    Raises:
        CourseError: A check fails.
    """
    with tempfile.TemporaryDirectory(prefix="paperclub-checks-") as folder:
        file = Path(folder) / "stages.json"
        # It installs what the checks need besides.
        command = [*_course(paths.ROOT), "test", "--json", str(file)]
        if subprocess.run(command, cwd=paths.ROOT, check=False).returncode != 0:
            raise CourseError("A check fails; what it says stands above. Nothing is written.")
        return json.loads(file.read_text("utf-8"))


def growth() -> Figures:
    """Measure what grows with the weeks, 8 to 52: ``rows``.

    Raises:
        CourseError: The book is not built, or a step failed.
    """
    from paperclub.bench.growth import measure_growth

    return measure_growth(NOT_COPIED)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=START_PATIENCE) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        raise CourseError(f"The home answers with {error.code} {error.reason}.") from error
    except OSError:
        return False  # not listening yet


def _end(process: subprocess.Popen) -> None:
    """End a process and those it started."""
    family: list[psutil.Process | subprocess.Popen] = [process]
    if process.poll() is None:
        family = [*psutil.Process(process.pid).children(recursive=True), process]
    for member in family:
        try:
            member.terminate()
        except psutil.NoSuchProcess:
            continue  # ended by itself in between
    process.wait(timeout=30)


def _timed(command: list[str], what: str, cwd: str | None = None) -> Figures:
    began = time.perf_counter()
    _finished(command, what, cwd)
    return {"seconds": time.perf_counter() - began}


def _finished(
    command: list[str], what: str, cwd: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Raises:
        CourseError: It failed; the message ends with what it said last.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CourseError(f"{what}: {said}")
    return done

"""Build the book in the background of the course's server, and say how far it is."""

import atexit
import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ValidationError

from paperclub import paths

# Where each stage begins, how many percent of the whole it takes, and what it is called.
STAGES = {
    "waiting": (0, 0, "waiting"),
    "executing": (0, 80, "running"),
    "reading": (80, 10, "reading"),
    "writing": (90, 10, "writing"),
}


class BookStatus(BaseModel):
    """Where the book stands. ``percent`` and ``doing`` are those of a build that is running."""

    state: Literal["missing", "building", "built", "failed"]
    built: bool
    percent: int | None = None
    doing: str = ""
    message: str = ""


class BookBuild:
    """At most one build of the book, in a process of its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        atexit.register(self.stop)

    @property
    def log(self) -> Path:
        """The file that keeps what the build prints."""
        return paths.BUILD / "book-printed.log"

    def start(self) -> bool:
        """Start a build, unless one is running; return whether one was started.

        Raises:
            OSError: The log cannot be written.
        """
        if self._process and self._process.poll() is None:
            return False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._started = time.time()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "paperclub.cli", "book", "build"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=paths.ROOT,
            )
        return True

    def stop(self) -> None:
        """End a running build with all that it started."""
        if not self._process or self._process.poll() is not None:
            return
        try:
            build = psutil.Process(self._process.pid)
            family = [*build.children(recursive=True), build]
        except psutil.NoSuchProcess:
            return
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, left = psutil.wait_procs(family, timeout=3)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def status(self) -> BookStatus:
        """Say where the book stands, also when somebody builds it from a terminal."""
        built = (paths.HTML / "index.html").is_file()
        said = _last_said()
        code = self._process.poll() if self._process else None
        if (self._process and code is None) or said.by_a_living_process():
            percent, doing = said.so_far() if said.written >= self._started else (None, "")
            return BookStatus(state="building", built=built, percent=percent, doing=doing)
        own_failure = bool(code) and said.written < self._started
        if own_failure or said.stage == "failed":
            message = self._last_words() if own_failure else said.message
            return BookStatus(state="failed", built=built, message=message)
        return BookStatus(state="built" if built else "missing", built=built)

    def _last_words(self) -> str:
        """Return what a build printed last that failed before it could say how far it was."""
        try:
            lines = self.log.read_text("utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        last = lines[-1].removeprefix("course.py: ")[:1000] if lines else "It printed nothing."
        return f"{last}\nAll is in {self.log}."


class _Said(BaseModel):
    """What a build writes about itself into ``_build/progress.json``."""

    stage: str = "done"
    page: str = ""
    done: int = 0
    message: str = ""
    pid: int = 0
    written: float = 0.0

    def by_a_living_process(self) -> bool:
        """Return whether a build is under way; a process younger than the file is another."""
        if self.stage not in STAGES:
            return False
        try:
            return psutil.Process(self.pid).create_time() <= self.written
        except (psutil.Error, ValueError):
            return False

    def so_far(self) -> tuple[int | None, str]:
        """Return the percentage of the whole and what is being done."""
        if self.stage not in STAGES:
            return None, ""
        before, share, word = STAGES[self.stage]
        return before + self.done * share // 100, f"{word} {self.page}".strip()


def _last_said() -> _Said:
    """Read what the last build said; nothing, if none did or the file is not whole."""
    path = paths.BUILD / "progress.json"
    try:
        said = _Said.model_validate_json(path.read_bytes())
        said.written = path.stat().st_mtime
    except (OSError, ValidationError):
        return _Said()
    return said

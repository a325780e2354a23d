"""Build the book, serve it on this machine, pack it for a disk."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout
from rich.console import Console

from paperclub import paths
from paperclub.curriculum import glossary
from paperclub.curriculum.contents import write_toc
from paperclub.errors import CourseError, circumstances_said
from paperclub.files import write_atomically
from paperclub.site.build_log import ANSI, explain_failure
from paperclub.site.execution import CACHE, SURROUNDINGS, forget_damaged_runs, forget_old_runs

Progress = Callable[[str, int, int], None]

STAGE = paths.BUILD / "stage"  # jupyter-book works here; what is served is only ever swapped in
STAGED_HTML = STAGE / "_build" / "html"
LOG = paths.BUILD / "book.log"
PROGRESS = paths.BUILD / "progress.json"
EXECUTED = re.compile(r"executed \[(\d+)/(\d+)\] (\S+)")
LINE = re.compile(r"(reading sources|writing output)\.\.\. \[ *(\d+)%\] ?(\S*)")

console = Console(stderr=True, soft_wrap=True, highlight=False)


def build(fresh: bool = False, progress: Progress | None = None) -> Path:
    """Build the book into ``_build/html``; the old book stays readable until the new is whole.

    While it runs, ``_build/progress.json`` says how far it is: ``{"stage", "page", "done",
    "total"}``, where stage is ``waiting``, ``executing`` (the notebooks), ``reading``,
    ``writing``, ``done`` or ``failed`` (then with ``"message"``), and done counts hundredths of
    the stage.

    Args:
        fresh: Forget what was built and executed before.
        progress: Called with (stage, done, total) besides; without it progress is printed.

    Returns:
        The folder with the book.

    Raises:
        CourseError: Something in the book is wrong; the message names the notebook, the cell and
            the error, or the first warnings, and the log file.
    """
    with _one_at_a_time():
        tell = _Teller(progress)
        try:
            with circumstances_said():
                return _build(fresh, tell)
        except CourseError as error:
            tell.failed(str(error))
            raise
        except BaseException:
            tell.failed("The build was interrupted. Start it again.")
            raise


def serve(port: int = 8000) -> None:
    """Serve the built book to this machine only, until Ctrl-C.

    Args:
        port: Where to listen; when it is taken, the next free one is used and named.

    Raises:
        CourseError: The book is not built, or there is no free port near ``port``.
    """
    _require_built()
    with _server(port) as server:
        if server.server_port != port:
            console.print(f"Port {port} is taken; using {server.server_port}.")
        console.print(f"The book is at http://127.0.0.1:{server.server_port}/ — Ctrl-C stops it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Stopped.")


def export(zip_file: Path) -> Path:
    """Pack the built book as a zip with one folder, whose ``index.html`` opens from disk.

    Args:
        zip_file: Where to write; an earlier file of that name is replaced once the new is whole.

    Returns:
        The file written.

    Raises:
        CourseError: The name does not end in .zip, is a folder, or the book is not built.
    """
    zip_file = Path(zip_file).expanduser().absolute()
    if zip_file.suffix.lower() != ".zip":
        raise CourseError(
            f"The export is a zip file, and {zip_file.name} does not end in .zip. "
            f"Try: --zip {zip_file.name}.zip"
        )
    if zip_file.is_dir():
        raise CourseError(f"{zip_file} is a folder. Name a file in it.")
    _require_built()
    try:
        zip_file.parent.mkdir(parents=True, exist_ok=True)
        _write_zip(zip_file)
    except OSError as error:
        raise CourseError(
            f"Cannot write {zip_file}: {error.strerror}. Name a folder that you may write to."
        ) from None
    console.print(f"Wrote {zip_file}. Unpack it and open {zip_file.stem}/index.html.")
    return zip_file


def _build(fresh: bool, tell: "_Teller") -> Path:
    if fresh:
        shutil.rmtree(STAGE, ignore_errors=True)
        shutil.rmtree(CACHE, ignore_errors=True)
    glossary()  # reads all of the course's data: what is wrong there is said before Sphinx runs
    write_toc()
    _forget_pages_that_left()
    if forget_damaged_runs():
        console.print("Some results kept from earlier builds were damaged; they are made again.")
    tell("executing", 0)
    if _make_pages(tell) != 0:
        # Sphinx warns of a page when it reads it: a page that it remembers would pass next time.
        shutil.rmtree(STAGE / "_build" / ".doctrees", ignore_errors=True)
        raise CourseError(explain_failure(LOG))
    _swap_in()
    forget_old_runs()
    tell("done", 100)
    return paths.HTML


def _make_pages(tell: "_Teller") -> int:
    """Execute what is to be executed, then run jupyter-book; return its exit code.

    Everything that they say goes to the log, how far they are to ``tell``.
    """
    code = "from jupyter_book.cli.main import main; main()"
    words = ["build", ".", "--path-output", str(STAGE), "--toc", "book/_toc.yml"]
    # An executed exercise must not count as the reader's own progress.
    with (
        tempfile.TemporaryDirectory(prefix="paperclub-build-") as nobody,
        LOG.open("w", encoding="utf-8") as log,
    ):
        _run(["-m", "paperclub.site.execute"], nobody, log, tell)
        return _run(["-c", code, *words, "-W", "--keep-going"], nobody, log, tell)


def _run(words: list[str], data: str, log: TextIO, tell: "_Teller") -> int:
    """Run Python as pages are made, in the data folder ``data``; return its exit code."""
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=paths.ROOT,
        env=os.environ | {"PAPERCLUB_DATA": data, **SURROUNDINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None  # a pipe was asked for
        for coloured in process.stdout:
            line = ANSI.sub("", coloured)
            log.write(line)
            if found := EXECUTED.search(line):
                tell("executing", 100 * int(found[1]) // int(found[2]), found[3])
            elif found := LINE.search(line):
                stage = "reading" if found[1].startswith("reading") else "writing"
                tell(stage, int(found[2]), found[3])
        return process.wait()


def _forget_pages_that_left() -> None:
    """Start the pages afresh when the contents changed: Sphinx itself never deletes a page."""
    toc, seen = paths.BOOK / "_toc.yml", STAGE / "toc-of-last-build.yml"
    now = toc.read_text(encoding="utf-8")
    if not seen.is_file() or seen.read_text(encoding="utf-8") != now:
        shutil.rmtree(STAGED_HTML, ignore_errors=True)
        write_atomically(seen, now)


def _swap_in() -> None:
    """Put the finished book where it is served from: two renames, never a half-copied folder."""
    new, old = paths.BUILD / "html.new", paths.BUILD / "html.old"
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        shutil.copytree(STAGED_HTML, new, ignore=shutil.ignore_patterns(".buildinfo*", "reports"))
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)  # half a book helps nobody on a full disk
        raise
    if paths.HTML.exists():
        paths.HTML.rename(old)
    new.rename(paths.HTML)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait until no other build of this folder runs."""
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.BUILD / "book.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        console.print("Another build of this book is running; waiting for it to end.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


class _Teller:
    """Says how far the build is: to the progress file, and to a caller or the terminal."""

    def __init__(self, progress: Progress | None):
        self.progress = progress
        self.last: tuple[str, int] | None = None

    def __call__(self, stage: str, done: int, page: str = "") -> None:
        if (stage, done) == self.last:
            return
        self.last = (stage, done)
        self._write(stage=stage, page=page, done=done, total=100)
        if self.progress:
            self.progress(stage, done, 100)
        else:
            console.print(f"  {done:3d} %  {stage} {page}".rstrip())

    def failed(self, message: str) -> None:
        # On a full disk this cannot be written either; whoever called says the message anyway.
        with suppress(OSError):
            self._write(stage="failed", page="", done=0, total=100, message=message)

    @staticmethod
    def _write(**fields: str | int) -> None:
        write_atomically(PROGRESS, json.dumps({**fields, "pid": os.getpid()}) + "\n")


def _require_built() -> None:
    if not (paths.HTML / "index.html").is_file():
        raise CourseError("The book is not built yet. Build it with: python course.py book build")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line for each picture helps nobody."""


def _server(port: int) -> ThreadingHTTPServer:
    handler = functools.partial(_Quiet, directory=str(paths.HTML))
    for candidate in range(port, min(port + 50, 65536)):
        try:
            # Windows would share a port that another program listens on if it were allowed to.
            ThreadingHTTPServer.allow_reuse_address = os.name != "nt"
            return ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except (OSError, OverflowError):
            continue
    raise CourseError(f"No port from {port} to {port + 49} is free. Name another: --port 9000")


def _write_zip(zip_file: Path) -> None:
    """Write beside the target first, so that an interruption leaves no broken archive."""
    handle, name = tempfile.mkstemp(dir=zip_file.parent, prefix=f".{zip_file.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(paths.HTML.rglob("*")):
                if file.is_file():
                    inside = Path(zip_file.stem) / file.relative_to(paths.HTML)
                    archive.write(file, inside.as_posix())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(zip_file)
    finally:
        temporary.unlink(missing_ok=True)

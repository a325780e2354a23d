"""Open JupyterLab on the course's home."""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from rich.console import Console
from rich.markup import escape
from traitlets import TraitError

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.learner.copies import ensure_copies

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

HERE = Path(__file__).resolve().parent
EXTENSIONS = {"jupyterlab": True, "jupyter_server_terminals": True, "paperclub.site.server": True}


def start(browser: bool = True, port: int = 8888) -> None:
    """Serve the course until Ctrl-C: its home, its book, and Lab on the learner's copies.

    The folder that Lab shows is ``work/``: what can be edited there is the learner's own.

    Args:
        browser: Open a browser on the home.
        port: Where to listen; when it is taken, the next free one is used and named.

    Raises:
        CourseError: The folder, the home directory or the port cannot be used, or the server
            did not start.
    """
    if not 1 <= port <= 65535:
        raise CourseError(f"There is no port {port}. Ports are 1 to 65535; try --port 8888.")
    remarks = ensure_copies()
    _require_a_place_for_jupyter()
    with _printing_to_a_log() as (log, console):
        for remark in remarks:
            console.print(escape(remark))
        try:
            _serve(browser, port, console)
        except SystemExit as error:
            if error.code:
                raise CourseError(_why_not(log, port)) from error
        except (OSError, ValueError, RuntimeError, TraitError) as error:
            traceback.print_exc()
            sys.stderr.flush()
            raise CourseError(_why_not(log, port)) from error
        console.print("Stopped. What you saved is in work/.")
    log.unlink(missing_ok=True)


def _serve(browser: bool, port: int, console: Console) -> None:
    """Run the server in this process, announcing it once it listens."""
    _prepare_surroundings()
    # Two starts at once would both find the same port free: the second waits until the first
    # listens, and then sees that it is taken.
    turn = FileLock(paths.user_data() / "start.lock")
    try:
        turn.acquire(timeout=20)
    except Timeout:
        console.print("Another start is taking long; going on beside it.")
    from jupyter_server.serverapp import ServerApp

    server = ServerApp.instance(jpserver_extensions=EXTENSIONS)
    server.initialize(argv=_options(browser, port), find_extensions=False)
    build = server.web_app.settings["paperclub_build"]
    is_building = not (paths.HTML / "index.html").is_file() and build.start()

    def announce() -> None:
        turn.release()
        _announce(server, port, is_building, console)

    # Jupyter binds its port in a callback of its own, which was added before this one.
    server.io_loop.add_callback(announce)
    server.start()


def _options(browser: bool, port: int) -> list[str]:
    return [
        f"--ServerApp.root_dir={paths.WORK}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.default_url=/course",
        # Ctrl-C means it: no question.
        "--ServerApp.answer_yes=True",
        # Containers run as root, and the server listens to this machine only.
        "--ServerApp.allow_root=True",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.app_settings_dir={HERE / 'lab_settings'}",
        f"--LabApp.extra_labextensions_path={HERE / 'lab_extension'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]


def _prepare_surroundings() -> None:
    """See to it that a notebook's ``python3`` is the Python that runs this."""
    own = str(Path(sys.prefix) / "share" / "jupyter")
    # Before any other place, so that a kernel of that name in the home directory does not win.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [own, *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )
    # Jupyter's schemas take a second to learn the grammar of internationalised addresses, which
    # none of them uses. jsonschema does without it when it is not installed.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def _require_a_place_for_jupyter() -> None:
    from jupyter_core.paths import jupyter_runtime_dir

    try:
        folder = Path(jupyter_runtime_dir())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        paths.user_data()
    except (OSError, RuntimeError) as error:
        raise CourseError(
            f"JupyterLab needs a home directory that it can write to: {error}. "
            "Set the environment variable HOME to a folder of yours and try again."
        ) from error


@contextmanager
def _printing_to_a_log() -> Iterator[tuple[Path, Console]]:
    """Send all that Jupyter and its kernels print to a file; yield it, and what still prints here.

    The file holds the login token, so that only its owner can read it.
    """
    handle, name = tempfile.mkstemp(prefix="paperclub-start-", suffix=".log")
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        with open(saved[0], "w", encoding="utf-8", errors="replace", closefd=False) as screen:
            yield Path(name), Console(file=screen, soft_wrap=True, highlight=False)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for target, kept in zip((1, 2), saved, strict=True):
            os.dup2(kept, target)
            os.close(kept)


def _announce(server: "ServerApp", asked: int, is_building: bool, console: Console) -> None:
    console.print("\n[bold]The course is open:[/]")
    # Plain, so that a terminal takes the whole of it for a link.
    console.out(f"  {server.display_url.split()[0]}", highlight=False)
    if server.port != asked:
        console.print(f"Port {asked} is taken, so it is on port {server.port}.")
    if is_building:
        console.print("The book is being built; the page shows how far it is.")
    console.print("To stop: Ctrl-C in this window.\n")


def _why_not(log: Path, port: int) -> str:
    said = log.read_text("utf-8", errors="replace")
    if "no available port" in said or "is not available" in said:
        return (
            f"No port from {port} on could be used. Name another: "
            f"python course.py start --port {port + 1000 if port < 60000 else 8888}"
        )
    lines = said.strip().splitlines() or ["it printed nothing"]
    return f"JupyterLab did not start: {lines[-1].strip()}\nAll that it printed is in {log}."

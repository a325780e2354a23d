"""The stages of the checks, in the order in which they run."""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import psutil

from paperclub.checks.chromium import ensure_chromium
from paperclub.checks.firefox import ensure_firefox
from paperclub.checks.growth import share_of_pages
from paperclub.checks.marks import files_with
from paperclub.checks.outcome import Outcome, command_outcome, pytest_outcome
from paperclub.checks.programs import can_install
from paperclub.checks.seccomp import ensure_libseccomp
from paperclub.checks.spelling import NOT_FOUND
from paperclub.checks.turns import EVERY, Turn
from paperclub.errors import CourseError
from paperclub.paths import HTML, ROOT
from paperclub.site.execution import SURROUNDINGS
from paperclub.threads import threads

STAGE_LIMIT = 35 * 60  # seconds; a check that hangs is a check that failed, a slow machine is none
CELL_LIMIT = 300  # seconds for one cell of a notebook
NOTEBOOKS = ("chapters", "solutions", "exercises")
MOVED = (
    "If a dependency has changed, see which claim moved: python course.py claims WEEK --compare 1"
)
# Two processes; what a file prepares is prepared once. Files keep their order: by their numbers of
# tests, those of few and long ones would come last, beside an idle process.
TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
SLOWEST = ("--durations", "12", "--durations-min", "5")


@dataclass(frozen=True)
class Stage:
    """One stage: its title, what runs it, and whether `--quick` leaves it out."""

    title: str
    run: Callable[[], Outcome]
    slow: bool = False


def stages(quick: bool, turn: Turn = EVERY) -> list[Stage]:
    """Return all stages in order.

    Args:
        quick: Leave out the unit tests marked slow.
        turn: Which weeks' own tests are left out.
    """
    python = sys.executable
    paperclub = [python, "-m", "paperclub.cli"]
    scripts = Path(sysconfig.get_path("scripts"))
    unit = "not browser and not slow" if quick else "not browser"
    return [
        command_stage("Lint", [python, "-m", "ruff", "check", "."]),
        command_stage("Layout of the code", [python, "-m", "ruff", "format", "--check", "."]),
        command_stage("Types", [python, "-m", "mypy"]),
        command_stage("Import rules", [str(scripts / "lint-imports"), "--no-cache", "--no-logo"]),
        command_stage("Derived files in step", [*paperclub, "derive", "--check"]),
        command_stage("Layout of the notebooks", [*paperclub, "format-notebooks", "--check"]),
        Stage("Spelling", run_spelling),
        command_stage("Form of the addresses", [python, "-m", "paperclub.checks.links"]),
        Stage("Unit tests", lambda: run_unit_tests(unit, turn)),
        Stage("Every notebook", run_notebooks, slow=True),
        Stage("The book, warnings as errors", build_book, slow=True),
        Stage("In a real browser", lambda: run_browser_tests(turn), slow=True),
        Stage("In Firefox", lambda: run_firefox_tests(turn), slow=True),
    ]


def command_stage(title: str, command: list[str], slow: bool = False) -> Stage:
    """Return a stage that is one command and counts as one check."""
    return Stage(title, lambda: command_outcome(run(command)), slow)


def run_spelling() -> Outcome:
    """Check the spelling of the prose; who has no dictionary need not install one.

    Where it could have been installed, as on a build machine, its absence speaks against the run.
    """
    code = run([sys.executable, "-m", "paperclub.checks.spelling"])
    if code != NOT_FOUND:
        return command_outcome(code)
    return Outcome(skipped=1, fault="no dictionary to check with" if can_install() else "")


def run_unit_tests(which: str, turn: Turn) -> Outcome:
    """Run the tests that need no browser; the sandbox's need a library of the system."""
    ensure_libseccomp()
    return run_tests(["-m", which, *TWO], turn)


def run_notebooks() -> Outcome:
    """Run every notebook from a cold kernel and compare the outputs that are marked for it.

    The book's stage finds what these runs gave, and need not run them a second time.
    """
    found = [folder for folder in NOTEBOOKS if list((ROOT / folder).glob("*.ipynb"))]
    nbval = ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={CELL_LIMIT}"]
    nbval += ["-p", "paperclub.checks.kept_runs"]
    outcome = Outcome()
    if found:
        outcome = run_pytest([*nbval, *TWO, *found], surroundings=SURROUNDINGS)
        if outcome.failed:
            print(MOVED, flush=True)
    missing = [folder for folder in NOTEBOOKS if folder not in found]
    if missing:
        outcome += Outcome(failed=1, fault=f"no notebook in {', '.join(missing)}")
    return outcome


def build_book() -> Outcome:
    """Build the book; it grows by the pages that are those of weeks."""
    outcome = command_outcome(run([sys.executable, "-m", "paperclub.cli", "book", "build"]))
    return replace(outcome, weekly=share_of_pages(HTML, NOTEBOOKS))


def run_browser_tests(turn: Turn = EVERY) -> Outcome:
    """Run the tests that drive a browser; where there is none, nothing has passed."""
    try:
        browser = ensure_chromium()
    except CourseError as error:
        print(error)
        return Outcome(skipped=1, fault="no browser to run them in")
    print(f"Browser: {browser}", flush=True)
    return run_tests(["-m", "browser and not firefox", *TWO], turn, True, files_with("browser"))


def run_firefox_tests(turn: Turn = EVERY) -> Outcome:
    """Run the figures' tests in a second engine; who has no Firefox need not install one.

    Where it could have been installed, as on a build machine, its absence speaks against the run.
    """
    try:
        browser = ensure_firefox()
    except CourseError as error:
        print(error)
        return Outcome(skipped=1, fault="no Firefox where PAPERCLUB_FIREFOX says")
    if browser is None:
        print("Not run: no Firefox was found (on Debian: sudo apt-get install firefox-esr).")
        return Outcome(skipped=1, fault="no Firefox to run them in" if can_install() else "")
    print(f"Browser: {browser}", flush=True)
    return run_tests(["-m", "firefox"], turn, True, files_with("firefox"))


def run_tests(
    arguments: list[str],
    turn: Turn,
    all_must_run: bool = False,
    files: Sequence[str] = ("tests",),
) -> Outcome:
    """Run those of the tests in ``files`` that ``arguments`` choose and whose turn it is."""
    plugin = ["-p", "paperclub.checks.turns"]
    outcome = run_pytest([*arguments, *plugin, *files], all_must_run, turn.surroundings)
    return replace(outcome, in_turn=True)


def run_pytest(
    arguments: list[str],
    all_must_run: bool = False,
    surroundings: Mapping[str, str] = MappingProxyType({}),
) -> Outcome:
    """Run pytest, with ``surroundings`` in its environment, and read its report."""
    with tempfile.TemporaryDirectory(prefix="paperclub-checks-") as folder:
        report = Path(folder) / "report.xml"
        options = ["-q", f"--junitxml={report}", *SLOWEST]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return pytest_outcome(run(command, surroundings=surroundings), report, all_must_run)


def run(
    command: list[str],
    limit: float = STAGE_LIMIT,
    surroundings: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Run a command in the checkout, its words going to the terminal; return its exit code.

    A command that takes longer than ``limit`` seconds is ended, with all that it started.
    """
    with tempfile.TemporaryDirectory(prefix="paperclub-data-") as data:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**environment(data), **surroundings}, stdin=subprocess.DEVNULL
        )
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            print(f"Ended: it took longer than {limit / 60:.0f} minutes.", flush=True)
            return 1
        finally:
            end_tree(process)


def environment(data: str) -> dict[str, str]:
    """Return the environment of a stage: a data folder of its own, and one core a process.

    Python keeps what it compiled, as it does unless told otherwise: a run starts hundreds of
    processes, and each would compile the library again.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PAPERCLUB_DATA": data, "PYTHONUTF8": "1", **threads(1)}


def end_tree(process: subprocess.Popen) -> None:
    """End a process that still runs, and everything that it started."""
    if process.poll() is not None:
        return
    family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue  # it ended by itself meanwhile
    process.wait()

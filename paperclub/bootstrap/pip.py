"""Running pip: everything it says goes to a log, the gist to the person who waits."""

import os
import platform
import re
import shutil
import subprocess
import sys
import threading
from typing import IO

from paperclub.bootstrap.environment import Environment
from paperclub.errors import CourseError

DISK_NEEDED = 3  # GB
DISK_FULL = f"the disk is full; free about {DISK_NEEDED} GB and run the same command again."
NO_NETWORK = re.compile(r"Retrying \(Retry|NewConnectionError|ConnectTimeout|Could not fetch URL")


def run_pip(environment: Environment, log: IO[str], *arguments: str, total: int = 0) -> None:
    """Run `pip install` in the environment; with a ``total``, count the packages as they come.

    Raises:
        CourseError: pip failed; the message says why and names the log.
    """
    command = [str(environment.python), "-m", "pip", "install", "--no-input"]
    command += ["--progress-bar", "off", "--disable-pip-version-check", "--no-warn-script-location"]
    process = subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A person's own setting "user = true" would stop pip inside an environment.
        env={**os.environ, "PIP_USER": "0", "PYTHONUTF8": "1"},
    )
    progress = Progress(environment, total)
    reader = threading.Thread(target=progress.read, args=(process.stdout, log), daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(0.5)
            progress.show()
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        progress.end()
    if process.returncode:
        raise CourseError(
            f"{why_pip_failed(''.join(progress.lines))} The whole story is in {environment.log}."
        )


class Progress:
    """Says how far pip is: on one line of a terminal, elsewhere a line for every 25 packages."""

    def __init__(self, environment: Environment, total: int):
        self.environment = environment
        self.total = total
        self.lines: list[str] = []
        self.shown: tuple[str, int] | None = None

    def read(self, stream: IO[bytes], log: IO[str]) -> None:
        """Keep what pip says, in the log too."""
        for raw in stream:
            self.lines.append(raw.decode("utf-8", "replace"))
            log.write(self.lines[-1])

    def count(self) -> tuple[str, int, str]:
        """Return what pip is doing, how many packages it has done, and what it is fetching."""
        lines = list(self.lines)
        if any(line.startswith("Installing collected packages") for line in lines):
            names = self.environment.entries()
            return "installed", sum(name.endswith(".dist-info") for name in names), ""
        starts = ("Collecting ", "Requirement already satisfied")
        fetched = [line.split("/")[-1] for line in lines if line.lstrip().startswith("Downloading")]
        file = fetched[-1].replace("Downloading", "").strip() if fetched else ""
        return "found", sum(line.startswith(starts) for line in lines), file

    def show(self) -> None:
        """Say how far pip is, unless there is nothing to count."""
        if not self.total:
            return
        doing, done, file = self.count()
        text = f"    {doing} {done} of about {self.total} packages  {file}"
        if sys.stdout.isatty():
            width = shutil.get_terminal_size().columns - 1
            print("\r" + text[:width].ljust(width), end="", flush=True)
        elif self.shown != (doing, done // 25):
            print(text.rstrip(), flush=True)
        self.shown = (doing, done // 25)

    def end(self) -> None:
        """Leave the terminal's progress line standing and go to the next line."""
        if self.shown and sys.stdout.isatty():
            print()


def why_pip_failed(text: str) -> str:
    """Return one sentence on why pip failed."""
    if "No space left on device" in text:
        return DISK_FULL
    if NO_NETWORK.search(text):
        return (
            "the packages could not be fetched: there is no network, or the package index does "
            "not answer; connect and run the same command again."
        )
    missing = re.search(r"No matching distribution found for (\S+)", text)
    if missing:
        system = f"{platform.system()} {platform.machine()}"
        python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
        return f"your package index has no {missing[1]} for {python} on {system}."
    return f"pip failed ({last_line(text)})."


def last_line(text: str) -> str:
    """Return the last line that says something, the last ERROR line where there is one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1]

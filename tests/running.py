"""A course of its own for a test: copied to a folder, started as a learner starts it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.test.*")

LESSON = [
    ("markdown", "# Attention\n\nTo the [exercises](../exercises/attention.ipynb)."),
    ("code", "import sys, paperclub\nprint(sys.executable)\nprint(paperclub.__file__)"),
]
TASK = [("markdown", "# Exercises"), ("code", "answer = ...")]


def write_notebook(path: Path, cells: list[tuple[str, str]]) -> None:
    """Write a small notebook."""
    made = []
    for number, (kind, source) in enumerate(cells):
        cell = {"id": f"cell-{number}", "cell_type": kind, "metadata": {}, "source": source}
        if kind == "code":
            # As in the course's own: marked outputs are kept, without a count.
            said = {"output_type": "stream", "name": "stdout", "text": "said"}
            cell |= {"outputs": [said], "execution_count": None}
        made.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content | {"nbformat_minor": 5}), encoding="utf-8")


def copy_course(root: Path) -> Path:
    """Copy the library and the course's data, with one small week, into ``root``."""
    shutil.copytree(ROOT / "paperclub", root / "paperclub", ignore=LEFT_OUT)
    (root / "book").mkdir()
    for data in (ROOT / "book").glob("*.yml"):
        shutil.copy(data, root / "book")
    write_notebook(root / "chapters" / "attention.ipynb", LESSON)
    write_notebook(root / "exercises" / "attention.ipynb", TASK)
    # A book of one page: building the real one takes minutes.
    page = root / "_build" / "html" / "chapters" / "attention.html"
    page.parent.mkdir(parents=True)
    page.write_text("<!doctype html><title>Attention</title><h1>Attention</h1>", "utf-8")
    (root / "_build" / "html" / "index.html").write_text("<!doctype html><h1>Book</h1>", "utf-8")
    return root


class Running:
    """A course that was started with ``start --no-browser``."""

    def __init__(self, root: Path, home: Path, port: int, **environment: str):
        home.mkdir(parents=True, exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
        own = {"HOME": str(home), "PYTHONPATH": str(root), "PAPERCLUB_DATA": str(home / "data")}
        if sys.platform == "win32":
            own |= {"USERPROFILE": str(home), "APPDATA": str(home)}
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "paperclub.cli", "start", "--no-browser", f"--port={port}"],
            cwd=root,
            env=kept | own | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.said += line

    def wait_until_open(self, seconds: float = 60) -> "Running":
        """Wait for the announcement."""
        end = time.monotonic() + seconds
        while "To stop" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, f"not open after {seconds} s: {self.said}"
            time.sleep(0.05)
        return self

    @property
    def url(self) -> str:
        """The address that was announced, with its token."""
        return re.search(r"http://\S+", self.said)[0]

    @property
    def base(self) -> str:
        """The server's address, ending in a slash."""
        return self.url.split("course?")[0]

    @property
    def token(self) -> str:
        """The login token."""
        return self.url.split("token=")[1]

    def stop(self) -> int:
        """Press Ctrl-C, as a terminal does: once, for the whole group of processes."""
        if self.process.poll() is None:
            if sys.platform == "win32":
                self.process.terminate()
            else:
                os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(30)
        self._reader.join(5)
        return code

    def ask(self, path: str, method: str = "GET", login: bool = True, **headers: str):
        """Ask the server; return (status, headers, text). Redirects are not followed."""
        request = urllib.request.Request(self.base + path, method=method, headers=headers)
        if login:
            request.add_header("Authorization", f"token {self.token}")
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode("utf-8", "replace")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None

"""What grading a class costs, beside nbgrader's autograde on the same files."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.threads import threads

WEEK = "attention"
CLASSES = (30, 300, 1000)
SAMPLE = 10  # submissions that nbgrader grades: one in ten faulty there, too
CORES = 2
LOOK = 0.2  # seconds between two looks at the memory
# One in ten hands in one of these, in turn.
FAULTS = (
    "def attention_weights(scores, mask=None):\n    return torch.softmax(scores, dim=-2)",
    "def attention_weights(scores, mask=None):\n    raise ValueError('not yet')",
    "def attention_weights(scores, mask=None):\n    ...  # your answer here",
)


def measure_grading(classes: tuple[int, ...] = CLASSES, sample: int = SAMPLE) -> dict[str, Any]:
    """Grade classes of several sizes, and a sample of the same files with nbgrader.

    Returns:
        ``rows``: what was graded, how many, seconds, milliseconds for each, peak memory of all
        processes together (MiB); and ``ratio``: how many times ours nbgrader takes for each.

    Raises:
        CourseError: nbgrader is not installed, or one of the two failed.
    """
    with tempfile.TemporaryDirectory(prefix="paperclub-grading-") as root:
        place = Path(root)
        rows = [_ours(place / str(count), count) for count in classes]
        theirs = _nbgrader(place / "nbgrader", sample)
    # The class of 300 is what the course promises; of fewer, the largest.
    mine = next((row for row in rows if row["count"] == 300), rows[-1])
    ratio = round(theirs["each_ms"] / mine["each_ms"], 1)
    return {"rows": [*rows, theirs], "ratio": ratio}


def write_class(folder: Path, count: int, path: str = "{student}") -> None:
    """Write ``count`` submissions: the solutions, every tenth with a fault."""
    right = json.loads((paths.SOLUTIONS / f"{WEEK}.ipynb").read_bytes())
    for number in range(count):
        notebook = copy.deepcopy(right)
        if number % 10 == 9:
            _spoil(notebook, FAULTS[number // 10 % len(FAULTS)])
        place = folder / path.format(student=f"student{number:04}") / f"{WEEK}.ipynb"
        place.parent.mkdir(parents=True)
        # No two students hand in the same bytes.
        notebook["metadata"]["student"] = number
        place.write_text(json.dumps(notebook), "utf-8")


def _spoil(notebook: dict[str, Any], source: str) -> None:
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution") and about["grade_id"] == "attention_weights":
            cell["source"] = source


def _ours(place: Path, count: int) -> dict[str, Any]:
    write_class(place / "in", count)
    command = [sys.executable, "-P", "-m", "paperclub.cli"]
    environment = {**os.environ, "PAPERCLUB_CLASS": str(place / "class"), **threads(1)}
    _run([*command, "release", WEEK, "--to", str(place / "out")], environment, place)
    _run([*command, "collect", str(place / "in")], environment, place)
    grade = [*command, "grade", WEEK, "--workers", str(CORES)]
    seconds, peak = _run(grade, environment, place)
    return _row("this course", count, seconds, peak)


def _row(what: str, count: int, seconds: float, peak: int) -> dict[str, Any]:
    each = round(1000 * seconds / count, 1)
    return {
        "what": what, "count": count, "seconds": round(seconds, 1), "each_ms": each,
        "peak_mib": peak,
    }  # fmt: skip


def _nbgrader(place: Path, count: int) -> dict[str, Any]:
    """Have nbgrader grade a sample; making the assignment is not counted, starting up is not."""
    code = (
        "import sys, time, shutil\nfrom pathlib import Path\n"
        "from nbgrader.apps import NbGraderAPI\nfrom traitlets.config import Config\n"
        "settings = Config()\nsettings.CourseDirectory.root = settings.Exchange.root = '.'\n"
        f"week = {WEEK!r}\n"
        "grader = NbGraderAPI(config=settings)\n"
        "assert grader.generate_assignment(week)['success']\n"
        "students = sorted(one.name for one in Path('submitted').iterdir())\n"
        "began = time.perf_counter()\n"
        "for one in students:\n"
        "    assert grader.autograde(week, one)['success']\n"
        "Path('seconds').write_text(str(time.perf_counter() - began))\n"
    )
    source = place / "source" / WEEK / f"{WEEK}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((paths.SOLUTIONS / f"{WEEK}.ipynb").read_bytes())
    write_class(place / "submitted", count, f"{{student}}/{WEEK}")
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # for its alembic
    environment = {**os.environ, "PATH": beside, "PAPERCLUB_DATA": str(place / "data")}
    _, peak = _run([sys.executable, "-c", code], environment, place)
    return _row("nbgrader", count, float((place / "seconds").read_text("ascii")), peak)


def _run(command: list[str], environment: dict[str, str], place: Path) -> tuple[float, int]:
    """Run a command to its end; return its seconds and the peak of its family's memory in MiB.

    Raises:
        CourseError: It failed.
    """
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(LOOK)
        seconds = time.perf_counter() - began
        if process.returncode:
            log.seek(0)
            raise CourseError(f"{command[-2:]} failed:\n{log.read()[-2000:]}")
    return seconds, peak >> 20


def _memory(pid: int) -> int:
    """Return what a process and all below it hold; what they share counts once (PSS)."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for one in family:
        try:
            total += getattr(one.memory_full_info(), "pss", 0)
        except psutil.Error:
            continue  # it ended in between
    return total

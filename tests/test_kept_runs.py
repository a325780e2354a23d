"""What nbval ran is what the book shows; what failed in nbval is not kept."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import write_notebook
from small_book import copy_course, course

pytestmark = pytest.mark.slow

CELLS = [
    ("markdown", "# Attention is all you need"),
    ("code", "from ipywidgets import IntSlider\n\nprint('run by', __import__('os').getpid())"),
    ("code", "slider = IntSlider(value=41)\nslider.value += 1\nslider"),
    ("code", "print('the last cell')"),
]
# A notebook that finds what another one stored fails.
ALONE = """
from paperclub.paths import user_data

mark = user_data() / "a notebook was here"
assert not mark.exists()
mark.touch()
"""
EXERCISES = [("markdown", "# Exercises"), ("code", ALONE), ("code", "[][3]")]
CELLS.insert(2, ("code", ALONE))


def write_unrun(path: Path, cells: list[tuple[str, str]]) -> None:
    """Write a notebook without outputs: nbval runs what has none and compares nothing."""
    write_notebook(path, cells)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """Return a copy of the course whose notebooks nbval has run: one that holds, one that fails."""
    root = copy_course(tmp_path_factory.mktemp("course"))
    write_unrun(root / "chapters" / "attention.ipynb", CELLS)
    for folder in ("exercises", "solutions"):
        write_unrun(root / folder / "attention.ipynb", EXERCISES)
    assert course(root, "derive").returncode == 0
    return root


def nbval(root: Path) -> subprocess.CompletedProcess[str]:
    plugins = ["-p", "paperclub.checks.kept_runs", "-p", "no:cacheprovider", "--rootdir", str(root)]
    words = ["--nbval-lax", "--nbval-current-env", *plugins, "chapters", "exercises"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_the_book_shows_nbvals_run_and_executes_only_what_failed_there(tree):
    done = nbval(tree)
    assert done.returncode == 1, done.stdout
    assert "exercises/attention.ipynb::Cell 1" in done.stdout and "5 passed" in done.stdout
    built = course(tree, "book", "build")
    log = (tree / "_build" / "book.log").read_text(encoding="utf-8")
    executed = re.findall(r"executed \[\d/\d\] (\S+)", log)
    assert sorted(executed) == ["exercises/attention", "solutions/attention"]
    assert "chapters/attention.ipynb: Using cached notebook" in log
    assert built.returncode == 2 and "IndexError" in built.stderr


def test_widgets_have_the_state_that_they_ended_with(tree):
    write_unrun(tree / "exercises" / "attention.ipynb", EXERCISES[:2])
    write_unrun(tree / "solutions" / "attention.ipynb", EXERCISES[:2])
    built = course(tree, "book", "build")
    assert built.returncode == 0, built.stderr
    page = (tree / "_build" / "html" / "chapters" / "attention.html").read_text(encoding="utf-8")
    assert "the last cell" in page and '"value": 42' in page

"""BertViz showing the same attentions, and the scripts that it asks other hosts for."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from paperclub import paths
from paperclub.errors import CourseError

CDN = "https://cdnjs.cloudflare.com/**"
# The file that BertViz names → the npm package that has it, and where. It asks for jQuery 2.0.0;
# the nearest release that npm has stands in.
SCRIPTS = {
    "require.min.js": ("requirejs@2.3.6", "requirejs/require.js"),
    "jquery.min.js": ("jquery@2.1.0", "jquery/dist/jquery.min.js"),
    "d3.min.js": ("d3@5.7.0", "d3/dist/d3.min.js"),
}
INSTALL = "python -m pip install --no-deps -r requirements-bench.txt"


def require_bertviz() -> None:
    """Make sure that BertViz and npm are there, before anything is measured.

    Raises:
        CourseError: One is missing; the message says what to install.
    """
    if find_spec("bertviz") is None:
        raise CourseError(
            "The figures are measured beside BertViz, which is not installed. "
            f"With the course's own Python (in .venv): {INSTALL}"
        )
    _npm()


def _npm() -> str:
    program = shutil.which("npm")
    if program is None:
        raise CourseError(
            "BertViz's scripts are taken from npm, and there is no npm here. "
            "Install Node 20 or newer, which brings it."
        )
    return program


def cdn_scripts() -> dict[str, bytes]:
    """Return the scripts that BertViz gets from a CDN, from copies that npm fetched once.

    Raises:
        CourseError: npm could not fetch them.
    """
    folder = paths.BUILD / "bench" / "npm"
    files = {name: folder / "node_modules" / inside for name, (_, inside) in SCRIPTS.items()}
    if not all(file.is_file() for file in files.values()):
        folder.mkdir(parents=True, exist_ok=True)
        packages = [package for package, _ in SCRIPTS.values()]
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        done = subprocess.run(
            [_npm(), "install", *quiet, "--prefix", str(folder), *packages],
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        if done.returncode:
            raise CourseError(f"npm could not fetch BertViz's scripts:\n{done.stderr[-1000:]}")
    return {name: file.read_bytes() for name, file in files.items()}


def head_view_page(attentions: np.ndarray, tokens: list[str], file: Path) -> Path:
    """Write BertViz's head view as a page of its own.

    Args:
        attentions: Weights (layer, head, query, key).
        tokens: Their names.
        file: Where to write.

    Returns:
        The file.
    """
    import torch
    from bertviz import head_view

    layers = [torch.from_numpy(layer)[None].float() for layer in attentions]
    view = head_view(layers, tokens, html_action="return")
    page = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{view.data}</body></html>'
    )
    file.write_text(page, encoding="utf-8")
    return file

"""The built modules: what a browser runs."""

from pathlib import Path

DIST = Path(__file__).parent / "dist"
HOST = DIST / "host"


def built(name: str) -> str:
    """Return the module of the figure ``name``, the text that a browser imports."""
    return (DIST / f"{name}.js").read_text(encoding="utf-8")

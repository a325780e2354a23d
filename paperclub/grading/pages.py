"""Pages for a class: every text is escaped, and the page itself forbids whatever is not its own."""

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent / "templates"


@functools.lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = with_code
    environment.filters["points"] = points
    return environment


def page(name: str, **content: Any) -> str:
    """Return a page made from a template.

    Its policy allows one style sheet, which stands in the page and is named by its hash, and
    nothing else: no script, no picture, no address.
    """
    style = (TEMPLATES / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = _environment().get_template(name)
    # The sheet is a file of ours; it is the one text that goes in as it is.
    return template.render(style=Markup(style), policy=policy, **content)


def with_code(text: str) -> Markup:
    """Return text in which words between backticks are code."""
    pieces = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )


def points(value: float | None) -> str:
    """Write points as a person would; a dash where there are none."""
    return "–" if value is None else f"{value:g}"

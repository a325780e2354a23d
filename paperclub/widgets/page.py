"""A page without a kernel: what of a saved widget state it carries, and what lies beside it."""

import hashlib
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from ipywidgets import Widget
from ipywidgets.embed import dependency_state

from paperclub.errors import CourseError
from paperclub.widgets.built import HOST

FIGURES = "application/vnd.paperclub.figures+json"
PLAIN = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
LATE = "application/vnd.paperclub.late"  # of a script that waits until the first figure stands
# Nothing may come from anywhere else. Code of figures is imported from blobs that the page makes;
# the theme and Sphinx put small scripts and styles into the page itself.
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' blob: 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'"
)

# Traits that only a kernel or a widget manager needs.
_IDLE = ("_dom_classes", "_model_", "_view_", "_esm", "_css", "layout", "tabbable", "tooltip")


@dataclass
class PageState:
    """A notebook's widget state, taken apart for a static page.

    Attributes:
        figures: Model id → ``{"code", "state", "buffers", "late"}`` for every anywidget; ``late``
            names for some of its traits the hash of the data that comes later.
        plain: Model id → model for the plain ipywidgets, without what only figures need.
        code: Hash → ``{"esm", "css"}``, once for all figures that share it.
        late: Hash → bytes as base64, once for all figures that share them.
    """

    figures: dict[str, dict] = field(default_factory=dict)
    plain: dict[str, dict] = field(default_factory=dict)
    code: dict[str, dict[str, str]] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)


def split_state(models: dict[str, dict]) -> PageState:
    """Take apart the ``state`` of a notebook's widget state.

    Raises:
        CourseError: A figure stands inside a plain widget (a box, a tab): a static page could not
            show it there.
    """
    page = PageState()
    for name, model in models.items():
        if model["model_module"] != "anywidget":
            page.plain[name] = model
            continue
        state = model["state"]
        code = {"esm": state["_esm"], "css": state.get("_css", "")}
        mark = code_hash(code)
        page.code[mark] = code
        buffers, late = _split_buffers(model.get("buffers", []), state.get("late", []))
        page.late |= {data_hash(data): data for data in late.values()}
        page.figures[name] = {
            "code": mark,
            "state": {key: value for key, value in state.items() if not key.startswith(_IDLE)},
            "buffers": buffers,
            "late": {trait: data_hash(data) for trait, data in late.items()},
        }
    _refuse_nested(page)
    _drop_layouts(page)
    return page


def _split_buffers(buffers: list[dict], late: list[str]) -> tuple[list[dict], dict[str, str]]:
    """Return the buffers that a figure begins with, and trait → data of the late ones."""
    first = [
        {"path": buffer["path"], "data": buffer["data"]}
        for buffer in buffers
        if buffer["path"][0] not in late
    ]
    return first, {
        buffer["path"][0]: buffer["data"] for buffer in buffers if buffer["path"][0] in late
    }


def data_hash(data: str) -> str:
    """Return a short name for data that changes when they do."""
    return hashlib.sha256(data.encode()).hexdigest()[:16]


def data_script(mark: str, data: str) -> str:
    """Return the classic script that hands late data (base64) to the host."""
    return f"(globalThis.paperclubData ??= {{}})[{json.dumps(mark)}] = {json.dumps(data)};\n"


def code_hash(code: dict[str, str]) -> str:
    """Return a short name for a piece of code that changes when the code does."""
    return hashlib.sha256(json.dumps(code, sort_keys=True).encode()).hexdigest()[:16]


def code_script(mark: str, code: dict[str, str]) -> str:
    """Return the classic script that hands a figure's code to the host."""
    return f"(globalThis.paperclubCode ??= {{}})[{json.dumps(mark)}] = {json.dumps(code)};\n"


def json_script(kind: str, content: object) -> str:
    """Return ``content`` as a script element of type ``kind`` that no text in it can end."""
    return f'<script type="{kind}">{safe_json(content)}</script>'


def safe_json(content: object) -> str:
    """Return JSON without a ``<``, so that no text in it can close the script around it."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def standalone(figure: Widget) -> str:
    """Return a page that holds one figure, its code and its data, and needs nothing else."""
    models = dependency_state([figure], drop_defaults=False)
    page = split_state(models)
    host = (HOST / "host.js").read_text(encoding="utf-8")
    code = "".join(code_script(mark, code) for mark, code in page.code.items())
    late = "".join(data_script(mark, data) for mark, data in page.late.items())
    scripts = "\n".join(f"<script>{_closed(text)}</script>" for text in (code, late, host))
    title = html.escape(type(figure).__name__)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title>
<style>
body {{ margin: 2rem auto; max-width: 1040px; padding: 0 1rem; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14181e; }} }}
</style>
</head>
<body>
<main>{json_script(VIEW, {"model_id": figure.model_id})}</main>
{json_script(FIGURES, page.figures)}
{scripts}
</body>
</html>
"""


def _closed(script: str) -> str:
    """Return a script in which no string can end the element that holds it."""
    return script.replace("</", "<\\/")


def _references(value: object) -> Iterator[str]:
    """Yield the ids of the models that a model's state points to."""
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        yield value.removeprefix("IPY_MODEL_")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _refuse_nested(page: PageState) -> None:
    for model in page.plain.values():
        if any(name in page.figures for name in _references(model["state"])):
            raise CourseError(
                f"a figure stands inside a {model['model_name']}: a page without a kernel cannot "
                "show it there. Let the figure be the last line of its own cell"
            )


def _drop_layouts(page: PageState) -> None:
    """Drop plain models that no plain widget in view needs: the layouts of figures."""
    shown = {name for name, model in page.plain.items() if model["model_name"] != "LayoutModel"}
    needed = set(shown)
    for name in shown:
        needed.update(_references(page.plain[name]["state"]))
    page.plain = {name: model for name, model in page.plain.items() if name in needed}

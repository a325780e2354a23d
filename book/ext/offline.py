"""Sphinx extension: pages that need nothing from anywhere, with figures alive on them.

It is thin on purpose: figures are taken apart by ``paperclub.widgets.page``, the rest of a page is
set right by ``paperclub.site.offline``.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from paperclub.errors import CourseError
from paperclub.site import offline
from paperclub.widgets import page
from paperclub.widgets.built import HOST

TEMPLATES = Path(__file__).parent / "templates"
CODE, HOST_SCRIPT = 300, 310  # deferred scripts run in this order
# What a page with figures needs before the first of them stands; its other scripts wait for that.
EARLY = ("documentation_options.js", "figures/", "host.js", "course.js", "present.js")


def configure(app: Sphinx, config: Config) -> None:
    """Point MathJax at our copy, myst-nb at no widget scripts of its own, Sphinx at the host."""
    config.mathjax_path = "vendor/mathjax/tex-mml-chtml.js"
    # The menu would ask for its speech engine, which the pages do not carry.
    config.mathjax3_config = {"options": {"enableMenu": False}} | (config.mathjax3_config or {})
    config.nb_ipywidgets_js = {}
    config.html_static_path.append(str(HOST))
    config.templates_path.append(str(TEMPLATES))


def drop_thebe(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Take out what sphinx-thebe puts into a page although it is switched off."""
    for node in list(document.findall(nodes.raw)):
        if offline.is_thebe(node.astext()):
            node.parent.remove(node)


def settle_page(app: Sphinx, name: str, template: str, context: dict, doctree: object) -> None:
    """Make one page whole: its policy, its scripts, its figures."""
    if app.builder.format != "html":
        return
    context["metatags"] = offline.policy_tag(page.POLICY) + context.get("metatags", "")
    # In place: Sphinx's own add_js_file appends to these very lists.
    scripts, styles = context["script_files"], context["css_files"]
    scripts[:] = [file for file in scripts if not _is_dropped(file)]
    styles[:] = [file for file in styles if "thebe" not in str(file.filename or "")]
    state = _saved_state(scripts)
    context["late"] = ""
    if state is not None:
        _put_figures(app, context, state)
    if name != "search":  # its own scripts come at once, and need the others before them
        _let_nothing_wait(scripts)
    if context["late"]:
        _let_figures_come_first(scripts)


def _let_nothing_wait(files: list) -> None:
    """Let scripts come side by side.

    Behind a policy the browser fetches nothing ahead: each script that is not deferred would hold
    up all that stands below it.
    """
    for i, file in enumerate(files):
        name = str(file.filename or "")
        # What the page's own small scripts read must be there before them.
        if name and not name.endswith("documentation_options.js"):
            attributes = {"defer": "defer"} | file.attributes
            # A copy: the same object stands on other pages too.
            files[i] = type(file)(file.filename, priority=file.priority, **attributes)


def _let_figures_come_first(files: list) -> None:
    """Leave it to the host to bring what can wait, mathematics above all."""
    for i, file in enumerate(files):
        name = str(file.filename or "")
        if name and not any(early in name for early in EARLY):
            files[i] = type(file)(file.filename, priority=file.priority, type=page.LATE)


def _is_dropped(file: object) -> bool:
    attributes = getattr(file, "attributes", {})
    return offline.is_thebe(f"{getattr(file, 'filename', '') or ''} {attributes.get('body', '')}")


def _saved_state(files: list) -> dict | None:
    """Take the notebook's widget state out of a page's scripts."""
    for file in files:
        if file.attributes.get("type") == page.PLAIN:
            files.remove(file)
            return offline.parse_state(file.attributes["body"])
    return None


def _put_figures(app: Sphinx, context: dict, models: dict) -> None:
    """Put figures' data at the page's end, their code and the host among its scripts."""
    try:
        state = page.split_state(models)
    except CourseError as error:
        raise ExtensionError(f"{context['pagename']}: {error}") from error
    scripts = ""
    if state.figures:
        scripts = page.json_script(page.FIGURES, state.figures)
        context["late"] = page.LATE
    if state.plain:
        plain = {"version_major": 2, "version_minor": 0, "state": state.plain}
        scripts += page.json_script(page.PLAIN, plain)
    context["body"] += scripts
    folder = Path(app.outdir) / "_static" / "figures"
    for mark, code in state.code.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{mark}.js").write_text(page.code_script(mark, code), encoding="utf-8")
        app.add_js_file(f"figures/{mark}.js", loading_method="defer", priority=CODE)
    for mark, data in state.late.items():
        # The host asks for it once the figures stand.
        (folder / f"{mark}.js").write_text(page.data_script(mark, data), encoding="utf-8")
    app.add_js_file("host.js", loading_method="defer", priority=HOST_SCRIPT)


def setup(app: Sphinx) -> dict:
    """Connect each step to the moment of the build at which it has something to do."""
    app.connect("config-inited", configure, priority=900)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    # After myst-nb has added the page's widget state.
    app.connect("html-page-context", settle_page, priority=900)
    app.add_css_file("figures.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

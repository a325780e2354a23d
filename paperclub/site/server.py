"""The course's part of the Jupyter server: its home, its book, and the way into Lab.

Every page asks for the same login as Lab itself.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import jinja2
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.site.background import BookBuild
from paperclub.site.home import home

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
OURS = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
# The book's figures are code and data inside the page; plain ipywidgets need eval.
BOOKS = "; ".join(
    [
        "default-src 'self' data: blob:",
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    ]
)


class Page(JupyterHandler):
    """A page of ours: no script, style or picture from anywhere else."""

    @property
    def content_security_policy(self) -> str:
        """What the browser may load."""
        return OURS

    @property
    def build(self) -> BookBuild:
        """The server's one build of the book."""
        return self.settings["paperclub_build"]

    def show(self, template: str, **values: object) -> None:
        """Answer with a page."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(TEMPLATES.get_template(template).render(base=self.base_url, **values))

    def say(self, code: int, title: str, sentence: str) -> None:
        """Answer with a sentence and the way back."""
        self.set_status(code)
        self.show("notice.html", title=title, sentence=sentence)


class HomePage(Page):
    """The course's home."""

    @web.authenticated
    def get(self) -> None:
        """Show the year, what is next and what is done."""
        # Reading the token sets its cookie too, which the script sends back for a build.
        token = self.xsrf_token.decode()
        try:
            shown = home()
        except CourseError as error:
            self.say(500, "The year cannot be read", str(error))
        else:
            self.show("home.html", home=shown, book=self.build.status(), xsrf=token)


class MarkRead(Page):
    """A form of the home: a week is read, or it is not."""

    @web.authenticated
    def post(self, slug: str) -> None:
        """Keep the mark, and send the browser back to where it was."""
        from paperclub.learner.week import mark_week

        try:
            mark_week(slug, read=self.get_argument("read", "yes") == "yes")
        except CourseError as error:
            self.say(400, "This cannot be marked", str(error))
            return
        self.redirect(url_path_join(self.base_url, f"course#week-{slug}"), status=303)


class Elsewhere(Page):
    """An address that people type, and the one they mean."""

    def initialize(self, to: str) -> None:
        """Take the path, below the server's base URL."""
        self.to = to

    @web.authenticated
    def get(self) -> None:
        """Send the browser there."""
        self.redirect(url_path_join(self.base_url, self.to))


class OpenCopy(Page):
    """The way from a page into Lab."""

    @web.authenticated
    def get(self, kind: str, slug: str) -> None:
        """Send the browser to the learner's copy in Lab."""
        from paperclub.learner.copies import open_copy

        try:
            copy = open_copy(kind, slug)  # type: ignore[arg-type]
            path = self._as_lab_sees_it(copy)
        except CourseError as error:
            self.say(404, "This cannot be opened", str(error))
            return
        self.redirect(url_path_join(self.base_url, "lab/tree", quote(path)))

    def _as_lab_sees_it(self, copy: Path) -> str:
        """Return the copy's path below the folder that this Lab shows.

        Raises:
            CourseError: It lies outside, or in a hidden folder.
        """
        root = Path(getattr(self.contents_manager, "root_dir", "")).expanduser().resolve()
        copy = copy.parent.resolve() / copy.name
        try:
            path = copy.relative_to(root)
        except ValueError as error:
            raise CourseError(
                f"Your copy lies at {copy}, but this Lab shows only what is below {root}. "
                f"Start Lab there, or from the course's folder: python course.py start"
            ) from error
        hidden = any(part.startswith(".") for part in path.parts)
        if hidden and not self.contents_manager.allow_hidden:
            raise CourseError(
                f"Your copy lies at {copy}, in a hidden folder, which this Lab does not show. "
                "Move the course to a folder whose name does not begin with a dot."
            )
        return path.as_posix()


class Files(Page, web.StaticFileHandler):
    """Files of ours, for those who are logged in; a browser asks whether they are still fresh."""

    # `authenticated` may send to the log-in and await nothing, which tornado's types of a file's
    # handler do not foresee.
    @web.authenticated
    async def get(  # type: ignore[override]
        self, path: str, include_body: bool = True
    ) -> None:
        """Send a file."""
        await web.StaticFileHandler.get(self, path, include_body)

    @web.authenticated
    async def head(self, path: str) -> None:  # type: ignore[override]
        """Send a file's headers."""
        await web.StaticFileHandler.get(self, path, include_body=False)

    def get_content_type(self) -> str:
        """Return the type; Windows may have another idea of it, with which scripts do not run."""
        ending = Path(self.absolute_path or "").suffix.lower()
        return TYPES.get(ending) or super().get_content_type()

    def set_extra_headers(self, path: str) -> None:
        """Let a newly built page be seen."""
        self.set_header("Cache-Control", "no-cache")


class BookFiles(Files):
    """The built book."""

    @property
    def content_security_policy(self) -> str:
        """What the browser may load: only what this server has."""
        return BOOKS

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Say that a page is not there yet, or not at all."""
        if status_code != 404:
            super().write_error(status_code, **kwargs)
        elif not self.build.status().built:
            self.say(
                404,
                "The book is not built yet",
                "The course's home shows how far it is, and can start it.",
            )
        else:
            self.say(404, "There is no such page", "The book has changed, or the link is wrong.")


class Quiet(APIHandler):
    """An answer for programs. Being asked every second is not activity."""

    _track_activity = False

    @property
    def build(self) -> BookBuild:
        """The server's one build of the book."""
        return self.settings["paperclub_build"]


class Ping(Quiet):
    """By which a page of the book sees that the course's server serves it."""

    @web.authenticated
    def get(self) -> None:
        """Answer."""
        self.finish(json.dumps({"course": "paperclub"}))


class State(Quiet):
    """What the home shows, for programs."""

    @web.authenticated
    def get(self) -> None:
        """Answer with the year, what is next, what is done and the book's build."""
        try:
            shown = home()
        except CourseError as error:
            raise web.HTTPError(500, "%s", str(error)) from error
        said = shown.model_dump(mode="json") | {"book": self.build.status().model_dump()}
        self.finish(json.dumps(said))


class Book(Quiet):
    """The book's build."""

    @web.authenticated
    def get(self) -> None:
        """Say how far it is."""
        self.finish(self.build.status().model_dump_json())

    @web.authenticated
    def post(self) -> None:
        """Start it, unless it is running."""
        try:
            started = self.build.start()
        except OSError as error:
            raise web.HTTPError(500, "The book cannot be built: %s", str(error)) from error
        self.set_status(202 if started else 200)
        self.finish(self.build.status().model_dump_json())


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "paperclub.site.server"}]


def _load_jupyter_server_extension(serverapp: "ServerApp") -> None:
    """Add the course's pages to a Jupyter server."""
    app = serverapp.web_app
    app.settings.setdefault("paperclub_build", BookBuild())
    pages = [
        (r"course", HomePage, {}),
        (r"course/", Elsewhere, {"to": "course"}),
        (r"course/static/(.*)", Files, {"path": str(STATIC)}),
        (r"course/open/(chapters|exercises)/([^/]+)", OpenCopy, {}),
        (r"course/read/([^/]+)", MarkRead, {}),
        (r"course/api/ping", Ping, {}),
        (r"course/api/state", State, {}),
        (r"course/api/book", Book, {}),
        (r"book", Elsewhere, {"to": "book/"}),
        (r"book/(.*)", BookFiles, {"path": str(paths.HTML), "default_filename": "index.html"}),
    ]
    base = app.settings["base_url"]
    app.add_handlers(
        ".*$", [(url_path_join(base, path), handler, given) for path, handler, given in pages]
    )

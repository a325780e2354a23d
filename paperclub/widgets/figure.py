"""What all figures share: a widget whose code is a built module, and that can be saved."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from paperclub.errors import CourseError
from paperclub.files import write_atomically
from paperclub.widgets.page import standalone


class Figure(anywidget.AnyWidget):
    """An interactive figure: Python gives it data, its module in ``dist/`` does everything else.

    The same figure lives in JupyterLab, on a page of the book without a kernel, and in a file of
    its own. A subclass sets ``_esm`` with ``built`` and says in ``sentence`` what it shows.

    Attributes:
        lead: The line above the picture: what to do, and what to notice.
        note: A remark below the sentence, such as where the numbers come from.
        late: Names of traits (bytes) without which the first picture can be drawn. A page of the
            book keeps them beside it, once for all figures, and gets them after that picture.
    """

    lead = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    late = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __repr__(self) -> str:
        """Say what the figure shows, for readers of plain text."""
        return f"{type(self).__name__}: {self.sentence()}"

    def sentence(self) -> str:
        """Return in words what the figure shows, the same as stands below its picture."""
        raise NotImplementedError

    def or_shown(self, **given: Any) -> list[Any]:
        """Return each value that is given and, in place of None, what the figure shows by now.

        Args:
            given: Traits of the figure by name, each with a value or None.
        """
        return [getattr(self, name) if value is None else value for name, value in given.items()]

    def save_html(self, path: str | Path) -> Path:
        """Write the figure as one HTML file that works by itself, with no network.

        Args:
            path: Where to write; its ending must be ``.html``.

        Returns:
            The path of the file.

        Raises:
            CourseError: The ending is another one, or the file cannot be written.
        """
        path = Path(path)
        if path.suffix != ".html":
            raise CourseError(f"a figure is saved as an .html file, not as {path.name!r}")
        try:
            write_atomically(path, standalone(self))
        except OSError as error:
            raise CourseError(f"the figure could not be written to {path}: {error}") from error
        return path

"""A pytest plugin: what nbval runs, the book shows.

nbval runs every notebook from a cold kernel and judges it; the book needs every notebook's outputs
and the state of its figures. This listens to nbval's kernels and keeps what a run gave, made into
a notebook by nbclient's own handling of messages, where the book looks for executed notebooks. A
notebook of which any cell failed or was left out is not kept. Each notebook's kernel has a data
folder of its own: a prediction that the solutions store must not stand settled in the exercises.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbval.plugin import IPyNbCell, IPyNbFile

from paperclub import paths
from paperclub.site.execution import data_folder_of, keep, notebooks, read_as_on_its_page

PATIENCE = 10  # seconds, for a kernel to say which language it speaks
FOLDERS = pytest.StashKey[tempfile.TemporaryDirectory]()


class Listener:
    """Makes an executed notebook of one kernel's messages.

    Args:
        page: The notebook's page in the book.
        file: nbval's view of the notebook, its kernel started.
    """

    def __init__(self, page: str, file: IPyNbFile) -> None:
        self.page = page
        self.notebook = read_as_on_its_page(page)
        self.client = NotebookClient(self.notebook, record_timing=False)
        self.client.reset_execution_trackers()
        self.client.clear_before_next_output = False  # nbclient sets it for each cell
        self.kernel = file.kernel.kc
        self.client.kc = self.kernel
        self.code = [i for i, cell in enumerate(self.notebook.cells) if cell.cell_type == "code"]
        self.waiting = set(self.code)
        self.begun = time.monotonic()
        self.index, self.asked = -1, ""
        self._listen(file)

    def _listen(self, file: IPyNbFile) -> None:
        ask, hear = file.kernel.execute_cell_input, file.get_kernel_message

        def asked(*words: object, **options: object) -> str:
            self.asked = ask(*words, **options)
            return self.asked

        def heard(*words: object, **options: object) -> dict:
            message = hear(*words, **options)
            if message["parent_header"].get("msg_id") == self.asked:
                self.hear(message)
            return message

        file.kernel.execute_cell_input, file.get_kernel_message = asked, heard

    def hear(self, message: dict) -> None:
        """Take in a message that belongs to the cell in hand."""
        try:
            self.client.process_message(message, self.notebook.cells[self.index], self.index)
        except CellExecutionComplete:  # how nbclient says that this was the cell's last message
            self.waiting.discard(self.index)

    def keep(self) -> None:
        """Put the notebook where the book looks for it, if every cell was run."""
        if self.waiting:
            return
        told = self.kernel.kernel_info(reply=True, timeout=PATIENCE)
        self.notebook.metadata["language_info"] = told["content"]["language_info"]
        self.client.set_widgets_metadata()
        keep(self.page, self.notebook, time.monotonic() - self.begun)


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the notebooks' data folders."""
    config.stash[FOLDERS] = tempfile.TemporaryDirectory(prefix="paperclub-notebooks-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the notebooks' data folders."""
    config.stash[FOLDERS].cleanup()


@pytest.hookimpl(tryfirst=True)  # nbval starts the kernel as it sets up a notebook's first cell
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give the kernel of a notebook its data folder."""
    if isinstance(item, IPyNbCell):
        folder = data_folder_of(_page_of(item), Path(item.config.stash[FOLDERS].name))
        os.environ["PAPERCLUB_DATA"] = str(folder)


def _page_of(item: IPyNbCell) -> str:
    return item.path.relative_to(paths.ROOT).with_suffix("").as_posix()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Listen while a notebook's cell runs; keep the notebook after its last cell."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    file, page = item.parent, _page_of(item)
    if item.cell_num == 0 and page in notebooks():
        file.listener = Listener(page, file)
    listener = getattr(file, "listener", None)
    if listener:
        listener.index = listener.code[item.cell_num]
    try:
        result = yield
    except BaseException:
        file.listener = None
        raise
    if listener and item.cell_num == len(listener.code) - 1:
        listener.keep()
    return result

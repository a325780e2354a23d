"""Execute the book's notebooks, two at a time, before Sphinx reads them one by one.

Run as ``python -m paperclub.site.execute`` with the surroundings that a page is executed in, and
with ``PAPERCLUB_DATA`` naming a folder that is nobody's. What succeeds is put where myst-nb looks
for it. What fails is left to myst-nb, which executes it once more and reports it with its cell.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from ruamel.yaml import YAML

from paperclub import paths
from paperclub.site.execution import (
    data_folder_of,
    keep,
    notebooks,
    open_cache,
    read_as_on_its_page,
)

MOST = 4  # kernels at once: each may take two gigabytes
SAYS = "executed [{done}/{total}] {page}"


def execute_all() -> None:
    """Execute every notebook in the book's contents that the cache does not hold yet.

    A line for each that is done goes to the standard output.
    """
    waiting = not_yet_executed()
    nobody = Path(os.environ["PAPERCLUB_DATA"])
    timeout = YAML(typ="safe").load(paths.ROOT / "_config.yml")["execute"]["timeout"]
    with ProcessPoolExecutor(min(MOST, os.cpu_count() or 1)) as pool:
        running = {
            pool.submit(execute, page, notebook, timeout, nobody): page
            for page, notebook in longest_first(waiting).items()
        }
        try:
            for done, future in enumerate(as_completed(running), 1):
                page, result = running[future], future.result()
                if result.err is None:
                    keep(page, result.nb, result.time)
                print(SAYS.format(done=done, total=len(running), page=page), flush=True)
        except BaseException:
            # After Ctrl-C the pool would go on with what is waiting, and nobody sees it. nbclient
            # catches what would end a worker; a kernel ends by itself once its worker is gone.
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.kill()
            raise


def execute(
    page: str, notebook: nbformat.NotebookNode, timeout: int, nobody: Path
) -> ExecutionResult:
    """Execute one notebook in a process of the pool, with a data folder of its own in ``nobody``.

    What the solutions store, a prediction above all, must not show on the exercises' page.
    """
    os.environ["PAPERCLUB_DATA"] = str(data_folder_of(page, nobody))
    return single_nb_execution(notebook, str((paths.ROOT / page).parent), timeout, False)


def not_yet_executed() -> dict[str, nbformat.NotebookNode]:
    """Return the pages whose notebooks the cache does not hold, each as on its page."""
    cache = open_cache()
    waiting = {}
    for page in notebooks():
        notebook = read_as_on_its_page(page)
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:  # how the cache says that it does not hold it
            waiting[page] = notebook
    return waiting


def longest_first(waiting: dict[str, nbformat.NotebookNode]) -> dict[str, nbformat.NotebookNode]:
    """Order notebooks so that none of the chapters, which take longest, is begun last."""
    return dict(sorted(waiting.items(), key=lambda item: not item[0].startswith("chapters/")))


if __name__ == "__main__":
    execute_all()

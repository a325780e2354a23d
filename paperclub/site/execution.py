"""Which executed notebooks may be used again: those that the same code and the same data gave.

The cache of executed notebooks knows a notebook by its cells and its kernel's description. What a
notebook runs besides its own cells is hashed and noted there, for each notebook on its own: an
edited figure makes the chapters old that show it, and no other.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from filelock import FileLock
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.db import NbCacheRecord
from jupyter_cache.cache.main import JupyterCacheBase
from sqlalchemy.exc import DatabaseError

from paperclub import paths
from paperclub.ledger.imports import imported_modules
from paperclub.site.slides import mark_slides
from paperclub.threads import threads

CACHE = paths.BUILD / "executed"
MARK = "course"  # in a notebook's kernelspec
SURROUNDINGS = {
    "PYTHONPATH": os.pathsep.join([str(paths.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    "PYTHONUNBUFFERED": "1",
    "PAPERCLUB_BOOK": "1",  # a page is the same for everybody: nobody's progress stands on it
    "PYTHONUTF8": "1",
    "NO_COLOR": "1",
    **threads(1),  # notebooks are executed side by side
}


def notebooks() -> dict[str, Path]:
    """Return the notebooks that stand in the book's contents: page to file."""
    contents = (paths.BOOK / "_toc.yml").read_text(encoding="utf-8").split()
    files = {word: paths.ROOT / f"{word}.ipynb" for word in contents}
    return {page: file for page, file in files.items() if file.is_file()}


def as_on_its_page(page: str, text: str) -> str:
    """Return a notebook's JSON as Sphinx hands it to myst-nb.

    Args:
        page: ``"chapters/attention"``.
        text: The notebook as it lies on the disk.
    """
    notebook = json.loads(mark_slides(text) if page.startswith("chapters/") else text)
    notebook["metadata"].setdefault("kernelspec", {})[MARK] = inputs_hash(page, notebook)
    return json.dumps(notebook)


def read_as_on_its_page(page: str) -> nbformat.NotebookNode:
    """Return a page's notebook as the cache is asked for it."""
    text = (paths.ROOT / f"{page}.ipynb").read_text(encoding="utf-8")
    return nbformat.reads(as_on_its_page(page, text), as_version=4)


def data_folder_of(page: str, base: Path) -> Path:
    """Return the data folder that a page's notebook is executed with, below ``base``."""
    return base / page.replace("/", "-")


def open_cache() -> JupyterCacheBase:
    """Return the cache of executed notebooks, made if there is none."""
    CACHE.mkdir(parents=True, exist_ok=True)
    return get_cache(str(CACHE))


def forget_damaged_runs() -> bool:
    """Remove from the cache what cannot be read: it is executed again.

    Returns:
        Whether there was anything.
    """
    with FileLock(CACHE.with_suffix(".lock")):
        cache = open_cache()
        try:
            records = cache.list_cache_records()
        except (DatabaseError, RuntimeError):  # the latter where its tables are gone
            shutil.rmtree(CACHE)
            return True
        damaged = [record for record in records if not _can_be_read(cache, record)]
        for record in damaged:
            # jupyter-cache itself would remove a record only together with a file that is there.
            NbCacheRecord.remove_records([record.pk], cache.db)
            shutil.rmtree(CACHE / "executed" / record.hashkey, ignore_errors=True)
        return bool(damaged)


def _can_be_read(cache: JupyterCacheBase, record: NbCacheRecord) -> bool:
    try:
        notebook = cache.get_cache_bundle(record.pk).nb
    except (OSError, KeyError, ValueError, nbformat.ValidationError):
        return False
    return cache.create_hashed_notebook(notebook)[1] == record.hashkey


def keep(page: str, notebook: nbformat.NotebookNode, seconds: float) -> None:
    """Put a notebook that was executed without an error into the cache.

    Args:
        page: ``"chapters/attention"``.
        notebook: As ``as_on_its_page`` gives it, with outputs and widget state.
        seconds: How long it took.
    """
    uri = str(paths.ROOT / f"{page}.ipynb")
    taken = CacheBundleIn(notebook, uri, data={"execution_seconds": seconds})
    with FileLock(CACHE.with_suffix(".lock")):  # several processes may each bring one
        open_cache().cache_notebook_bundle(taken, check_validity=False, overwrite=True)


def forget_old_runs() -> None:
    """Remove from the cache what no notebook of the book can use any more."""
    cache = open_cache()
    wanted = {cache.create_hashed_notebook(read_as_on_its_page(page))[1] for page in notebooks()}
    for record in cache.list_cache_records():
        if record.hashkey not in wanted:
            cache.remove_cache(record.pk)


def inputs_hash(page: str, notebook: dict) -> str:
    """Return a hash of what a notebook's outputs depend on outside its cells."""
    digest = hashlib.sha256(json.dumps(notebook["metadata"], sort_keys=True).encode())
    slug = page.rpartition("/")[2]
    digest.update(json.dumps(_measured_of(slug)).encode())
    for file in inputs(slug, _code(notebook)):
        digest.update(file.relative_to(paths.ROOT).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def inputs(slug: str, cells: Iterable[str]) -> list[Path]:
    """Return the files that the code cells of a week's notebook use, sorted.

    They are the modules of the library that the cells import, directly or through others, with
    the data that lies beside them; the exercises' references with what these import; and the data
    of the card and of the claims.
    """
    references = paths.SOLUTIONS / f"{slug}.py"
    sources = [*cells]
    if references.is_file():
        sources.append(references.read_text(encoding="utf-8"))
    modules = imported_modules(sources, paths.ROOT).values()
    others = [
        references,
        paths.LEDGER / f"{slug}.json",
        paths.LEDGER / "full" / f"{slug}.json",
        paths.BOOK / "syllabus.yml",
        paths.BOOK / "reading_list.yml",
    ]
    found = {*modules, *_data_beside(modules), *(file for file in others if file.is_file())}
    return sorted(found)


def _data_beside(modules: Iterable[Path]) -> Iterator[Path]:
    """Yield the data that modules read: a figure's built module, or all that their folder holds."""
    package = paths.ROOT / "paperclub"
    for folder in {module.parent for module in modules} - {package}:
        if folder.name != "widgets":
            yield from (file for file in folder.rglob("*") if _is_data(file))
    for module in modules:
        built = module.parent / "dist" / f"{module.stem}.js"
        if built.is_file():
            yield built


def _is_data(file: Path) -> bool:
    return file.is_file() and file.suffix not in {".py", ".pyc", ".md"}


def _code(notebook: dict) -> list[str]:
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    return ["".join(cell["source"]) for cell in cells]


def _measured_of(slug: str) -> object:
    """Return what was measured of a week: its card prints it."""
    if not paths.MEASURED.is_file():
        return None
    return json.loads(paths.MEASURED.read_text(encoding="utf-8")).get("chapters", {}).get(slug)

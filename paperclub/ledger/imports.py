"""Which modules of the course a piece of code runs, found by reading it.

``from package import name`` is followed to the module that makes ``name`` where the package's
``__init__.py`` does nothing but hand names on: a week that adds a block to ``paperclub.nn`` then
changes nothing for chapters that use other blocks. A package that finds its names only when it is
asked for them (a ``__getattr__`` of its own) counts with all its modules.
"""

import ast
import functools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paperclub.paths import ROOT

PACKAGE = "paperclub"

# A module, and the name that is wanted of it. None: all of it; "": it runs, nothing is taken.
Wanted = tuple[str, str | None]


def imported_modules(
    sources: Iterable[str], root: Path = ROOT, without: Iterable[str] = ()
) -> dict[str, Path]:
    """Return the modules of the package that ``sources`` import, transitively, with their files.

    Args:
        sources: Pieces of Python; what is not plain Python (``%magic``) imports nothing.
        root: The folder that holds the ``paperclub`` package.
        without: Parts of the package (``"widgets"``) that are neither returned nor followed.
    """
    left_out = set(without)
    found: dict[str, Path] = {}
    waiting = [wanted for source in sources for wanted in _imports(source, "")]
    seen: set[Wanted] = set()
    while waiting:
        wanted = waiting.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        name, part = wanted
        path = _file_of(name, root, left_out)
        if path is None:
            continue
        module = _read(path, name, path.stat().st_mtime_ns)
        if part:
            waiting.append((module.hands_on or {}).get(part, (f"{name}.{part}", None)))
        if part is not None and module.hands_on is not None:
            continue
        if name not in found:
            waiting += [*module.imports, *module.finds_when_asked]
        if module.hands_on is None:
            found[name] = path
    return found


@dataclass(frozen=True)
class _Module:
    """What one file imports.

    Attributes:
        imports: Everything that stands in an import statement.
        hands_on: Name to its origin, for a package that only hands names on; else None.
        finds_when_asked: All modules of a package that has a ``__getattr__`` of its own.
    """

    imports: tuple[Wanted, ...]
    hands_on: dict[str, Wanted] | None
    finds_when_asked: tuple[Wanted, ...]


@functools.cache
def _read(path: Path, name: str, changed: int) -> _Module:
    """Read a file once for each time that it was ``changed`` (nanoseconds)."""
    source = path.read_text("utf-8")
    if path.name != "__init__.py":
        return _Module(_imports(source, name.rpartition(".")[0]), None, ())
    tree = parse(source)
    body = tree.body if tree else []
    asked = any(isinstance(one, ast.FunctionDef) and one.name == "__getattr__" for one in body)
    modules = sorted(file.stem for file in path.parent.glob("[!_]*.py")) if asked else ()
    return _Module(
        _imports(source, name),
        _handed_on(body, name),
        tuple((f"{name}.{module}", None) for module in modules),
    )


def parse(source: str) -> ast.Module | None:
    """Return the syntax tree, or None for what is not plain Python (``%magic``, ``!command``)."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


@functools.cache  # a book's build asks several times for the cells of each notebook
def _imports(source: str, package: str) -> tuple[Wanted, ...]:
    """Return what a source imports; a module's parents run too, but nothing is wanted of them."""
    tree = parse(source) if "import" in source else None
    wanted: list[Wanted] = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            for alias in node.names:
                wanted += [*_parents(alias.name), (alias.name, None)]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            wanted += _parents(base)
            wanted += [(base, None if alias.name == "*" else alias.name) for alias in node.names]
    return tuple(wanted)


def _base(node: ast.ImportFrom, package: str) -> str:
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, base] if base else above)
    return base


def _parents(name: str) -> Iterator[Wanted]:
    parts = name.split(".")
    yield from ((".".join(parts[:end]), "") for end in range(1, len(parts)))


def _file_of(name: str, root: Path, without: set[str]) -> Path | None:
    parts = name.split(".")
    if parts[0] != PACKAGE or (len(parts) > 1 and parts[1] in without):
        return None
    base = os.path.join(root, *parts)  # noqa: PTH118 - pathlib would take half of the time of all
    for candidate in (os.path.join(base, "__init__.py"), f"{base}.py"):  # noqa: PTH118
        if os.path.isfile(candidate):  # noqa: PTH113
            return Path(candidate)
    return None


def _handed_on(body: list[ast.stmt], name: str) -> dict[str, Wanted] | None:
    """Return where each name of a package comes from; None if it does more than hand names on."""
    origins: dict[str, Wanted] = {}
    for node in body:
        if isinstance(node, ast.ImportFrom) and all(alias.name != "*" for alias in node.names):
            base = _base(node, name)
            origins |= {alias.asname or alias.name: (base, alias.name) for alias in node.names}
        elif not _says_nothing(node):
            return None
    return origins


def _says_nothing(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring or the list of public names."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    names = node.targets if isinstance(node, ast.Assign) else ()
    return bool(names) and all(isinstance(one, ast.Name) and one.id == "__all__" for one in names)

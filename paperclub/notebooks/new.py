"""Begin a week from the template, and say what of a week is still to be written."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from rich.console import Console
from rich.markup import escape

from paperclub import paths
from paperclub.curriculum import Week, Work, reading_list, syllabus
from paperclub.curriculum.measured import measured
from paperclub.errors import CourseError
from paperclub.exercises import exercises_of
from paperclub.files import write_atomically
from paperclub.notebooks.derive import derive_all
from paperclub.notebooks.format import CHECKED, dumps, format_notebook, read_notebook
from paperclub.notebooks.ladder import add_missing, lacking

TEMPLATE = Path(__file__).resolve().parent / "template"

_MARK = re.compile(r"Still to be written:\**\s*(.*?)(?=\s*(?:\**Still to be written:|[\"|]|$))")
_HEADING = re.compile(r"#+\s+(?!BEGIN|END)(.*)|.*<summary>(.*?)(?::.*)?</summary>")
_LEAD = re.compile(r"(?:[>|] +)?\*\*(?!Still)(.*?)[.:]?\*\*")


class ToWrite(NamedTuple):
    """A place of a week that waits for its author.

    Attributes:
        file: The file, seen from the checkout.
        place: The heading above it with the bold words that its line opens with, or the line.
        what: What should stand there.
    """

    file: str
    place: str
    what: str


def files_of(slug: str, root: Path | None = None) -> dict[str, Path]:
    """Return the files that an author writes for a week: template's name to place."""
    root = root or paths.ROOT
    name = slug.replace("-", "_")
    return {
        "chapter.ipynb": root / "chapters" / f"{slug}.ipynb",
        "solutions.ipynb": root / "solutions" / f"{slug}.ipynb",
        "solutions.py": root / "solutions" / f"{slug}.py",
        "answers.py": root / "tests" / "answers" / f"{slug}.py",
        "test_week.py": root / "tests" / f"test_week_{name}.py",
    }


def new_week(slug: str) -> None:
    """Write a week from the template, derive what follows from it, and list what is to be written.

    Nothing that exists is overwritten. Of a week that is begun, the notebook of solutions gets the
    cells of exercises that it does not have, and the list is shown.

    Args:
        slug: A week of ``book/syllabus.yml``.

    Raises:
        CourseError: There is no such week, or it is begun and no exercise's cells were missing.
    """
    week = _week(slug)
    files = files_of(slug)
    console = Console(soft_wrap=True, highlight=False)
    there = [path for path in (*files.values(), paths.EXERCISES / f"{slug}.ipynb") if path.exists()]
    if there:
        _go_on(slug, there, console)
        return
    words = words_for(week)
    filled = {path: _filled(TEMPLATE / name, words) for name, path in files.items()}
    for path, text in filled.items():
        write_atomically(path, text)
    for path in files.values():
        console.print(escape(f"{path.relative_to(paths.ROOT).as_posix()}: written"))
    derive_all()
    show_still_to_write(slug, console)


def _week(slug: str) -> Week:
    try:
        return syllabus().week(slug)
    except CourseError as error:
        raise CourseError(
            f"{error} A paper that is not in the year comes into book/reading_list.yml first, then "
            "its week into book/syllabus.yml, after the weeks that it needs; the head of each file "
            "says what its keys mean."
        ) from None


def _go_on(slug: str, there: list[Path], console: Console) -> None:
    """Add to a week that is begun the cells of exercises without any, and list what is open."""
    source = files_of(slug)["solutions.ipynb"]
    added = add_missing(source) if {source, source.with_suffix(".py")} <= {*there} else []
    for id in added:
        console.print(escape(f"solutions/{slug}.ipynb: cells added for {id}"))
    if added:
        derive_all()
    show_still_to_write(slug, console)
    for one in still_to_do(slug):
        console.print(escape(one))
    if not added:
        names = ", ".join(path.relative_to(paths.ROOT).as_posix() for path in there)
        raise CourseError(f"The week {slug} is begun: {names}. Nothing was changed.")


def still_to_do(slug: str) -> list[str]:
    """Return what a week that is begun lacks besides words: sentences, each with what to do."""
    found = []
    solutions = files_of(slug)["solutions.ipynb"]
    if solutions.exists() and solutions.with_suffix(".py").exists():
        missing = lacking(read_notebook(solutions), exercises_of(slug))
        found += [f"solutions/{slug}.ipynb: {one}" for one in missing]
    chapter = files_of(slug)["chapter.ipynb"]
    for id in _without_output(read_notebook(chapter)) if chapter.exists() else []:
        found.append(
            f"chapters/{slug}.ipynb: cell {id} is tagged {CHECKED} and holds no output to compare "
            "with. Run the chapter in Jupyter and save it, then: python course.py format-notebooks"
        )
    records = {
        f"claims {slug} --seeds 10": (paths.LEDGER / f"{slug}.json").exists(),
        f"soundness {slug}": (paths.BOOK / "soundness" / f"{slug}.json").exists(),
        f"bench {slug}": slug in measured().get("chapters", {}),
    }
    return found + [
        f"Still to be run: python course.py {it}" for it, done in records.items() if not done
    ]


def _without_output(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the ids of the cells whose output should be compared and is not there."""
    return [
        cell.id
        for cell in notebook.cells
        if CHECKED in cell.metadata.get("tags", []) and not cell.outputs
    ]


def still_to_write(slug: str, root: Path | None = None) -> list[ToWrite]:
    """Return what of a week waits for its author, in the order of its files; files missing too."""
    root = root or paths.ROOT
    found: list[ToWrite] = []
    for path in files_of(slug, root).values():
        file = path.relative_to(root).as_posix()
        if not path.exists():
            if path.name.startswith("test_"):
                continue  # a week that was not begun here has its tests under names of its own
            found.append(ToWrite(file, "", "the file"))
        elif path.suffix == ".ipynb":
            found += _open_in_notebook(path, file)
        else:
            lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
            found += [
                ToWrite(file, f"line {n}", what)
                for n, line in lines
                for what in _MARK.findall(line)
            ]
    return found


def show_still_to_write(slug: str, console: Console) -> None:
    """Print what of a week waits for its author."""
    waiting = still_to_write(slug)
    if not waiting:
        console.print(f"{slug}: everything is written.")
        return
    console.print(f"\n{slug}: {len(waiting)} places are still to be written.")
    for file in dict.fromkeys(one.file for one in waiting):
        console.print(escape(f"\n{file}"))
        for one in (one for one in waiting if one.file == file):
            console.print(escape(f"  {one.place}: {one.what}" if one.place else f"  {one.what}"))


def words_for(week: Week) -> dict[str, str]:
    """Return what the template's ``{{words}}`` stand for in a week."""
    works = [reading_list().work(id) for id in week.papers]
    return {
        "slug": week.slug,
        "name": week.slug.replace("-", "_"),
        "title": week.title,
        "paper": week.papers[0],
        "room": week.room,
        "claim": week.claim,
        "figure": week.figure,
        "heart": week.heart,
        "references": "\n".join(map(_reference, works)),
    }


def _reference(work: Work) -> str:
    title = f"[*{work.title}*]({work.url})" if work.url else f"*{work.title}*"
    return f"- {work.authors}: {title}. {work.year}."


def _filled(template: Path, words: Mapping[str, str]) -> str:
    """Return a template's text with its words filled in; a notebook's comes formatted."""
    if template.suffix != ".ipynb":
        return _fill(template.read_text("utf-8"), words)
    notebook = nbformat.from_dict(_fill(read_notebook(template), words))
    return dumps(format_notebook(notebook))


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{\{(\w+)\}\}", lambda match: words[match[1]], value)
    if isinstance(value, dict):
        return {key: _fill(item, words) for key, item in value.items()}
    return [_fill(item, words) for item in value] if isinstance(value, list) else value


def _open_in_notebook(path: Path, file: str) -> Iterator[ToWrite]:
    heading = ""
    for cell in read_notebook(path).cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and (found := _HEADING.match(line)):
                heading = found[1] or found[2]
            lead = _LEAD.match(line)
            place = f"{heading}, {lead[1]}" if lead else heading
            for what in _MARK.findall(line):
                yield ToWrite(file, place, what)

"""The book's table of contents, made from the syllabus: only what is written stands in it."""

from pathlib import Path

from paperclub import paths
from paperclub.curriculum.load import syllabus
from paperclub.files import write_atomically

FRONT = ["for-learners", "for-groups", "for-instructors", "what-marks-mean"]
OVERVIEW = ["year", "shorter-courses", "reading-list"]
REFRESHERS = ["vectors-and-matrices", "derivatives", "probability", "pytorch"]
BACK = ["ledger", "glossary", "measured"]

HEAD = """# Made from syllabus.yml by: python course.py derive
format: jb-book
root: book/index
parts:
"""


def toc_text() -> str:
    """Return what book/_toc.yml should say now."""
    # A group's log stands there once there is a group.
    front = FRONT + ["club-log"] * (paths.ROOT / "club" / "club.yml").is_file()
    parts = [_part("How to use the course", front), _part("The year", OVERVIEW)]
    for part in syllabus().parts:
        written = [week.slug for week in part.weeks if week.written]
        if written:
            parts.append(f'- caption: "{part.title}"\n  chapters:\n' + "".join(map(_week, written)))
    parts.append(_part("Refreshers", [f"refreshers/{page}" for page in REFRESHERS]))
    parts.append(_part("Looking things up", BACK))
    return HEAD + "".join(parts)


def write_toc(check: bool = False) -> list[Path]:
    """Bring book/_toc.yml in step with the syllabus.

    Args:
        check: Change nothing.

    Returns:
        The files that were, or with ``check`` would be, changed.
    """
    file = paths.BOOK / "_toc.yml"
    wanted = toc_text()
    if file.is_file() and file.read_text(encoding="utf-8") == wanted:
        return []
    if not check:
        write_atomically(file, wanted)
    return [file]


def _part(caption: str, pages: list[str]) -> str:
    entries = "".join(f"  - file: book/{page}\n" for page in pages)
    return f"- caption: {caption}\n  chapters:\n{entries}"


def _week(slug: str) -> str:
    """Return the chapter's entry, with its exercises and solutions below it where they exist."""
    folders = {"exercises": paths.EXERCISES, "solutions": paths.SOLUTIONS}
    sections = [
        f"    - file: {name}/{slug}\n      title: {name.capitalize()}\n"
        for name, folder in folders.items()
        if (folder / f"{slug}.ipynb").is_file()
    ]
    return (
        f"  - file: chapters/{slug}\n" + ("    sections:\n" if sections else "") + "".join(sections)
    )

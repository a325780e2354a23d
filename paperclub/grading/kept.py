"""The course as it was when a week was released: a copy of what judges, kept with the class.

Grading a week goes by this copy whenever the checkout has become another since. To have a week
judged by the course as it is now, release it again: that is a new version, with the same cases.
"""

import functools
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from paperclub import paths
from paperclub.errors import CourseError

# What runs and judges answers, what a sandbox holds, and what tells which blocks a week may use.
PARTS = (
    "paperclub/*.py", "paperclub/curriculum/*.py", "paperclub/data/*", "paperclub/exercises/*.py",
    "paperclub/grading/**/*", "paperclub/nn/*.py", "book/syllabus.yml", "book/reading_list.yml",
    "chapters/*.ipynb", "solutions/*.ipynb",
)  # fmt: skip
PACKAGES = ("torch", "numpy")


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Return what is kept of a checkout, by name and in the order of names."""
    found = {path.relative_to(root).as_posix(): path for part in PARTS for path in root.glob(part)}
    for name in sorted(found):
        if found[name].is_file() and "__pycache__" not in name:
            yield name, found[name]


@functools.cache
def engine(root: Path = paths.ROOT) -> str:
    """Return a name for what judges in a checkout: another one where a byte of it is another."""
    digest = hashlib.sha256()
    for name, path in _files(root):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def keep(courses: Path, root: Path = paths.ROOT) -> str:
    """Copy what judges to a folder of that name in ``courses``, unless it is there; return it."""
    name = engine(root)
    if (courses / name).is_dir():
        return name
    courses.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".being-written-", dir=courses))
    try:
        for file, path in _files(root):
            (made / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, made / file)
        made.rename(courses / name)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return name


def surroundings() -> dict[str, str]:
    """Return the versions of what is not copied and computes all the same."""
    return {"python": platform.python_version(), **{one: version(one) for one in PACKAGES}}


def grade_with(course: Path, slug: str, root: Path, options: dict[str, Any]) -> NoReturn:
    """Become a process of a kept course that grades a week; this one is over.

    Args:
        course: The copy.
        slug: The week.
        root: The class's folder.
        options: What is not as usual.

    Raises:
        CourseError: The copy is not there, or was changed.
    """
    if engine(course) != course.name:
        raise CourseError(
            f"What judges {slug} is kept in {course}, and that is missing or was changed. Take it "
            f"from a backup, or release {slug} again: it is then judged by the course as it is now."
        )
    code = (
        f"import sys; sys.path.insert(0, {str(course)!r}); "
        "from paperclub.grading.kept import main; main()"
    )
    sys.stdout.flush()
    sys.stderr.flush()
    asked = json.dumps([slug, str(root), options])
    os.execv(sys.executable, [sys.executable, "-P", "-B", "-c", code, asked])


def main() -> NoReturn:
    """Grade what the command line says, and end with the code that ``grade`` ends with."""
    from paperclub.grading.batch import Options, grade_week
    from paperclub.grading.folder import ClassFolder

    slug, root, options = json.loads(sys.argv[1])
    try:
        sys.exit(grade_week(slug, ClassFolder(Path(root)), Options(**options)))
    except CourseError as error:
        print(error, file=sys.stderr)
        sys.exit(2)

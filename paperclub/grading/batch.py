"""``course.py grade``: everything that changed, in parallel, and again after a kill."""

import concurrent.futures
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from filelock import FileLock, Timeout
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from paperclub.errors import CourseError
from paperclub.grading import kept
from paperclub.grading.book import Book, Submission
from paperclub.grading.border import Deadline
from paperclub.grading.folder import ClassFolder, Release
from paperclub.grading.marks import Graded
from paperclub.grading.notebook import lean
from paperclub.grading.sandbox.start import Limits
from paperclub.grading.work import Job, executor, work

AHEAD = 2  # jobs in hand for each worker: enough to keep it busy, few enough to stay small


@dataclass(frozen=True)
class Options:
    """How a batch is graded."""

    regrade: bool = False
    student: str | None = None
    workers: int | None = None
    scheduler: str | None = None
    unsafe: bool = False
    deadline: Deadline = field(default_factory=Deadline)
    limits: Limits = field(default_factory=Limits)

    def unusual(self) -> dict[str, Any]:
        """Return what is not as by default, of what the command line can ask for."""
        names = ("regrade", "student", "workers", "scheduler", "unsafe")
        usual = Options()
        return {
            name: getattr(self, name)
            for name in names
            if getattr(self, name) != getattr(usual, name)
        }


def grade_week(slug: str, folder: ClassFolder, options: Options | None = None) -> int:
    """Grade what of a week has no marks yet by the version that was released.

    Returns:
        The exit code: 1 if something could not be graded, else 0.

    Raises:
        CourseError: The week was not released, the student handed nothing in, another grading of
            this class runs, or there is no sandbox here.
    """
    options = options or Options()
    release = folder.release(slug)
    console = Console(soft_wrap=True, highlight=False)
    if release.engine != kept.engine():
        console.print(
            escape(
                f"The course has changed since {slug} was released; it is judged by the course as "
                f"it was then ({folder.courses / release.engine})."
            )
        )
        kept.grade_with(folder.courses / release.engine, slug, folder.root, options.unusual())
    for name, then in release.about["with"].items():
        if (now := kept.surroundings()[name]) != then:
            console.print(escape(f"{slug} was released with {name} {then}; this is {now}."))
    with _alone(folder), Book(folder.book) as book:
        waiting = pending(book, release, options)
        if not waiting:
            console.print(escape(f"{slug}: nothing new to grade."))
            return 0
        failed = _Batch(folder, release, book, options, console).run(waiting)
    done = len(waiting) - failed
    console.print(escape(f"{slug}: {done} graded with version {release.id}."))
    if failed:
        console.print(
            f"{failed} could not be graded, which is no fault of theirs and no 0. "
            f"python course.py grade {slug} tries them again."
        )
    return 1 if failed else 0


@contextmanager
def _alone(folder: ClassFolder) -> Iterator[None]:
    folder.make()
    try:
        with FileLock(folder.lock, timeout=0):
            yield
    except Timeout:
        raise CourseError(
            f"Another grading of this class is running ({folder.lock}). Wait for its end."
        ) from None


def pending(book: Book, release: Release, options: Options) -> list[Submission]:
    """Return the submissions to be graded.

    Raises:
        CourseError: The student that was named handed nothing in.
    """
    handed_in = book.submissions(release.slug)
    found = [one for one in handed_in if one.status == "ok"]
    if options.student is not None:
        found = [one for one in found if options.student in (one.student, one.name)]
        if not found:
            known = ", ".join(sorted({one.student for one in handed_in})[:10]) or "nobody"
            raise CourseError(
                f"{options.student!r} has no notebook of {release.slug} here. Handed in: {known}."
            )
    if options.regrade:
        return found
    graded = book.graded_with(release.slug, release.id)
    return [one for one in found if one.id not in graded]


class _Batch:
    def __init__(
        self, folder: ClassFolder, release: Release, book: Book, options: Options, console: Console
    ):
        self._folder, self._book, self._options = folder, book, options
        self._release, self._parts = release, release.parts()
        self._console = console
        self._failed = 0

    def run(self, waiting: list[Submission]) -> int:
        """Grade everything; return how many could not be."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        workers = self._options.workers or os.cpu_count() or 1
        with (
            Progress(*columns, TimeRemainingColumn(), console=self._console, transient=True) as bar,
            executor(workers, self._options.scheduler) as pool,
        ):
            task = bar.add_task(self._release.slug, total=len(waiting))
            slow = []
            for one, graded in self._graded(pool, waiting, AHEAD * workers):
                if graded.has("timeout"):
                    slow.append(one)  # once more, alone: the machine may have been busy
                    continue
                self._keep(one, graded)
                bar.advance(task)
            for one, graded in self._graded(pool, slow, 1):
                self._keep(one, graded)
                bar.advance(task)
        return self._failed

    def _graded(
        self, pool: concurrent.futures.Executor, waiting: Iterable[Submission], ahead: int
    ) -> Iterator[tuple[Submission, Graded]]:
        """Return submissions with their marks as they come, with a few jobs in hand at a time."""
        running: dict[concurrent.futures.Future, Submission] = {}
        left = iter(waiting)
        while True:
            while len(running) < ahead and (one := next(left, None)) is not None:
                running[pool.submit(work, self._job(one))] = one
            if not running:
                return
            done, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in done:
                yield running.pop(future), future.result()

    def _job(self, one: Submission) -> Job:
        raw = self._folder.file(one.digest).read_bytes()
        options = self._options
        remote = options.scheduler is not None
        return Job(
            lean(raw),
            self._parts,
            options.unsafe,
            () if remote else (self._folder.root, self._folder.book),
            options.deadline,
            options.limits,
        )

    def _keep(self, one: Submission, graded: Graded) -> None:
        complete = not graded.has("infrastructure")
        self._failed += not complete
        self._book.add_grading(
            one.id, self._release.id, graded, complete, again=self._options.regrade
        )

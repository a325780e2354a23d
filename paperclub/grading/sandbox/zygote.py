"""The clean process that forks for each submission. It holds no test and no expected value.

Started with an empty environment and a socket; what to import and which layers to put in force
comes over that. Two processes: the first enters the namespaces and watches that the grader still
lives; the second, process number 1 of the new namespace, imports torch once and forks.
"""

import base64
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Any, NoReturn

MESSAGE = 1 << 18


def main(control: socket.socket) -> NoReturn:
    """Do what the grader asks until it is gone."""
    settings = json.loads(control.recv(MESSAGE))
    sys.path[:0] = settings["path"]
    sys.path[len(sys.path) :] = settings["packages"]
    layers = importlib.import_module("paperclub.grading.sandbox.layers")
    missing = _entered(layers, settings)
    child = os.fork()
    if child:
        _watch(control, child)
    try:
        _serve(control, settings, layers, missing)
    except BaseException:  # noqa: BLE001 - the grader is told, whatever it was
        _say(control, {"failed": traceback.format_exc()[-2000:]})
    os._exit(1)


def _entered(layers: Any, settings: dict[str, Any]) -> list[str]:
    """Enter the namespaces; where that is waived, say that it could not be done."""
    try:
        layers.enter_namespaces()
        # Children may write in what is mounted there for each of them alone, and not beside it:
        # what one leaves, no other finds.
        for path in settings["around_scratch"]:
            layers.make_read_only(path)
    except OSError as error:
        return [f"namespaces: {error.strerror or error}"]
    return []


def _watch(control: socket.socket, child: int) -> NoReturn:
    """Wait until the grader or the second process is gone, and end what is left."""
    os.closerange(0, control.fileno())
    watched = select.poll()
    watched.register(control, 0)  # a hang-up is reported without being asked for
    ended = os.pidfd_open(child)
    watched.register(ended, select.POLLIN)
    watched.poll()
    signal.pidfd_send_signal(ended, signal.SIGKILL)
    os._exit(0)


def _serve(
    control: socket.socket, settings: dict[str, Any], layers: Any, missing: list[str]
) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    layers.die_with_parent()
    inside = _warm(settings["warm"])
    shut = _Shutting(layers, settings, missing)
    del settings
    gc.collect()
    gc.freeze()  # what is here now is shared with every child and never looked through again
    _say(control, {"ready": True, "missing": missing})
    while True:
        asked, descriptors, *_ = socket.recv_fds(control, MESSAGE, 2)
        if not asked:
            os._exit(0)
        _fork(control, descriptors, shut, inside)


def _warm(modules: list[str]) -> Any:
    """Import what submissions import, so that they need not."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)  # before anything is computed: forked threads would hang
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # whoever imports it is told
    inside = importlib.import_module("paperclub.grading.sandbox.inside")
    inside.rehearse()
    return inside


class _Shutting:
    """What shuts a child in, prepared once."""

    def __init__(self, layers: Any, settings: dict[str, Any], missing: list[str]):
        self.layers = layers
        self.scratch: str = settings["scratch"]
        self.limits: dict[str, int] = settings["limits"]
        self.filter = base64.b64decode(settings["filter"])
        self.missing = missing
        self.rules = -1
        try:
            self.rules = layers.landlock_rules(settings["read"], settings["write"])
        except OSError as error:
            missing.append(f"Landlock: {error.strerror or error}")

    def shut(self) -> None:
        """Shut this process in; what could not be prepared has been reported."""
        layers = self.layers
        if not self.missing:
            layers.fresh_folder(self.scratch, self.limits["scratch_megabytes"])
        os.chdir(self.scratch)
        layers.limit(self.limits["memory"], self.limits["file_bytes"], self.limits["cpu_seconds"])
        layers.no_new_privileges()
        if self.rules >= 0:
            layers.enforce_landlock(self.rules)
            os.close(self.rules)
        layers.drop_capabilities()
        layers.enforce_seccomp(self.filter)


def _fork(control: socket.socket, descriptors: list[int], shut: _Shutting, inside: Any) -> None:
    child = os.fork()
    if child == 0:
        _become(control, descriptors, shut, inside)
    for descriptor in descriptors:
        os.close(descriptor)
    handle = os.pidfd_open(child)
    socket.send_fds(control, [b'{"forked": true}'], [handle])
    os.close(handle)
    _, status, used = os.wait4(child, 0)
    _say(
        control,
        {
            "ended": os.waitstatus_to_exitcode(status),
            "seconds": used.ru_utime + used.ru_stime,
            "kilobytes": used.ru_maxrss,
        },
    )


def _become(
    control: socket.socket, descriptors: list[int], shut: _Shutting, inside: Any
) -> NoReturn:
    """Be the child: nothing open but the two pipes, and shut in before any line of a student."""
    try:
        control.close()
        taken, given = (os.dup2(one, to) for one, to in zip(descriptors, (40, 41), strict=True))
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        for first, last in ((3, 40), (42, 1024)):
            keep = shut.rules
            if first <= keep < last:
                os.closerange(first, keep)
                os.closerange(keep + 1, last)
            else:
                os.closerange(first, last)
        shut.shut()
    except BaseException:  # noqa: BLE001 - an infrastructure failure, told as that
        os.write(41, b"!" + traceback.format_exc()[-1000:].encode())
        os._exit(3)
    inside.main(taken, given)
    os._exit(0)


def _say(control: socket.socket, what: dict[str, Any]) -> None:
    control.send(json.dumps(what).encode())

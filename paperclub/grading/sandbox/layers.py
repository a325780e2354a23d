"""What shuts a submission in, on Linux: namespaces, Landlock, seccomp, limits of resources.

This runs in the sandbox, so it imports the standard library only. Every function raises OSError
when the system refuses it: a layer that is not there is never passed over in silence.
"""

import ctypes
import os
import resource
import struct
from collections.abc import Iterable
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

NEW_USER, NEW_NET, NEW_PID, NEW_IPC, NEW_UTS, NEW_MOUNTS = (
    0x10000000, 0x40000000, 0x20000000, 0x08000000, 0x04000000, 0x00020000,
)  # fmt: skip
_PRIVATE, _RECURSIVE, _NOSUID, _NODEV, _NOEXEC = 1 << 18, 1 << 14, 2, 4, 8
_READ_ONLY, _REMOUNT, _BIND = 1, 32, 4096
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _DEATH_SIGNAL, _FILTER, _DUMPABLE = 38, 22, 1, 2, 4
_CAPSET = {"x86_64": 126, "aarch64": 91}

# Landlock's system calls have the same numbers on every processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_EXECUTE, _WRITE, _READ_FILE, _READ_FOLDER, _TRUNCATE, _IOCTL = (
    1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15,
)  # fmt: skip
_ALL_OF_FIRST = (1 << 13) - 1
_REFER = 1 << 13
_OF_FILES = _EXECUTE | _WRITE | _READ_FILE | _TRUNCATE | _IOCTL


def _call(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _prctl(option: int, *arguments: int) -> None:
    four = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    _call(_libc.prctl(option, *four), f"prctl {option}")


def enter_namespaces() -> None:
    """Leave the machine's users, network, processes and messages; children are in a world apart.

    This process's own children, not itself, see processes of their own.
    """
    user, group = os.geteuid(), os.getegid()
    flags = NEW_USER | NEW_NET | NEW_PID | NEW_IPC | NEW_UTS | NEW_MOUNTS
    _call(_libc.unshare(flags), "namespaces")
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)


def fresh_folder(path: str, megabytes: int) -> None:
    """Put an empty folder in memory, seen by this process alone, over ``path``."""
    _call(_libc.unshare(NEW_MOUNTS), "a mount namespace")
    options = f"size={megabytes}m,nr_inodes=4096,mode=0700"
    _mount("scratch", path, "tmpfs", _NOSUID | _NODEV | _NOEXEC, options)


def make_read_only(path: str) -> None:
    """Let nobody of this mount namespace write to ``path``; a folder mounted in it may be."""
    _mount(path, path, None, _BIND)
    _mount("none", path, None, _BIND | _REMOUNT | _READ_ONLY | _NOSUID | _NODEV | _NOEXEC)


def _mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    given = [text.encode() if text is not None else None for text in (source, target, kind)]
    done = _libc.mount(*given, ctypes.c_ulong(flags), options.encode() or None)
    _call(done, f"mounting {target}")


def die_with_parent() -> None:
    """End when the process that started this one ends."""
    _prctl(_DEATH_SIGNAL, 9)


def landlock_version() -> int:
    """Return which version of Landlock the kernel has; 0 for none."""
    return max(0, _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def landlock_rules(read: Iterable[str], write: Iterable[str]) -> int:
    """Return a ruleset (a file descriptor) that allows nothing but what lies under these paths.

    ``read`` may be read and loaded as libraries, ``write`` be changed as well. Paths that are not
    there are passed over: they allow nothing.
    """
    version = landlock_version()
    if version < 1:
        raise OSError("Landlock is not switched on in this kernel")
    handled = _ALL_OF_FIRST | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    handled |= _IOCTL if version >= 5 else 0
    attributes = struct.pack("QQQ", handled, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    made = _libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    ruleset = _call(made, "Landlock")
    for path in read:
        _allow(ruleset, path, (_EXECUTE | _READ_FILE | _READ_FOLDER) & handled)
    for path in write:
        _allow(ruleset, path, handled & ~_EXECUTE & ~_REFER)
    return ruleset


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        access &= -1 if os.path.isdir(path) else _OF_FILES  # noqa: PTH112 - no pathlib in a fork
        rule = struct.pack("=Qi", access, place)
        done = _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, ctypes.c_uint32(0))
        _call(done, f"Landlock for {path}")
    finally:
        os.close(place)


def no_new_privileges() -> None:
    """Give up, for good, whatever a program with special rights could hand out."""
    _prctl(_NO_NEW_PRIVILEGES, 1)


def enforce_landlock(ruleset: int) -> None:
    """Put a ruleset in force on this process; there is no way back."""
    _call(_libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)), "Landlock in force")


def drop_capabilities() -> None:
    """Give up every capability that the user namespace gave."""
    header = struct.pack("Ii", 0x20080522, 0)
    number = _CAPSET[os.uname().machine]
    _call(_libc.syscall(number, header, bytes(24)), "dropping capabilities")


def limit(spare: int, file_bytes: int, cpu_seconds: int) -> None:
    """Limit memory to what is in use now and ``spare`` bytes; files, processor time, open files."""
    in_use = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, in_use + spare),
        (resource.RLIMIT_DATA, in_use + spare),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def enforce_seccomp(program: bytes) -> None:
    """Put a filter of system calls in force; there is no way back."""
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a count, and a pointer aligned to eight bytes
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    _prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(buffer))

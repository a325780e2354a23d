"""The filter of system calls, made outside with libseccomp and put in force in the sandbox."""

import errno
import functools
import tempfile

from paperclub.errors import CourseError

# No processes, no sockets, nothing of the machine's, no other process, no memory without a count.
# What is younger than some libseccomp has its number, which is the same on every processor.
REFUSED = (
    "fork", "vfork", "execve", "execveat",
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp",
    "socket", "bind", "connect", "listen", "accept", "accept4",
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "swapon", "swapoff",
    "memfd_create", "shmget", "shmat", "semget", "msgget", "mq_open",
    "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
    "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat", "chown", "fchown", "lchown",
    "fchownat", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
    "capset", "personality", "acct", "quotactl", "syslog", "reboot", "kexec_load",
    "init_module", "finit_module", "delete_module", "settimeofday", "clock_settime", "adjtimex",
    "clock_adjtime", "sethostname", "setdomainname", "iopl", "ioperm", "fanotify_init",
    "sched_setscheduler", "sched_setattr", "setpriority", "mlock", "mlock2", "mlockall",
    "vmsplice", "splice", "tee", "inotify_init", "inotify_init1", "ioprio_set",
)  # fmt: skip
REFUSED_BY_NUMBER = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    "pidfd_open": 434, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
    "memfd_secret": 447, "process_mrelease": 448,
}  # fmt: skip
CLONE3 = 435
CLONE_THREAD = 0x00010000


@functools.lru_cache(maxsize=1)
def program() -> bytes:
    """Return the filter, ready for the kernel.

    Raises:
        CourseError: libseccomp is not there; the message says how to install it.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise CourseError(
            "Grading a class needs the system's library libseccomp (on Debian and Ubuntu: "
            f"sudo apt-get install libseccomp2). {error}"
        ) from error
    refuse = pyseccomp.ERRNO(errno.EPERM)
    filter_ = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    for name in REFUSED:
        if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
            filter_.add_rule(refuse, name)
    for number in REFUSED_BY_NUMBER.values():
        filter_.add_rule(refuse, number)
    # Threads are welcome, processes are not. The newer call hides its flags from a filter; told
    # that it does not exist, the C library takes the older one.
    thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0)
    filter_.add_rule(refuse, "clone", thread)
    filter_.add_rule(pyseccomp.ERRNO(errno.ENOSYS), CLONE3)
    # The limits of this very process may be read, and lowered; pid 0 means itself.
    filter_.add_rule(refuse, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
    with tempfile.TemporaryFile() as file:
        filter_.export_bpf(file)
        file.seek(0)
        return file.read()

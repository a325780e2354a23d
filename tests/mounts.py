"""Disks that are full or may not be written to, real ones: a test mounts them for itself alone."""

import shutil
import subprocess
import sys


def can_mount() -> bool:
    """Tell whether this machine lets a test have file systems of its own."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0

"""Run one notebook from a cold kernel and print what it took, as JSON.

Called in a process of its own, ``python -m paperclub.bench.kernel NOTEBOOK``, so that nothing is
warm and the kernel inherits a small parent.
"""

import json
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

PROBE = "from paperclub.bench.kernel import peak_mib; print(peak_mib())"


def run_notebook(path: Path) -> dict[str, float | int]:
    """Return the seconds from before the kernel's start to the last cell's end, and the peak.

    The peak (``peak_mib``) is the largest resident memory of the kernel's process; processes that
    it starts are not counted.

    Raises:
        CellExecutionError: A cell raised an error.
        DeadKernelError: The kernel died.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PROBE))
    last = len(notebook.cells) - 1
    times = {"began": time.perf_counter()}

    def begins(cell: nbformat.NotebookNode, cell_index: int) -> None:
        if cell_index == last:
            times["ended"] = time.perf_counter()

    NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=begins,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    ).execute()
    (printed,) = (output.text for output in notebook.cells[-1].outputs)
    return {"seconds": times["ended"] - times["began"], "peak_mib": int(printed)}


def peak_mib() -> int:
    """Return the largest resident memory that this process has had, in MiB."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset // 2**20
    if sys.platform == "linux":
        # getrusage would count what the parent held when it forked.
        status = Path("/proc/self/status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


def main() -> int:
    """Measure the notebook named on the command line; a failure is one line on stderr."""
    try:
        print(json.dumps(run_notebook(Path(sys.argv[1]).resolve())))
    except CellExecutionError as error:
        print(f"{error.ename}: {error.evalue}".partition("\n")[0], file=sys.stderr)
        return 1
    except DeadKernelError:
        print("the kernel died; most often the memory was full", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

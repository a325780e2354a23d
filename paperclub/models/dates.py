"""The small model that reads dates, for the figure of the week ``alignment``: its weights by name.

``paperclub.models.train_dates`` trained it and wrote them.
"""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from paperclub.errors import CourseError

FOLDER = Path(__file__).parent / "date-reader"


def read_date_weights(path: Path | None = None) -> dict[str, np.ndarray]:
    """Return the model's weights as float32, under the names that PyTorch gives them.

    Args:
        path: The file; by default the one that ships with the course.

    Raises:
        CourseError: The file is missing or damaged.
    """
    path = path or FOLDER / "weights.npz"
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name].astype(np.float32) for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise CourseError(f"{path} cannot be read ({error}): restore it from the course") from error

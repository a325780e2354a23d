"""Checking what a figure is given, and packing it so that a page stays small."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from paperclub.errors import CourseError

SUM_TOLERANCE = 0.01


def as_array(values: object, name: str) -> np.ndarray:
    """Return ``values`` (an array, nested lists, or a tensor on any device) as float64.

    Raises:
        CourseError: It is not a regular array of finite numbers.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CourseError(f"{name} is not an array of numbers: {error}") from error
    if not np.isfinite(array).all():
        raise CourseError(f"{name} holds numbers that are not finite (nan or inf)")
    return array


def attention(values: object, name: str) -> np.ndarray:
    """Return attention weights as float64 of shape (example, head, query, key).

    Raises:
        CourseError: Another number of dimensions, a weight outside [0, 1], or a row that does not
            sum to 1; the message says which.
    """
    array = as_array(values, name)
    if array.ndim != 4:
        raise CourseError(
            f"{name} has {array.ndim} dimensions {array.shape}; "
            "four are expected: (example, head, query, key). For one example, give weights[None]"
        )
    if 0 in array.shape:
        raise CourseError(f"{name} is empty: its shape is {array.shape}")
    if array.min() < -1e-6 or array.max() > 1 + 1e-6:
        raise CourseError(
            f"{name} reaches from {array.min():.3g} to {array.max():.3g}; weights lie in [0, 1]. "
            "Are these scores before the softmax?"
        )
    sums = array.sum(axis=-1)
    if (wrong := np.argwhere(np.abs(sums - 1) > SUM_TOLERANCE)).size:
        example, head, query = wrong[0]
        raise CourseError(
            f"{name}[{example}, {head}, {query}] sums to {sums[example, head, query]:.3g} "
            "over the keys, not to 1. Is the softmax over the last axis?"
        )
    return array


def quantise(weights: np.ndarray) -> np.ndarray:
    """Return weights in [0, 1] as bytes, 255 for 1: at most 1/510 from what they were."""
    return np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8)


def fixed(value: float, places: int = 2) -> str:
    """Return a number as JavaScript's ``toFixed`` writes it: an exact half is rounded away from 0.

    Python's own formats round an exact half to the even digit, so 0.125 would become 0.12 in one
    sentence and 0.13 in the other.
    """
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))

"""Are the outcomes of all cases what is expected? Looked at together, for most answers are right.

A case's arrays are small, and looking at each costs far more than the numbers in it. Here the
numbers of all cases stand in one row, and what is expected of them is laid out once for a class.
Whatever is not plainly right is left to the judge, so this decides nothing that he would not.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from paperclub.exercises.compare import ASPECTS, GRADIENT, OUTPUT, allowed, same
from paperclub.exercises.recorded import Recorded
from paperclub.exercises.run import Outcome

Shapes = dict[str, tuple[int, ...]]
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
STRICTER = 1 - 1e-6  # a difference of float32 numbers is rounded; what is close to the edge waits


@dataclass(frozen=True)
class _Laid:
    """What is expected of the cases that can be looked at together, one number after the other.

    Attributes:
        together: For each of these cases its place, and the names and shapes of its outputs and of
            its gradients.
        apart: The places of the others.
        numbers: What is expected, as float64.
        most: For each number the largest difference that is right.
    """

    together: tuple[tuple[int, Shapes, Shapes], ...]
    apart: tuple[int, ...]
    numbers: np.ndarray
    most: np.ndarray


def same_at_a_glance(asked: Recorded, outcomes: list[Outcome]) -> bool:
    """Tell whether outcomes are plainly what is expected; False says nothing."""
    laid = _laid(asked)
    if len(outcomes) != len(asked.rows):
        return False
    found: list[np.ndarray] = []
    for place, values, gradients in laid.together:
        mine = outcomes[place]
        if _said_more(mine) or not (
            _take(mine.values, values, found) and _take(mine.gradients, gradients, found)
        ):
            return False
    if found and not _close(np.concatenate(found), laid):
        return False
    return all(
        same(outcomes[place], asked.rows[place].expected, aspect, asked.tolerance)
        for place in laid.apart
        for aspect in ASPECTS
    )


def _close(mine: np.ndarray, laid: _Laid) -> bool:
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(mine - laid.numbers) <= laid.most
    return bool(np.all(near | (mine == laid.numbers)))


def _take(
    given: Mapping[str, np.ndarray | None],
    expected: Shapes,
    found: list[np.ndarray],
) -> bool:
    """Add what was given to what was found, if it has the names, shapes and kind expected."""
    if list(given) != list(expected):
        return False
    for name, shape in expected.items():
        array = given[name]
        if array is None or array.shape != shape or array.dtype not in FLOATS:
            return False
        found.append(array.ravel())
    return True


def _said_more(one: Outcome) -> bool:
    return bool(
        one.raised or one.raised_in_gradients or one.changed or one.strange or one.blank or one.late
    )


@functools.lru_cache(maxsize=64)
def _laid(asked: Recorded) -> _Laid:
    together: list[tuple[int, Shapes, Shapes]] = []
    apart: list[int] = []
    numbers, most = [np.zeros(0)], [np.zeros(0)]
    for place, row in enumerate(asked.rows):
        values, gradients = _numbers(row.expected.values), _numbers(row.expected.gradients)
        if values is None or gradients is None or _said_more(row.expected):
            apart.append(place)
            continue
        together.append((place, _shapes(values), _shapes(gradients)))
        for aspect, arrays in ((OUTPUT, values), (GRADIENT, gradients)):
            for name, array in arrays.items():
                limit = STRICTER * allowed(row.expected, aspect, name, asked.tolerance)
                numbers.append(array.ravel().astype(np.float64))
                most.append(np.full(array.size, limit))
    return _Laid(tuple(together), tuple(apart), np.concatenate(numbers), np.concatenate(most))


def _numbers(arrays: Mapping[str, np.ndarray | None]) -> dict[str, np.ndarray] | None:
    """Return the arrays if all are there and hold nothing but floats that are numbers, or None."""
    found = {
        name: one
        for name, one in arrays.items()
        if one is not None and one.dtype in FLOATS and not np.isnan(one).any()
    }
    return found if len(found) == len(arrays) else None


def _shapes(arrays: dict[str, np.ndarray]) -> Shapes:
    return {name: one.shape for name, one in arrays.items()}

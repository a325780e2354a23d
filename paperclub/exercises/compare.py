"""Are two outcomes the same, and if not, where do they part?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from paperclub.exercises.run import Outcome, Raised

OUTPUT, GRADIENT, INPUTS = "output", "gradient", "inputs"
NEAR = 0.01
ASPECTS = (OUTPUT, INPUTS, GRADIENT)  # in the order in which they are looked at


def same(left: Outcome, right: Outcome, aspect: str, tolerance: float) -> bool:
    """Are two outcomes the same in one aspect? The tolerance is a share of ``right``'s magnitude.

    Two outcomes that both raised are the same when they raised the same kind of exception.
    """
    one, other = raised(left, aspect), raised(right, aspect)
    if one or other:
        return bool(one and other and one.kind == other.kind)
    if left.late or right.late or left.strange or right.strange or left.blank != right.blank:
        return False
    if aspect == INPUTS:
        return left.changed == right.changed
    mine, theirs = _of(left, aspect), _of(right, aspect)
    return list(mine) == list(theirs) and all(
        close(mine[name], theirs[name], allowed(right, aspect, name, tolerance)) for name in theirs
    )


def raised(outcome: Outcome, aspect: str) -> Raised | None:
    """Return the exception that kept an outcome from having this aspect."""
    return outcome.raised or (outcome.raised_in_gradients if aspect == GRADIENT else None)


def allowed(expected: Outcome, aspect: str, name: str, tolerance: float) -> float:
    """Return the largest difference allowed in one output, from a tolerance that is a share.

    An output is measured by its own largest magnitude, a gradient by the largest of all gradients
    of the case: softmax's gradient is a difference of near numbers, and the rounding of these, not
    of the small difference, is what a right answer may show.
    """
    arrays = _of(expected, aspect)
    measured = list(arrays.values()) if aspect == GRADIENT else [arrays[name]]
    magnitude = max(
        (float(np.abs(a[np.isfinite(a)]).max(initial=0)) for a in measured if a is not None),
        default=0.0,
    )
    # Where everything expected is zero there is no magnitude to take a share of.
    return tolerance * (magnitude or 1.0)


def close(left: np.ndarray | None, right: np.ndarray | None, atol: float) -> bool:
    """Are two arrays the same in shape, kind and, to within ``atol``, in every value?

    NaN equals NaN here: an answer that gives NaN must match the mistake that gives NaN. A gradient
    that is None is a gradient of zeros.
    """
    if left is None or right is None:
        other = right if left is None else left
        return other is None or not np.any(other)
    if left.shape != right.shape or kind(left) != kind(right):
        return False
    return not np.any(differing(left, right, atol))


def kind(array: np.ndarray) -> str:
    """Name what an array holds, as far as a check minds: any floats are as good as any others."""
    names = {"b": "true/false", "f": "real", "c": "complex"}
    return names.get(array.dtype.kind, "whole")


def differing(left: np.ndarray, right: np.ndarray, atol: float) -> np.ndarray:
    """Return where two arrays of one shape differ, as booleans of that shape."""
    if kind(right) in ("true/false", "whole"):
        return left != right
    with np.errstate(invalid="ignore"):
        agree = (left == right) | (np.abs(left - right) <= atol)
    return ~(agree | (np.isnan(left) & np.isnan(right)))


@dataclass(frozen=True)
class Difference:
    """Where an outcome first parts from what was expected.

    Attributes:
        says: The difference in one sentence.
        name: The output (or gradient) that differs.
        mine: What the answer gave, if there is an array to show beside the expected one.
        expected: What was expected.
        wrong: Where the two differ.
    """

    says: str
    name: str = ""
    mine: np.ndarray | None = None
    expected: np.ndarray | None = None
    wrong: np.ndarray | None = None


def first_difference(
    outcome: Outcome, expected: Outcome, aspect: str, tolerance: float
) -> Difference:
    """Describe where an outcome that is not the expected one parts from it."""
    if outcome.blank:
        return Difference("Nothing came back (None). Is there a path through it with no return?")
    if outcome.strange:
        return Difference(f"It returned a {outcome.strange} where an array is expected.")
    if aspect == INPUTS:
        names = " and ".join(f"`{name}`" for name in outcome.changed)
        return Difference(
            f"The result is right, but {names} was changed on the way. Whoever called the function "
            "still needs it: use operations that make a new tensor (no trailing underscore, no "
            "assignment into a slice of an input)."
        )
    mine, theirs = _of(outcome, aspect), _of(expected, aspect)
    if list(mine) != list(theirs):
        return _other_parts(mine, theirs, tolerance)
    for name in theirs:
        atol = allowed(expected, aspect, name, tolerance)
        if not close(mine[name], theirs[name], atol):
            label = f"the gradient of {name}" if aspect == GRADIENT else name
            return _describe(label, mine[name], theirs[name], atol)
    raise ValueError("the outcome is the expected one")


def _other_parts(
    mine: Mapping[str, np.ndarray | None], theirs: Mapping[str, np.ndarray | None], tolerance: float
) -> Difference:
    """Say that a list came back for an array; many answers hand back the weights as well."""
    for name, expected in theirs.items():
        pieces = [value for key, value in mine.items() if key.startswith(f"{name}[")]
        if not pieces or expected is None:
            continue
        magnitude = float(np.abs(expected).max(initial=0.0)) or 1.0
        if close(pieces[0], expected, tolerance * magnitude):
            return Difference(
                f"{name} is a list or tuple where one array is expected. The first is right: "
                "return it alone."
            )
        return Difference(
            f"{name} is a list or tuple where one array is expected. `torch.stack` makes one of "
            "arrays along a new dimension, `torch.cat` along one that they have, `torch.tensor` of "
            "numbers."
        )
    return Difference(f"It returned {', '.join(mine) or 'nothing'}; expected {', '.join(theirs)}.")


def _describe(
    name: str, mine: np.ndarray | None, expected: np.ndarray | None, atol: float
) -> Difference:
    if mine is None:
        return Difference(
            f"No gradient arrives for {name.removeprefix('the gradient of ')}. Something on the "
            "way cuts it off: `.detach()`, `.item()`, `.data`, numpy, or a new `torch.tensor(…)`."
        )
    if expected is None:
        expected = np.zeros_like(mine)
    if mine.shape != expected.shape:
        return Difference(f"The shape of {name} is {mine.shape}; it should be {expected.shape}.")
    if kind(mine) != kind(expected):
        return Difference(
            f"The numbers in {name} are {kind(mine)} ({mine.dtype}); they should be "
            f"{kind(expected)} ({expected.dtype})."
        )
    wrong = differing(mine, expected, atol)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    at = f"{name}[{', '.join(map(str, index))}]" if index else name
    count = f"{int(wrong.sum())} of {wrong.size} values differ."
    return Difference(
        f"The first difference is at `{at}`: yours is {number(mine[index])}, expected "
        f"{number(expected[index])}. {count}"
        + _not_a_number(mine, expected)
        + _nearly(mine, expected)
        + _partly_cut_off(mine, wrong) * name.startswith("the gradient of "),
        name,
        mine,
        expected,
        wrong,
    )


def _not_a_number(mine: np.ndarray, expected: np.ndarray) -> str:
    if mine.dtype.kind not in "fc" or not np.isnan(mine).any() or np.isnan(expected).any():
        return ""
    return (
        f" {int(np.isnan(mine).sum())} of yours are NaN (not a number), which comes from 0/0, "
        "∞ − ∞ or 0 · ∞. A softmax over nothing but −∞ does this, and so does the exponential of a "
        "large number: exp(89) is ∞ already."
    )


def _nearly(mine: np.ndarray, expected: np.ndarray) -> str:
    if expected.dtype.kind != "f" or not np.isfinite(mine).all():
        return ""
    magnitude = float(np.abs(expected).max(initial=0.0))
    share = float(np.abs(mine - expected).max()) / magnitude if magnitude else np.inf
    if share > NEAR:
        return ""
    return (
        f" Yet all are within {share:.1g} of what is expected (as a share of the largest), which "
        "is too far for another order of summing. Numbers with few digits do this (bfloat16, "
        "float16, rounding), and so does a small constant that should not be there."
    )


def _partly_cut_off(mine: np.ndarray, wrong: np.ndarray) -> str:
    return " Yours is 0 wherever they differ: on that way it is cut off." * (not mine[wrong].any())


def number(value: np.generic) -> str:
    """Write a number as a person would compare it: whole ones in full, others to six digits."""
    if isinstance(value, bool | int | np.bool_ | np.integer):
        return str(value)
    return f"{value:.6g}"


def _of(outcome: Outcome, aspect: str) -> Mapping[str, np.ndarray | None]:
    return outcome.gradients if aspect == GRADIENT else outcome.values

"""What an exception means, for someone who meets its words for the first time."""

import re

NONE = (
    "Something is None here: an argument that may be left out, as the docstring says (the case "
    "below shows which), or what comes back from a function of yours without a `return`."
)

# (kind of exception, pattern in its message and, after a line's end, in the line that raised it,
# what it means); the first that fits is used.
MEANINGS = (
    (
        "RuntimeError",
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\).*dimension (\d+)"
        r".*\n.*\.T\b",
        "`.T` turns all dimensions round, batches and heads too; use `transpose(-2, -1)` (or "
        "`.mT`), which turns the last two only. If what stands before your `.T` is one plain "
        "matrix, print the shapes just before this line: two arrays meet in it of which, along "
        "dimension {2}, one has {0} entries and the other {1}.",
    ),
    (
        "RuntimeError",
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\).*dimension (\d+)",
        "Two arrays do not fit: along dimension {2} one has {0} entries and the other {1}. Element "
        "by element all dimensions must agree; in `a @ b` those before the last two. Print both "
        "shapes just before this line: is one of them transposed, or does one need a dimension of "
        "length 1 (`unsqueeze`)? `.T` turns round all dimensions, batches included; "
        "`transpose(-2, -1)` and `.mT` only the last two.",
    ),
    (
        "RuntimeError",
        r"mat1 and mat2 shapes cannot be multiplied \((\S+) and (\S+)\)",
        "In `a @ b` the last dimension of `a` must equal the last but one of `b`; here they are "
        "{0} and {1}. Is a transpose missing, or one too many?",
    ),
    (
        "RuntimeError",
        r"first two dimensions of batch2 tensor to be: \[(.*?)\] but got: \[(.*?)\]",
        "In `a @ b` on stacks of matrices, the last dimension of `a` must equal the last but one "
        "of `b`: [stack, rows] of `b` should be [{0}] and is [{1}]. Is a `transpose(-2, -1)` "
        "missing, or was one of the two made from another input than you meant?",
    ),
    (
        "RuntimeError",
        r"einsum\(\)",
        "In an `einsum` every letter stands for one size in all arrays, and each array needs a "
        "letter for each of its dimensions (`...` for those in front). Print the shapes beside the "
        "letters.",
    ),
    (
        "RuntimeError",
        r"shape '\[(.*?)\]' is invalid for input of size (\d+)",
        "The shape [{0}] does not hold {1} numbers. Multiply its entries together and compare; "
        "which of the sizes is another one than you thought?",
    ),
    (
        "RuntimeError",
        r"view size is not compatible",
        "`view` only re-reads memory in its order, and after a transpose the order is another one. "
        "`reshape`, or `contiguous()` before `view`, copies where that is needed.",
    ),
    (
        "RuntimeError",
        r"leaf Variable that requires grad|modified by an inplace operation",
        "An operation with a trailing underscore, or an assignment into a slice, changed a tensor "
        "that the gradient still needs. Use the form that makes a new tensor.",
    ),
    (
        "RuntimeError",
        r"expected m1 and m2 to have the same dtype|expected scalar type (\w+) but found (\w+)",
        "A matrix product needs the same kind of numbers on both sides. A tensor made inside the "
        "function should take its dtype from the inputs: `torch.zeros(…, dtype=q.dtype)`.",
    ),
    (
        "RuntimeError",
        r"does not require grad",
        "The check differentiates through your function, and something on the way cut the gradient "
        "off: `.detach()`, `.item()`, numpy, or a new `torch.tensor(…)`.",
    ),
    (
        "TypeError",
        r"missing \d+ required positional argument|takes \d+ positional argument",
        "The check calls your function with the arguments of the stub, in that order. Has the "
        "first line (`def …`) changed?",
    ),
    (
        "TypeError",
        r"[Ee]llipsis",
        "There is still a `...` in the answer that stands for something to be written.",
    ),
    (
        "RuntimeError",
        r"Boolean value of Tensor with more than one value",
        "`if t:` and `a and b` want one True or False, and a tensor holds many. Whether there is a "
        "tensor at all is asked by `if t is not None`; element by element there are `&`, `|`, `~` "
        "and `torch.where`.",
    ),
    (
        "TypeError",
        r"got float|'float' object cannot be interpreted as an integer",
        "A size or an index must be a whole number, and `/` gives a float even where nothing is "
        "left over: use `//`.",
    ),
    (
        "RuntimeError",
        r"derivative for \S+ is not implemented",
        "One of the operations has no derivative, such as `//`, a comparison or a rounding. Was "
        "another one meant?",
    ),
    (
        "NotImplementedError",
        r"not implemented for '(\w+)'",
        "This operation does not take numbers of this kind ({0}). Whole numbers and True/False "
        "become real ones with `.float()`; a condition is used by `masked_fill` or `torch.where`.",
    ),
    (
        "NotImplementedError",
        r"^\n",
        "The function says of itself that it is still to be written.",
    ),
    ("AttributeError", r"'NoneType' object has no attribute", NONE),
    ("TypeError", r"NoneType", NONE),
    (
        "NameError",
        r"name '(\w+)' is not defined",
        "`{0}` is not known here: a misspelling, or a cell further up that has not been run.",
    ),
    (
        "IndexError",
        r"Dimension out of range",
        "A dimension was named that the array does not have. Inputs may have more or fewer batch "
        "dimensions than you think: counting from the end (-1, -2) works for all of them.",
    ),
    (
        "IndexError",
        r"out of (range|bounds)",
        "An index points past the end. A dimension of size n has indices 0 to n − 1.",
    ),
    (
        "ValueError",
        r"(not enough|too many) values to unpack",
        "A line of the form `a, b = x.shape` found more or fewer sizes than names.",
    ),
    (
        "RecursionError",
        r"",
        "The function calls itself and does not stop. Was another function meant?",
    ),
    (
        "SystemExit",
        r"",
        "The answer tried to end the program; the check held it back. `return` is enough.",
    ),
)


def meaning(kind: str, message: str, line: str) -> str:
    """Say in plain words what an exception of ``kind`` with ``message``, raised by ``line``, means.

    ``line`` is empty when no line of the learner's raised it.
    """
    text = f"{message}\n{line}"
    for wanted, pattern, says in MEANINGS:
        found = re.search(pattern, text, re.DOTALL) if kind == wanted else None
        if found:
            return says.format(*(group or "" for group in found.groups()))
    return (
        "Call the function yourself in a new cell, on inputs of the shapes below "
        "(`torch.randn(2, 3)` has the shape (2, 3)); there the full message and all lines are "
        "shown."
    )

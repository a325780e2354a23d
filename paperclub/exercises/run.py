"""Putting cases to an answer, and writing down what came of it as plain data."""

import contextlib
import copy
import io
import linecache
import site
import sysconfig
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

import paperclub
from paperclub import paths
from paperclub.exercises.limits import TimeIsUp, within
from paperclub.exercises.notion import Answer, Case, Exercise

SECONDS = 10
PRINTED = 2000  # characters; an endless loop may print without end


@dataclass(frozen=True)
class Raised:
    """An exception in an answer: its kind, its message, and the answer's own line."""

    kind: str
    message: str
    line: str
    number: int


@dataclass(frozen=True)
class Outcome:
    """What one case gave.

    Attributes:
        values: The outputs by name, as arrays; empty when nothing usable came back.
        gradients: The gradient of each input that the exercise names; None where none arrived.
        changed: Names of inputs that are not what they were before the call.
        fickle: A second call with the same inputs gave other values.
        raised: The exception, if there was one.
        raised_in_gradients: The exception, if the answer gave values that cannot be differentiated.
        strange: What came back, in words, when it was not made of arrays and numbers.
        blank: Nothing came back, as from a stub.
        late: The time was up.
        printed: The beginning of what the answer printed.
    """

    values: dict[str, np.ndarray] = field(default_factory=dict)
    gradients: dict[str, np.ndarray | None] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    fickle: bool = False
    raised: Raised | None = None
    raised_in_gradients: Raised | None = None
    strange: str = ""
    blank: bool = False
    late: bool = False
    printed: str = ""


def run(
    exercise: Exercise,
    answer: Answer,
    cases: Iterable[Case],
    seconds: float = SECONDS,
    gradients: bool = True,
) -> list[Outcome]:
    """Put ``cases`` to ``answer``, each with inputs of its own, and return what each gave.

    The list ends early, with an outcome that is ``late``, when all cases together take longer
    than ``seconds``. Gradients are taken where the exercise asks for them, unless ``gradients`` is
    False or the answer changed its inputs.
    """
    outcomes: list[Outcome] = []
    printed = _Beginning()

    def put_all() -> None:
        for case in cases:
            printed.text = ""
            outcome = _one(exercise, answer, case, gradients)
            outcomes.append(replace(outcome, printed=printed.text))

    with _surroundings(printed):
        try:
            within(seconds, put_all)
        except TimeIsUp:
            outcomes.append(Outcome(late=True, printed=printed.text))
    return outcomes


class _Beginning(io.TextIOBase):
    """A file that keeps the beginning of what is written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: PRINTED - len(self.text)]
        return len(text)


@contextlib.contextmanager
def _surroundings(printed: _Beginning) -> Iterator[None]:
    """Keep warnings quiet, and catch what is printed: a class's grader may take it for a failure.

    Arrays this small are handled faster by one thread than by several.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings(), _printing_to(printed):
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def _printing_to(file: _Beginning) -> Iterator[None]:
    with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
        yield


def _one(exercise: Exercise, answer: Answer, case: Case, gradients: bool) -> Outcome:
    inputs = {name: _clone(value) for name, value in case.inputs.items()}
    try:
        output = exercise.driver(answer, *inputs.values())
        blank = _is_blank(output)
        values = {} if blank else dict(_arrays(output, "output"))
        changed = tuple(name for name in inputs if not _equal(inputs[name], case.inputs[name]))
    except _NotData as found:
        return Outcome(strange=str(found))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the learner's, and what we report
        return Outcome(raised=_raised(error))
    outcome = Outcome(values=values, changed=changed, blank=blank)
    wanted = gradients and not blank and not changed and exercise.gradients
    return _with_gradients(outcome, exercise, answer, case) if wanted else outcome


def _with_gradients(outcome: Outcome, exercise: Exercise, answer: Answer, case: Case) -> Outcome:
    """Call again, with inputs that want gradients; what goes wrong here leaves the values be."""
    inputs = {name: _clone(value) for name, value in case.inputs.items()}
    wanted = [name for name in exercise.gradients if isinstance(inputs[name], torch.Tensor)]
    for name in wanted:
        inputs[name].requires_grad_()
    try:
        with _printing_to(_Beginning()):  # the first call has printed it
            output = exercise.driver(answer, *inputs.values())
        again = dict(_arrays(output, "output"))
        gradients = _gradients(output, {name: inputs[name] for name in wanted})
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the learner's, and what we report
        return replace(outcome, raised_in_gradients=_raised(error))
    same = all(
        name in again and _alike(again[name], value) for name, value in outcome.values.items()
    )
    return replace(outcome, gradients=gradients, fickle=not same)


def _alike(left: np.ndarray, right: np.ndarray) -> bool:
    """Do two calls agree? With gradients PyTorch may take another path, of other rounding."""
    return left.shape == right.shape and np.allclose(left, right, 1e-3, 1e-3, equal_nan=True)


def _gradients(output: Any, wanted: dict[str, torch.Tensor]) -> dict[str, np.ndarray | None]:
    """Differentiate a fixed weighting of all outputs with respect to the inputs ``wanted``."""
    total = torch.zeros(())
    for tensor in _tensors(output):
        weights = torch.cos(torch.arange(tensor.numel(), dtype=tensor.dtype)).view(tensor.shape)
        total = total + (tensor * weights).sum()
    if not total.requires_grad:
        return dict.fromkeys(wanted)
    found = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
    return {
        name: None if gradient is None else gradient.numpy()
        for name, gradient in zip(wanted, found, strict=True)
    }


def _is_blank(output: Any) -> bool:
    """Did a stub answer, or one of the stubs that an exercise asks for?"""
    parts = output.values() if isinstance(output, dict) else [output]
    return any(part is None or part is ... for part in parts)


class _NotData(Exception):
    """An output that is not made of arrays and numbers."""


def _arrays(output: Any, name: str) -> Iterable[tuple[str, np.ndarray]]:
    if isinstance(output, torch.Tensor):
        tensor = output.detach().cpu().resolve_conj().resolve_neg()
        # numpy has no bfloat16; every bfloat16 number is a float32 number.
        yield name, (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy().copy()
    elif isinstance(output, np.ndarray) and output.dtype.kind in "biufc":
        yield name, output.copy()
    elif isinstance(output, bool | int | float | complex | np.generic):
        yield name, np.asarray(output)
    elif isinstance(output, dict):
        for key, value in output.items():
            yield from _arrays(value, str(key))
    elif isinstance(output, tuple | list):
        for place, value in enumerate(output):
            yield from _arrays(value, f"{name}[{place}]")
    else:
        raise _NotData(type(output).__name__)


def _tensors(output: Any) -> Iterable[torch.Tensor]:
    if isinstance(output, torch.Tensor) and output.is_floating_point():
        yield output
    elif isinstance(output, dict | tuple | list):
        for value in output.values() if isinstance(output, dict) else output:
            yield from _tensors(value)


def _clone(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    return copy.deepcopy(value)


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, torch.Tensor):
        left, right = left.detach().numpy(), right.detach().numpy()
    if isinstance(left, np.ndarray):
        number = left.dtype.kind in "fc"
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=number)
    return left == right


def _raised(error: BaseException) -> Raised:
    """Find the deepest line that is the learner's own, not a library's and not ours."""
    kind = type(error).__name__
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an exception whose own text raises has none
        message = ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _in_a_library(frame.filename)]
    if not own:
        return Raised(kind, message, "", 0)
    number = own[-1].lineno or 0
    line = linecache.getline(own[-1].filename, number).strip()
    return Raised(kind, message, line, number)


_LIBRARIES = [
    Path(folder).resolve()
    for folder in (
        Path(paperclub.__file__).parent,
        paths.SOLUTIONS,
        sysconfig.get_paths()["stdlib"],
        sysconfig.get_paths()["purelib"],
        sysconfig.get_paths()["platlib"],
        site.getusersitepackages(),
    )
]


def _in_a_library(filename: str) -> bool:
    if filename.startswith("<frozen"):
        return True
    path = Path(filename).resolve()
    return any(folder in path.parents for folder in _LIBRARIES)

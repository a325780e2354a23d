"""Plain data as bytes: a JSON header, then the raw numbers of its arrays. Nothing in it is code.

What lies in such bytes can be read whoever wrote them: reading builds numbers, text, lists and
arrays of a few kinds of numbers and nothing else, and sizes are checked before memory is taken.
"""

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
import torch

MAGIC = b"pc1\n"
PREFIX = struct.Struct("<4sIQ")  # magic, bytes of the header, bytes of the arrays
KINDS = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip
_NAMES = {np.dtype(name): name for name in KINDS}  # numpy makes up a kind's name at each asking
DIMENSIONS = 32
DEPTH = 40  # of lists within lists


class NotPlain(ValueError):
    """The bytes are not plain data, or something that should be written is not."""


@dataclass(frozen=True)
class Limits:
    """The most that is read: bytes of the header, bytes of the arrays, number of arrays."""

    header: int = 1 << 20
    body: int = 64 << 20
    arrays: int = 4096


RECORD = Limits(header=256 << 20, body=1 << 30, arrays=1 << 20)  # for files of our own


def pack(value: Any) -> bytes:
    """Return ``value`` as bytes: None, text, numbers, arrays, tensors, and lists and dicts of them.

    Raises:
        NotPlain: Something in it is of another kind.
    """
    arrays: list[np.ndarray] = []
    header = json.dumps(
        {"value": _written(value, arrays), "arrays": [[_name(a), a.shape] for a in arrays]},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")
    body = b"".join(array.tobytes() for array in arrays)
    return PREFIX.pack(MAGIC, len(header), len(body)) + header + body


def _written(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) is int:
        return value if abs(value) < 1 << 53 else {"int": str(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is complex:
        return {"complex": [_written(value.real, arrays), _written(value.imag, arrays)]}
    if isinstance(value, torch.Tensor):
        return _tensor(value, arrays)
    if isinstance(value, np.ndarray | np.generic):
        return {"array": _kept(np.asarray(value), arrays)}
    if isinstance(value, list):
        return [_written(one, arrays) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [_written(one, arrays) for one in value]}
    if isinstance(value, dict):
        pairs = [[_written(k, arrays), _written(v, arrays)] for k, v in value.items()]
        return {"dict": pairs}
    raise NotPlain(f"a {type(value).__name__} is not plain data")


def _tensor(value: torch.Tensor, arrays: list[np.ndarray]) -> dict[str, Any]:
    plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
    if plain.dtype == torch.bfloat16:  # numpy has none: its bits travel
        return {"bfloat16": _kept(plain.view(torch.int16).numpy(), arrays)}
    return {"tensor": _kept(plain.numpy(), arrays)}


def _kept(array: np.ndarray, arrays: list[np.ndarray]) -> int:
    name = _name(array)
    if name is None or array.ndim > DIMENSIONS:
        raise NotPlain(f"an array of {array.dtype.name} is not plain data")
    arrays.append(array.astype(KINDS[name], copy=False))
    return len(arrays) - 1


def _name(array: np.ndarray) -> str | None:
    return _NAMES.get(array.dtype) or _NAMES.get(array.dtype.newbyteorder("="))


def sizes(prefix: bytes, limits: Limits) -> tuple[int, int]:
    """Return how many bytes of header and of arrays follow the first 16 bytes.

    Raises:
        NotPlain: These bytes begin no plain data, or announce more than the limits.
    """
    if len(prefix) != PREFIX.size:
        raise NotPlain("the bytes end early")
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise NotPlain("the bytes begin with something else")
    if header > limits.header or body > limits.body:
        raise NotPlain(f"{header + body} bytes are more than is read")
    return header, body


def unpack(data: bytes, limits: Limits = RECORD) -> Any:
    """Return what :func:`pack` was given, from bytes that anyone may have written.

    Raises:
        NotPlain: The bytes are no plain data, or more than the limits.
    """
    header_size, body_size = sizes(data[: PREFIX.size], limits)
    if len(data) != PREFIX.size + header_size + body_size:
        raise NotPlain("the bytes are fewer or more than announced")
    try:
        # "surrogatepass": half a character may stand in what an answer printed.
        text = data[PREFIX.size : PREFIX.size + header_size].decode("utf-8", "surrogatepass")
        header = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotPlain(f"the header is no JSON: {type(error).__name__}") from None
    if not isinstance(header, dict) or set(header) != {"value", "arrays"}:
        raise NotPlain("the header lacks its two parts")
    body = memoryview(data)[PREFIX.size + header_size :]
    return _read(header["value"], _arrays(header["arrays"], body, limits), 0)


def _refuse(word: str) -> None:
    raise NotPlain(f"{word} is no JSON")


def _arrays(described: Any, body: memoryview, limits: Limits) -> list[np.ndarray]:
    if not isinstance(described, list) or len(described) > limits.arrays:
        raise NotPlain("too many arrays, or none described")
    arrays, at = [], 0
    for one in described:
        kind, shape = one if isinstance(one, list) and len(one) == 2 else (None, None)
        if not isinstance(kind, str) or kind not in KINDS or not _is_shape(shape):
            raise NotPlain("an array is described in another way")
        count = math.prod(shape)
        end = at + count * KINDS[kind].itemsize
        if end > len(body):
            raise NotPlain("an array is longer than its bytes")
        try:
            # A copy: aligned, writable, and it does not hold on to the rest of the bytes.
            arrays.append(np.frombuffer(body[at:end], KINDS[kind], count).reshape(shape).copy())
        except ValueError:  # a shape with a 0 in it may announce more than numpy counts
            raise NotPlain("an array has no such shape") from None
        at = end
    if at != len(body):
        raise NotPlain("there are more bytes than arrays")
    return [_sound(array) for array in arrays]


def _sound(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "b":  # a byte of 7 would be neither true nor false
        return array.view(np.uint8) != 0
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _is_shape(shape: Any) -> TypeGuard[list[int]]:
    if not isinstance(shape, list) or len(shape) > DIMENSIONS:
        return False
    return all(type(size) is int and 0 <= size < 1 << 40 for size in shape)


def _read(written: Any, arrays: list[np.ndarray], depth: int) -> Any:
    if depth > DEPTH:
        raise NotPlain("lists within lists within lists")
    if isinstance(written, list):
        return [_read(one, arrays, depth + 1) for one in written]
    if not isinstance(written, dict):
        return written
    if len(written) != 1:
        raise NotPlain("a value is marked twice, or not at all")
    ((mark, content),) = written.items()
    reader = _READERS.get(mark)
    if reader is None:
        raise NotPlain("a value is marked in another way")
    try:
        return reader(content, arrays, depth + 1)
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        if isinstance(error, NotPlain):
            raise
        raise NotPlain(f"a value cannot be read: {type(error).__name__}") from None


def _array(content: Any, arrays: list[np.ndarray]) -> np.ndarray:
    if type(content) is not int or content < 0:
        raise NotPlain("an array is named in another way")
    return arrays[content]


def _list(content: Any, arrays: list[np.ndarray], depth: int) -> list:
    if not isinstance(content, list):
        raise NotPlain("a list is something else")
    return [_read(one, arrays, depth) for one in content]


def _dict(content: Any, arrays: list[np.ndarray], depth: int) -> dict:
    pairs = _list(content, arrays, depth)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise NotPlain("a dict is something else")
    if not all(isinstance(key, str | int | float | bool | None | tuple) for key, _ in pairs):
        raise NotPlain("a key is something else")
    return dict(pairs)


def _number(convert: Callable[[str], Any], content: Any) -> Any:
    if not isinstance(content, str) or len(content) > 400:
        raise NotPlain("a number is something else")
    return convert(content)


def _complex(content: Any, arrays: list[np.ndarray], depth: int) -> complex:
    real, imaginary = _list(content, arrays, depth)
    if not all(isinstance(part, int | float) for part in (real, imaginary)):
        raise NotPlain("a number is something else")
    return complex(real, imaginary)


_READERS: dict[str, Callable[[Any, list[np.ndarray], int], Any]] = {
    "array": lambda content, arrays, depth: _array(content, arrays),
    "tensor": lambda content, arrays, depth: torch.from_numpy(_array(content, arrays)),
    "bfloat16": lambda content, arrays, depth: torch.from_numpy(
        _array(content, arrays).astype(np.int16, casting="no")
    ).view(torch.bfloat16),
    "tuple": lambda content, arrays, depth: tuple(_list(content, arrays, depth)),
    "dict": _dict,
    "int": lambda content, arrays, depth: _number(int, content),
    "float": lambda content, arrays, depth: _number(float, content),
    "complex": _complex,
}

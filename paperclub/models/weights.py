"""Weights as a page can carry them: one byte a number, one scale a row.

A matrix is kept as whole numbers from -127 to 127, with one float32 scale for each row; everything
else (biases, norms) as float32. The file holds first all float32 numbers, then the bytes, in the
order in which the model lists its parameters. Byte order is little-endian.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from paperclub.models.gpt import GPT, Config

LARGEST = 127


def quantise(weight: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return whole numbers (row, column) as int8 and scales (row) as float32 for a matrix.

    A number is off by at most half its row's scale, 1/254 of the row's largest.
    """
    rows = weight.detach().double().numpy()
    scale = (np.abs(rows).max(axis=1) / LARGEST).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(rows / scale[:, None]).clip(-LARGEST, LARGEST).astype(np.int8), scale


def dequantise(cells: np.ndarray, scale: np.ndarray) -> Tensor:
    """Return the float32 matrix that whole numbers and scales stand for."""
    return torch.from_numpy(cells.astype(np.float32) * scale[:, None].astype(np.float32))


def pack(model: GPT) -> bytes:
    """Return the model's parameters as the content of ``weights.bin``."""
    floats, cells = [], []
    for parameter in model.parameters():
        if parameter.ndim == 2:
            whole, scale = quantise(parameter)
            cells.append(whole.tobytes())
            floats.append(scale.astype("<f4").tobytes())
        else:
            floats.append(parameter.detach().numpy().astype("<f4").tobytes())
    return b"".join(floats + cells)


def _shapes(config: Config) -> Iterator[tuple[int, ...]]:
    with torch.device("meta"):
        model = GPT(config)
    yield from (tuple(parameter.shape) for parameter in model.parameters())


def packed_size(config: Config) -> int:
    """Return how many bytes ``pack`` gives for a model of these sizes."""
    return sum(s[0] * (4 + s[1]) if len(s) == 2 else 4 * s[0] for s in _shapes(config))


def unpack(content: bytes, config: Config) -> GPT:
    """Return the model whose parameters ``pack`` wrote.

    Raises:
        ValueError: The content is longer or shorter than a model of these sizes.
    """
    if len(content) != packed_size(config):
        raise ValueError(f"{len(content)} bytes; {packed_size(config)} are expected")
    model = GPT(config)
    shapes = list(_shapes(config))
    floats = np.frombuffer(content, "<f4", sum(shape[0] for shape in shapes))
    cells = np.frombuffer(content, np.int8, offset=4 * len(floats))
    with torch.no_grad():
        for parameter in model.parameters():
            first, floats = floats[: len(parameter)], floats[len(parameter) :]
            if parameter.ndim == 2:
                whole, cells = cells[: parameter.numel()], cells[parameter.numel() :]
                parameter.copy_(dequantise(whole.reshape(parameter.shape), first))
            else:
                parameter.copy_(torch.from_numpy(first.copy()))
    return model


def initial(config: Config, seed: int) -> GPT:
    """Return the model as it is before its first training step.

    Its numbers come from a hash of ``seed`` and their place, not from a random generator: a page
    computes the same ones, and need not carry them. Matrices are uniform within ±1/√columns, the
    two that write to the residual stream a further √(2 · layers) smaller (Radford et al. 2019), the
    embedding within ±√(3/width); the last norm's gain is 1/4.
    """
    model = GPT(config)
    with torch.no_grad():
        for place, (name, parameter) in enumerate(model.named_parameters()):
            if parameter.ndim == 2:
                cells = _scattered(parameter.numel(), place, seed).reshape(parameter.shape)
                scale = np.full(len(parameter), _bound(name, config) / LARGEST, np.float32)
                parameter.copy_(dequantise(cells, scale))
            else:
                parameter.fill_(_level(name))
    return model


def _level(name: str) -> float:
    if name.endswith("bias"):
        return 0
    # Output and embedding are one matrix: at full strength every token would foretell itself.
    return 0.25 if name == "norm.weight" else 1


def _bound(name: str, config: Config) -> float:
    if name.startswith("embedding"):
        return math.sqrt(3 / config.width)
    if name.endswith("feed_forward.2.weight"):
        return 1 / math.sqrt(4 * config.width * 2 * config.layers)
    if name.endswith("to_out.weight"):
        return 1 / math.sqrt(config.width * 2 * config.layers)
    return 1 / math.sqrt(config.width)


def _scattered(count: int, place: int, seed: int) -> np.ndarray:
    """Return ``count`` whole numbers from -127 to 127, by MurmurHash3's last step (32 bits)."""
    x = (np.arange(count, dtype=np.uint32) + np.uint32(place << 20)) ^ np.uint32(seed)
    x = x * np.uint32(0x9E3779B1)
    x ^= x >> np.uint32(16)
    x = x * np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x = x * np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return ((x % np.uint32(255)).astype(np.int16) - LARGEST).astype(np.int8)

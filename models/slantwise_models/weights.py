"""Weights as they are shipped: large matrices as int8 with a scale a column or row, the rest as float32.

One safetensors file serves both backends. ONNX Runtime reads its bytes in place, as external data of `model.onnx`; torch
gets them back as floats. So both compute with the same weights, and differ only in how they round activations.

A linear layer's weight is stored [in, out], as ONNX multiplies; an embedding's [rows, width]. Beside `NAME` stands
`NAME.scale`, [1, out] or [rows, 1].
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.float32]
SCALE = ".scale"


def quantise(matrix: Array, axis: int) -> tuple[NDArray[np.int8], Array]:
    """Return a matrix as int8 and the scales along the axis that is reduced, symmetric around zero."""
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / 127.0
    scale = np.where(scale == 0.0, 1.0, scale).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale


def places(path: Path) -> dict[str, tuple[int, int]]:
    """Return where each tensor of a safetensors file lies: offset and length in bytes."""
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
    header.pop("__metadata__", None)
    return {
        name: (8 + size + item["data_offsets"][0], item["data_offsets"][1] - item["data_offsets"][0])
        for name, item in header.items()
    }


def floats(stored: dict[str, NDArray[np.generic]], linear: frozenset[str]) -> dict[str, Array]:
    """Return stored tensors as float32 by their names in the model; `linear` ones are turned back to [out, in]."""
    out: dict[str, Array] = {}
    for name, tensor in stored.items():
        if name.endswith(SCALE):
            continue
        value = tensor.astype(np.float32)
        if name + SCALE in stored:
            value = value * stored[name + SCALE].astype(np.float32)
        out[name] = np.ascontiguousarray(value.T) if name in linear else value
    return out

"""Batches: examples of one kind padded to one length, as tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from slantwise_models.heads._math import IGNORED

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from slantwise_models.corpora.example import Example

Batch = tuple[dict[str, Tensor], dict[str, Tensor], tuple[str, ...]]


def plan(examples: Sequence[Example], budget: int, rng: random.Random) -> list[list[int]]:
    """Return the examples' numbers in batches of at most `budget` pieces, padding included, of alike heads and length."""
    order = sorted(range(len(examples)), key=lambda i: (examples[i].heads, len(examples[i]) // 8, rng.random()))
    batches: list[list[int]] = []
    longest = 0
    for i in order:
        longest = max(longest, len(examples[i]))
        current = batches[-1] if batches else None
        if (
            current is None
            or examples[current[0]].heads != examples[i].heads
            or sorted(examples[current[0]].groups) != sorted(examples[i].groups)
            or longest * (len(current) + 1) > budget
        ):
            batches.append([i])
            longest = len(examples[i])
        else:
            current.append(i)
    rng.shuffle(batches)
    return batches


def _pad(rows: Iterable[np.ndarray], length: int, fill: int) -> Tensor:
    return torch.from_numpy(
        np.stack([np.pad(row.astype(np.int64), (0, length - len(row)), constant_values=fill) for row in rows])
    )


def collate(examples: Sequence[Example]) -> Batch:
    """Return the model's arguments, the labels and the heads to learn from, for examples with the same heads."""
    length = max(len(e) for e in examples)
    shown = [e.inputs for e in examples]
    arguments = {
        "ids": _pad((s.ids for s in shown), length, 0),
        "types": _pad((s.types for s in shown), length, 0),
        "shapes": _pad((s.shapes for s in shown), length, 0),
        "layouts": _pad((s.layouts for s in shown), length, 0),
        "mask": _pad((np.ones(len(s), np.int64) for s in shown), length, 0),
    }
    labels = {name: _pad((e.pieces[name] for e in examples), length, IGNORED) for name in examples[0].pieces}
    for name in examples[0].groups:
        groups = [(row, group) for row, e in enumerate(examples) for group in e.groups[name]]
        labels[f"{name}_group"] = _pad((group.where for _, group in groups), length, 0).bool()
        labels[f"{name}_row"] = torch.tensor([row for row, _ in groups])
        labels[name] = torch.from_numpy(np.array([group.label for _, group in groups]))
    pointers = [(row, pointer) for row, e in enumerate(examples) for pointer in e.pointers]
    if pointers:
        labels["pointer_from"] = torch.tensor([(row, p.channel, p.start) for row, p in pointers])
        labels["pointer_to"] = _pad((p.to for _, p in pointers), length, 0).bool()
    return arguments, labels, examples[0].heads

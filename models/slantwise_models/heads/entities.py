"""Entity mentions: names of people, organisations, places and other named things, tagged piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slantwise_models.heads._math import Floats, cross_entropy, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

TYPES = ("PERSON", "ORGANIZATION", "LOCATION", "OTHER")
TAGS = ("O", *(f"{prefix}-{kind}" for kind in TYPES for prefix in "BI"))
SIZES = {"entity": len(TAGS)}


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss of `entity`, [B, L, 9], against labels [B, L]."""
    return cross_entropy(outputs["entity"], labels["entity"])


def decode(logits: Floats) -> list[tuple[int, int, str, float]]:
    """Return the mentions among pieces with logits [N, 9]: begin, end, type, probability."""
    scores = softmax(logits)
    tags = scores.argmax(axis=-1)
    out: list[tuple[int, int, str, float]] = []
    i = 0
    while i < len(tags):
        if tags[i] == 0:
            i += 1
            continue
        kind = (tags[i] - 1) // 2
        end = i + 1
        while end < len(tags) and tags[end] == 2 + 2 * kind:
            end += 1
        out.append((i, end, TYPES[kind], float(scores[i:end, 1 + 2 * kind : 3 + 2 * kind].sum(axis=-1).mean())))
        i = end
    return out

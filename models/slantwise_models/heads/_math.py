"""What the heads share: losses over labelled pieces and groups of pieces, and their counterparts for decoding.

Losses use the methods of the tensors they are given, so that decoding needs no torch. `IGNORED` marks pieces without a
label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100
Floats = NDArray[np.float32]


def softmax(logits: Floats) -> Floats:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def sigmoid(logits: Floats) -> Floats:
    """Return independent probabilities."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)), np.float32)


def cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.0, weights: Tensor | None = None) -> Tensor:
    """Return the mean cross entropy of [..., C] logits against [...] labels, weighted or not, `IGNORED` ones left out."""
    kept = labels != IGNORED
    log_probs = logits[kept].float().log_softmax(-1)
    gold = log_probs.gather(-1, labels[kept].unsqueeze(-1)).squeeze(-1)
    loss = -((1 - smoothing) * gold + smoothing * log_probs.mean(-1))
    if weights is None:
        return loss.sum() / kept.sum().clamp(min=1)
    return (loss * weights[kept]).sum() / weights[kept].sum().clamp(min=1e-6)


def by_run(labels: Tensor) -> Tensor:
    """Return weights that fall with the square root of the length of the run of equal labels that each stands in.

    A segment then counts for the root of its length, not for its length: a reporting clause of four pieces matters.
    """
    _, run, lengths = labels.flatten().unique_consecutive(return_inverse=True, return_counts=True)
    weights: Tensor = lengths[run].view(labels.shape).float().rsqrt()
    return weights


def binary_cross_entropy(logits: Tensor, labels: Tensor, positive_weight: float = 1.0) -> Tensor:
    """Return the mean binary cross entropy of [...] logits against [...] labels, `IGNORED` ones left out."""
    kept = labels != IGNORED
    x, y = logits[kept].float(), labels[kept].float()
    softplus = (-x.abs()).exp().log1p()
    loss = positive_weight * y * (softplus - x.clamp(max=0)) + (1 - y) * (softplus + x.clamp(min=0))
    return loss.sum() / kept.sum().clamp(min=1)


def group_mean(logits: Tensor, groups: Tensor, rows: Tensor) -> Tensor:
    """Return the mean logits of groups of pieces, [G, C], from [B, L, C]; group g is `groups[g]`, [G, L], of row `rows[g]`."""
    weights = groups.float()
    total = (weights.unsqueeze(1) @ logits[rows].float()).squeeze(1)
    return total / weights.sum(-1, keepdim=True).clamp(min=1)


def group_attention(logits: Tensor, groups: Tensor, rows: Tensor) -> Tensor:
    """Return the logits of groups of pieces, [G, C], from [B, L, 1 + C], whose first column weighs the pieces."""
    values = logits[rows].float()
    weights = values[..., 0].masked_fill(~groups, -1e4).softmax(-1)
    return (weights.unsqueeze(1) @ values[..., 1:]).squeeze(1)

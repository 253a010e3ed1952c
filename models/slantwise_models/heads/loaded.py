"""Loaded language: which words carry an emotional or evaluative load, and how biased a sentence is.

Words follow the guidelines' definition and BABE's and MBIC's biased words (Spinde et al. 2021); the bias of a sentence is
the mean of its pieces' logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slantwise_models.heads._math import binary_cross_entropy, group_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

SIZES = {"loaded": 1, "bias": 1}


@dataclass(frozen=True, slots=True)
class Settings:
    """What decoding is tuned by.

    Attributes:
        temperature: Divides the logits; fitted on held-out text.
        threshold: The probability from which a word counts as loaded.
    """

    temperature: float = 1.0
    threshold: float = 0.5


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss of `loaded`, [B, L, 1], against labels [B, L], and of `bias` over groups of pieces.

    A group has its pieces in `bias_group`, bool [G, L], its batch row in `bias_row`, [G], its label in `bias`, [G].
    """
    total = 2.0 * binary_cross_entropy(outputs["loaded"].squeeze(-1), labels["loaded"], 2.0)
    if "bias" in labels:
        logits = group_mean(outputs["bias"], labels["bias_group"], labels["bias_row"]).squeeze(-1)
        total = total + binary_cross_entropy(logits, labels["bias"])
    return total

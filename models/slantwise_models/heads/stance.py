"""Stance: for, against or neutral towards a target, judged over any set of pieces.

Two readings. Towards a thing the text names, the pieces of a mention say how the clause around them treats it
(`mention`: one pass, however many are named). Towards a target that the request names, the encoder reads the window
again with the target before it (`stance`); every piece then has a weight and three logits, and a holder's stance is
their weighted sum over the holder's words, over however many windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads._math import Floats, cross_entropy, group_attention, group_mean, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

STANCES = ("FAVOR", "AGAINST", "NEUTRAL")
NEUTRAL = STANCES.index("NEUTRAL")
POLAR = len(STANCES)  # added to the label of a corpus that has no neutral cases: it says nothing about that logit
SIZES = {"mention": len(STANCES), "stance": 1 + len(STANCES)}


@dataclass(frozen=True, slots=True)
class Settings:
    """What decoding is tuned by.

    Attributes:
        temperature: Divides the logits of requested targets; fitted on held-out text.
        mention_temperature: The same for detected ones.
        document_bias: Added to the logits of `STANCES` of an author over a document, for requested targets.
        mention_bias: The same for detected ones.
    """

    temperature: float = 1.0
    mention_temperature: float = 1.0
    document_bias: tuple[float, ...] = (0.0, 0.0, 0.0)
    mention_bias: tuple[float, ...] = (0.0, 0.0, 0.0)


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss over groups of pieces with one label each.

    For `mention`, [B, L, 3], and `stance`, [B, L, 4], alike: a group has its pieces in `NAME_group`, bool [G, L], its
    batch row in `NAME_row`, [G], its label in `NAME`, [G].
    """
    if "stance" in labels:
        logits = group_attention(outputs["stance"], labels["stance_group"], labels["stance_row"])
        polar = labels["stance"] >= POLAR
        total = cross_entropy(logits[~polar], labels["stance"][~polar], 0.05)
        return total + cross_entropy(logits[polar][:, :NEUTRAL], labels["stance"][polar] - POLAR, 0.05)
    logits = group_mean(outputs["mention"], labels["mention_group"], labels["mention_row"])
    return cross_entropy(logits, labels["mention"], 0.05)


def over(logits: Floats, temperature: float, bias: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Floats:
    """Return the probabilities of `STANCES` over pieces read with a target, [n, 4], n of at least 1."""
    weights = softmax(logits[:, 0])
    return softmax((weights @ logits[:, 1:] + np.asarray(bias, np.float32)) / temperature)


def over_mentions(logits: Floats, temperature: float, bias: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Floats:
    """Return the probabilities of `STANCES` over the pieces of mentions, [n, 3], n of at least 1."""
    return softmax((logits.mean(axis=0) + np.asarray(bias, np.float32)) / temperature)

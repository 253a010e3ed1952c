"""Attribution: which pieces name a source, cite it, or are what it is cited for; and which belong together.

Roles are tagged piece by piece (source, cue, content: Pareti 2015; PolNeAR, Newell et al. 2018). Pointers join them: from
each piece of content one distribution a channel over the pieces of the window, as in dependency parsing by attention
(Dozat & Manning 2017): to the first piece of the source there, of the cue, of the name of the source wherever the
window holds it, and of the outer source that relays it. Position 0 ([CLS]) means that there is none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slantwise_models.heads._math import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

ROLES = ("O", "B-SOURCE", "I-SOURCE", "B-CUE", "I-CUE", "B-CONTENT", "I-CONTENT")
CHANNELS = ("SOURCE", "CUE", "NAME", "VIA")
SIZES = {"role": len(ROLES)}
POINTER_WIDTH = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """What the scores of attributions are calibrated by, on held-out text (Platt 1999).

    Attributes:
        slope: Multiplies the log odds of a score.
        offset: Added to them.
    """

    slope: float = 1.0
    offset: float = 0.0

    def calibrated(self, score: float) -> float:
        """Return the probability that an attribution with a raw score is right."""
        held = min(max(score, 1e-6), 1 - 1e-6)
        return 1 / (1 + math.exp(-self.slope * math.log(held / (1 - held)) - self.offset))


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss of roles and pointers.

    Args:
        outputs: `role`, [B, L, 7], and `pointer`, [B, 4, L, L].
        labels: `role`, [B, L]; and of the labelled pointers the rows `pointer_from`, [P, 3] (batch, channel, from), with
            the pieces any of which is right, `pointer_to`, bool [P, L].
    """
    total = cross_entropy(outputs["role"], labels["role"])
    if "pointer_from" in labels and len(labels["pointer_from"]):
        batch, channel, start = labels["pointer_from"].unbind(-1)
        log_probs = outputs["pointer"][batch, channel, start].float().log_softmax(-1)
        right = log_probs.masked_fill(~labels["pointer_to"], -1e4).logsumexp(-1)
        total = total - right.mean()
    return total

"""Policy frames of a paragraph (Boydstun et al. 2014, Policy Frames Codebook).

Every piece gets a logit a frame; a paragraph's is their mean, so that a sentence's own mean tells how much of the evidence
for a frame it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slantwise_models.heads._math import binary_cross_entropy, group_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

FRAMES = (
    "ECONOMIC", "CAPACITY_AND_RESOURCES", "MORALITY", "FAIRNESS_AND_EQUALITY", "LEGALITY_CONSTITUTIONALITY_JURISPRUDENCE",
    "POLICY_PRESCRIPTION_AND_EVALUATION", "CRIME_AND_PUNISHMENT", "SECURITY_AND_DEFENSE", "HEALTH_AND_SAFETY",
    "QUALITY_OF_LIFE", "CULTURAL_IDENTITY", "PUBLIC_OPINION", "POLITICAL", "EXTERNAL_REGULATION_AND_REPUTATION", "OTHER",
)  # fmt: skip
SIZES = {"frames": len(FRAMES)}


@dataclass(frozen=True, slots=True)
class Settings:
    """What decoding is tuned by.

    Attributes:
        temperature: Divides the logits; fitted on held-out text.
        thresholds: For each of `FRAMES` the probability from which it is selected.
    """

    temperature: float = 1.0
    thresholds: tuple[float, ...] = (0.35,) * len(FRAMES)


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss of `frames`, [B, L, 15], over groups of pieces: paragraphs.

    A group has its pieces in `frames_group`, bool [G, L], its batch row in `frames_row`, [G], its labels in `frames`,
    [G, 15].
    """
    logits = group_mean(outputs["frames"], labels["frames_group"], labels["frames_row"])
    return 4.0 * binary_cross_entropy(logits, labels["frames"], 1.5)

"""Voice: who is speaking, and in what register; and what the author does where the author judges.

Every piece gets a distribution over voices. Decoding cuts the text into units that may not be cut further (words), takes
the most probable sequence of voices under a penalty for each change, smaller between sentences, and joins what is alike
within a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads._math import Floats, by_run, cross_entropy, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

VOICES = ("EDITORIAL", "REPORTED_FACT", "ATTRIBUTED", "QUOTED", "NONE")
KINDS = ("PRESCRIPTION", "PREDICTION", "QUESTION", "INTERPRETATION", "EVALUATION")
SIZES = {"voice": len(VOICES), "kind": len(KINDS)}
NONE, QUOTED = VOICES.index("NONE"), VOICES.index("QUOTED")


@dataclass(frozen=True, slots=True)
class Settings:
    """What decoding is tuned by.

    Attributes:
        temperature: Divides the voice logits; fitted on held-out text.
        kind_temperature: The same for kinds.
        change: Cost in log probability of a change of voice inside a sentence.
        change_at_sentence: The same between sentences.
    """

    temperature: float = 1.0
    kind_temperature: float = 1.0
    change: float = 2.0
    change_at_sentence: float = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """Units `begin` to `end` speak in one voice; `scores` are the probabilities of `VOICES`, `kinds` those of `KINDS`."""

    begin: int
    end: int
    voice: int
    scores: Floats
    kinds: Floats


def loss(outputs: Mapping[str, Tensor], labels: Mapping[str, Tensor]) -> Tensor:
    """Return the loss of `voice` and `kind`, [B, L, C], against `voice` and `kind` labels, [B, L]."""
    voice = cross_entropy(outputs["voice"], labels["voice"], 0.05, by_run(labels["voice"]))
    return voice + 0.5 * cross_entropy(outputs["kind"], labels["kind"], 0.05)


def decode(voice: Floats, kind: Floats, sentences: Sequence[int], settings: Settings) -> list[Run]:
    """Return the runs of voice over the units of a paragraph.

    Args:
        voice: Mean voice logits of each unit, [U, 5].
        kind: Mean kind logits of each unit, [U, 5].
        sentences: The number of each unit's sentence; a run never crosses sentences.
        settings: What decoding is tuned by.
    """
    scores = softmax(voice / settings.temperature)
    path = _best_path(np.log(scores + 1e-9).tolist(), sentences, settings)
    cuts = [i for i in range(1, len(path)) if path[i] != path[i - 1] or sentences[i] != sentences[i - 1]]
    return [
        Run(b, e, path[b], scores[b:e].mean(axis=0), softmax(kind[b:e].mean(axis=0) / settings.kind_temperature))
        for b, e in zip([0, *cuts], [*cuts, len(path)], strict=True)
        if e > b
    ]


def _best_path(scores: list[list[float]], sentences: Sequence[int], settings: Settings) -> list[int]:
    """Return the most probable labels (Viterbi 1967) where every change costs the same; linear in the number of labels."""
    if not scores:
        return []
    best, back = scores[0], []
    for i in range(1, len(scores)):
        cost = settings.change if sentences[i] == sentences[i - 1] else settings.change_at_sentence
        top = max(best)
        switch, source = top - cost, best.index(top)
        came = [v if best[v] >= switch else source for v in range(len(best))]
        best = [max(best[v], switch) + scores[i][v] for v in range(len(best))]
        back.append(came)
    label = best.index(max(best))
    path = [label]
    for came in reversed(back):
        label = came[label]
        path.append(label)
    return path[::-1]

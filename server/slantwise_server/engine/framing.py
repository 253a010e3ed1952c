"""Policy frames: the paragraphs with their frames, and the evidence for those selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads import frames as head
from slantwise_models.heads._math import sigmoid
from slantwise_server.engine.analysis import FrameScore, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.backend import Floats

MOST_SELECTED = 3  # frames of a paragraph, by the guidelines
MOST_EVIDENCE = 3  # sentences of a frame


def frames(logits: Floats, tokens: Tokens, begin: int, end: int, settings: head.Settings) -> tuple[FrameScore, ...]:
    """Return the frames of the paragraph that is pieces `begin` to `end` of logits [N, 15], by falling score."""
    if begin == end:
        return ()
    scores = sigmoid(logits[begin:end].mean(axis=0) / settings.temperature)
    order = np.argsort(-scores, kind="stable").tolist()
    reached = [i for i in order if scores[i] >= settings.thresholds[i]]
    selected = frozenset(sorted(reached, key=lambda i: settings.thresholds[i] - float(scores[i]))[:MOST_SELECTED])
    evidence = _evidence(logits[begin:end], tokens, begin, end, sorted(selected))
    return tuple(FrameScore(head.FRAMES[i], float(scores[i]), i in selected, evidence.get(i, ())) for i in order)


def _evidence(
    logits: Floats, tokens: Tokens, begin: int, end: int, selected: Sequence[int]
) -> dict[int, tuple[Span, ...]]:
    """Return for each selected frame the sentences that speak for it, strongest first: those above the paragraph's mean."""
    numbers = tokens.sentences[begin:end]
    starts = [0, *(1 + np.flatnonzero(numbers[1:] != numbers[:-1])).tolist()]
    sizes = np.diff([*starts, end - begin])
    out = {}
    for frame in selected:
        means = np.add.reduceat(logits[:, frame], starts) / sizes
        floor = min(float(logits[:, frame].mean()), float(means.max()))
        order = [i for i in np.argsort(-means, kind="stable").tolist() if means[i] >= floor]
        out[frame] = tuple(Span(*tokens.sentence_spans[int(numbers[starts[i]])]) for i in order[:MOST_EVIDENCE])
    return out

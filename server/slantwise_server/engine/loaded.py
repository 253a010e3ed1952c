"""Loaded language: the words that carry a load, in the author's own voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads._math import sigmoid
from slantwise_server.engine.analysis import LoadedSpan, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_models.heads import loaded as head
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.backend import Floats
    from slantwise_server.engine.voice import Segment


def loaded_spans(
    text: str, tokens: Tokens, logits: Floats, segments: Sequence[Segment], settings: head.Settings
) -> tuple[LoadedSpan, ...]:
    """Return the loaded spans among pieces with logits [N, 1]; whole words, without punctuation at their edges."""
    scores = sigmoid(logits[:, 0] / settings.temperature)
    found: list[LoadedSpan] = []
    for segment in segments:
        if not segment.authors:
            continue
        words: list[tuple[int, int, float]] = []  # begin, end, score of each loaded word or run of words
        open_run = False
        for begin, end in _words(text, tokens, segment.begin, segment.end):
            score = float(scores[begin:end].max())
            if score < settings.threshold:
                open_run = False
                continue
            if open_run:
                first, last, total = words[-1]
                words[-1] = (first, end, (total * (last - first) + score * (end - begin)) / (end - first))
            else:
                words.append((begin, end, score))
            open_run = True
        for begin, end, score in words:
            found.append(LoadedSpan(Span(int(tokens.begins[begin]), int(tokens.ends[end - 1])), min(score, 1.0)))
    return tuple(found)


def _words(text: str, tokens: Tokens, begin: int, end: int) -> list[tuple[int, int]]:
    """Return the words among pieces, as ranges of pieces: runs of pieces that touch and hold letters or digits."""
    out: list[tuple[int, int]] = []
    joined = np.zeros(max(end - begin, 0), bool)
    if end - begin > 1:
        joined[1:] = tokens.begins[begin + 1 : end] == tokens.ends[begin : end - 1]
    for i in range(begin, end):
        if not text[int(tokens.begins[i])].isalnum():
            continue
        if out and out[-1][1] == i and joined[i - begin]:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return out

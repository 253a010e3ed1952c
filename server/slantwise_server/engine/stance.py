"""Stances: what the author, and each source, holds of a target, over the document, a paragraph or a segment."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from slantwise_models.heads import stance as head
from slantwise_server.engine.analysis import Attribution, Holder, SourceStance, Span, Stance, Target, TargetSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slantwise_models.tokens import Tokens
    from slantwise_models.window import Window
    from slantwise_server.engine.backend import Floats
    from slantwise_server.engine.voice import Segment

MAX_TARGET_WINDOWS = 6  # windows that are read with one requested target
NOTHING_SAID = (0.15, 0.15, 0.70)  # FAVOR, AGAINST, NEUTRAL where a holder says nothing that bears on the target

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model made of a target.

    Attributes:
        pieces: The pieces that bear on it, ascending, [n].
        logits: Their logits: [n, 4] when it was read with the text, [n, 3] when its mentions were.
        settings: What decoding is tuned by.
    """

    pieces: Ints
    logits: Floats
    settings: head.Settings

    def over(self, where: NDArray[np.bool_] | slice, *, document: bool = False) -> Floats | None:
        """Return the probabilities of `STANCES` over some of the pieces; None when there are none."""
        logits = self.logits[where]
        if not len(logits):
            return None
        tuned, none = self.settings, (0.0,) * len(head.STANCES)
        if logits.shape[1] == len(head.STANCES):
            return head.over_mentions(logits, tuned.mention_temperature, tuned.mention_bias if document else none)
        return head.over(logits, tuned.temperature, tuned.document_bias if document else none)


def windows_for(target: Target, tokens: Tokens, windows: Sequence[Window]) -> list[Window]:
    """Return the windows to read with a target, in order: those that name it, then from the ends of the text inwards."""
    if len(windows) <= MAX_TARGET_WINDOWS:
        return list(windows)
    at = np.searchsorted(tokens.begins, [span.begin for span in target.mentions])
    naming = np.unique(np.searchsorted([w.end for w in windows], at, side="right")).tolist()
    inwards = [i for pair in zip(range(len(windows)), reversed(range(len(windows))), strict=True) for i in pair]
    chosen = list(dict.fromkeys([*(i for i in naming if i < len(windows)), *inwards]))[:MAX_TARGET_WINDOWS]
    return [windows[i] for i in sorted(chosen)]


def mentioned(target: Target, tokens: Tokens) -> Ints:
    """Return the pieces of a target's mentions, ascending."""
    ranges = np.searchsorted(tokens.begins, np.array(target.mentions, np.int32).reshape(-1, 2))
    runs = [np.arange(b, e, dtype=np.int32) for b, e in ranges.tolist()]
    return np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.int32)


class Judge:
    """Judges stances over one document.

    Args:
        tokens: The document's pieces.
        segments: Its voice segments.
        paragraphs: The spans of its paragraphs.
        attributions: Its attributions.
        attribution_of: For each segment the id of its attribution, or empty.
    """

    def __init__(
        self,
        tokens: Tokens,
        segments: Sequence[Segment],
        paragraphs: Sequence[Span],
        attributions: Sequence[Attribution],
        attribution_of: Sequence[str],
    ) -> None:
        self._tokens, self._segments, self._paragraphs = tokens, segments, paragraphs
        self._attribution_of = attribution_of
        self._name_of = {attribution.id: attribution.source_name for attribution in attributions}
        self._sources: dict[str, int] = {}  # name -> number
        self._segment = np.zeros(len(tokens), np.int32)  # of each piece
        self._holder = np.full(len(tokens), -2, np.int32)  # of each piece: -1 the author, else the source's number
        for index, (segment, attribution) in enumerate(zip(segments, attribution_of, strict=True)):
            where = slice(segment.begin, segment.end)
            self._segment[where] = index
            if segment.authors:
                self._holder[where] = -1
            elif segment.sources:
                name = self._name_of.get(attribution, "")
                self._holder[where] = self._sources.setdefault(name, len(self._sources))

    def judge(self, target: Target, reading: Reading) -> tuple[list[Stance], TargetSummary]:
        """Return the stances towards a target, DOCUMENT, PARAGRAPH and then SEGMENT, and their summary."""
        holder = self._holder[reading.pieces]
        own = reading.over(holder == -1, document=True)
        author = self._stance(
            target, Holder("AUTHOR"), np.array(NOTHING_SAID, np.float32) if own is None else own, "DOCUMENT"
        )
        named = frozenset(self._holder[mentioned(target, self._tokens)].tolist())
        sources = []
        for name, number in self._sources.items():
            scores = reading.over(holder == number)
            if scores is not None and (number in named or int(scores.argmax()) != head.NEUTRAL):
                sources.append(self._stance(target, Holder("SOURCE", name), scores, "DOCUMENT"))
        summary = TargetSummary(
            target.id,
            target.name,
            author.label,
            author.score,
            tuple(SourceStance(s.holder.name, s.label, s.score) for s in sources),
        )
        return [author, *sources, *self._by_paragraph(target, reading), *self._by_segment(target, reading)], summary

    def _by_paragraph(self, target: Target, reading: Reading) -> Iterator[Stance]:
        """Yield the author's stances in paragraphs that take a side."""
        authors = np.flatnonzero(self._holder[reading.pieces] == -1)
        own = Reading(reading.pieces[authors], reading.logits[authors], reading.settings)
        for index, where in _runs(self._tokens.blocks[own.pieces]):
            scores = own.over(where)
            if scores is not None and int(scores.argmax()) != head.NEUTRAL:
                yield self._stance(target, Holder("AUTHOR"), scores, "PARAGRAPH", self._paragraphs[index])

    def _by_segment(self, target: Target, reading: Reading) -> Iterator[Stance]:
        """Yield the stances of segments that take a side."""
        for index, where in _runs(self._segment[reading.pieces]):
            segment, attribution = self._segments[index], self._attribution_of[index]
            scores = reading.over(where)
            if scores is None or int(scores.argmax()) == head.NEUTRAL:
                continue
            if segment.authors:
                yield self._stance(target, Holder("AUTHOR"), scores, "SEGMENT", segment.span)
            elif segment.sources:
                holder = Holder("SOURCE", self._name_of.get(attribution, ""), attribution)
                yield self._stance(target, holder, scores, "SEGMENT", segment.span)

    def _stance(self, target: Target, holder: Holder, scores: Floats, scope: str, span: Span | None = None) -> Stance:
        ranked = tuple(sorted(zip(head.STANCES, scores.tolist(), strict=True), key=lambda pair: -pair[1]))
        return Stance(target.name, target.id, holder, *ranked[0], ranked, scope, span)


def _runs(values: Ints) -> Iterator[tuple[int, slice]]:
    """Yield each run of one value in an array, with where it is."""
    if len(values):
        bounds = [0, *(1 + np.flatnonzero(values[1:] != values[:-1])).tolist(), len(values)]
        for begin, end in itertools.pairwise(bounds):
            yield int(values[begin]), slice(begin, end)

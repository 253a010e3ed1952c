"""The document at a glance, each voice kept apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from slantwise_models.heads.voice import VOICES
from slantwise_server.engine.analysis import Attribution, Paragraph, SourceShare, Summary, TargetSummary, VoiceSegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def ink(text: str) -> int:
    """Return how many characters of a text are not white space."""
    return sum(map(len, text.split()))


def voice_shares(sizes: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
    """Return the share of each voice, largest first, from its number of characters; they sum to 1."""
    total = sum(sizes.values()) or 1
    return tuple(sorted(((voice, sizes.get(voice, 0) / total) for voice in VOICES), key=lambda pair: -pair[1]))


def summary(
    text: str,
    paragraphs: Sequence[Paragraph],
    segments: Iterable[VoiceSegment],
    attributions: Iterable[Attribution],
    targets: tuple[TargetSummary, ...],
) -> Summary:
    """Return the summary of a document."""
    sizes: Counter[str] = Counter()
    by_attribution: Counter[str] = Counter()
    for segment in segments:
        size = ink(text[slice(*segment.span)])
        sizes[segment.voice] += size
        if segment.attribution_id:
            by_attribution[segment.attribution_id] += size
    total = sum(sizes.values()) or 1
    frames: Counter[str] = Counter()
    for paragraph in paragraphs:
        size = ink(text[slice(*paragraph.span)])
        for frame in paragraph.frames:
            if frame.selected:
                frames[frame.frame] += size
    spoken: Counter[str] = Counter()
    cited: Counter[str] = Counter()
    for attribution in attributions:
        spoken[attribution.source_name] += by_attribution[attribution.id]
        cited[attribution.source_name] += 1
    return Summary(
        voice_shares(sizes),
        targets,
        tuple((frame, size / total) for frame, size in frames.most_common()),
        tuple(SourceShare(name, size / total, cited[name]) for name, size in spoken.most_common()),
    )

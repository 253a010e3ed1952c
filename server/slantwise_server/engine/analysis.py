"""What the engine finds in a document: the messages of `slantwise.v1`, as plain values.

Offsets are Unicode code points into `Analysis.text`, half open; the gRPC layer turns them into the client's encoding.
Labels are the names of the proto's enum values without their prefix. Scores are probabilities in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """The half-open range `text[begin:end]`, in code points."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class FrameScore:
    """A policy frame of a paragraph."""

    frame: str
    score: float
    selected: bool
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of the document."""

    span: Span
    kind: str  # HEADING, BODY, BLOCK_QUOTE, LIST_ITEM, CODE or BOILERPLATE
    frames: tuple[FrameScore, ...] = ()  # by falling score
    voice_shares: tuple[tuple[str, float], ...] = ()  # largest first, summing to 1


@dataclass(frozen=True, slots=True)
class VoiceSegment:
    """A stretch of text in one voice."""

    id: str
    span: Span
    voice: str  # EDITORIAL, REPORTED_FACT, ATTRIBUTED, QUOTED or NONE
    score: float
    scores: tuple[tuple[str, float], ...]  # all voices, largest first, summing to 1
    paragraph_index: int
    kind: str = ""  # of EDITORIAL: PRESCRIPTION, PREDICTION, QUESTION, INTERPRETATION or EVALUATION
    kind_score: float = 0.0
    attribution_id: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One act of citing."""

    id: str
    contents: tuple[Span, ...]
    score: float
    direct: bool
    source: Span | None = None
    cue: Span | None = None
    source_name: str = ""
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a stance can be taken towards."""

    id: str
    name: str
    origin: str  # REQUESTED or DETECTED
    type: str = ""  # PERSON, ORGANIZATION, LOCATION, OTHER, or empty when unknown
    mentions: tuple[Span, ...] = ()
    salience: float = 0.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a stance."""

    kind: str  # AUTHOR or SOURCE
    name: str = ""
    attribution_id: str = ""


@dataclass(frozen=True, slots=True)
class Stance:
    """Somebody's stance towards a target."""

    target: str
    target_id: str
    holder: Holder
    label: str  # FAVOR, AGAINST or NEUTRAL
    score: float
    scores: tuple[tuple[str, float], ...]  # all labels, largest first, summing to 1
    scope: str  # DOCUMENT, PARAGRAPH or SEGMENT
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class LoadedSpan:
    """Wording that carries a load."""

    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class SourceStance:
    """One source's stance over the document."""

    source_name: str
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class TargetSummary:
    """What is said of one target, by holder."""

    target_id: str
    target: str
    author_label: str
    author_score: float
    sources: tuple[SourceStance, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceShare:
    """A source's part of the document."""

    source_name: str
    share: float
    attributions: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The document at a glance."""

    voice_shares: tuple[tuple[str, float], ...] = ()
    targets: tuple[TargetSummary, ...] = ()
    frames: tuple[tuple[str, float], ...] = ()
    sources: tuple[SourceShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found in one document."""

    text: str  # what offsets refer to; for HTML the extracted text, otherwise the content itself
    language_code: str
    paragraphs: tuple[Paragraph, ...]
    voice_segments: tuple[VoiceSegment, ...]
    attributions: tuple[Attribution, ...] = ()
    targets: tuple[Target, ...] = ()
    stances: tuple[Stance, ...] = ()
    loaded_spans: tuple[LoadedSpan, ...] = ()
    summary: Summary = field(default_factory=Summary)
    warnings: tuple[str, ...] = ()

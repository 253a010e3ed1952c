"""From the engine's plain values to the messages of `slantwise.v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server.grpc.offsets import unit_offsets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slantwise_server.config import Limits
    from slantwise_server.engine import ModelInfo
    from slantwise_server.engine import analysis as found
    from slantwise_server.grpc.validate import DocumentQuery


def _values(enum: Any) -> dict[str, Any]:
    """Return the values of an enum by their names without its prefix; the unspecified one is the empty name."""
    prefix = enum.Name(0).removesuffix("UNSPECIFIED")
    return {name.removeprefix(prefix) if value else "": value for name, value in enum.items()}


_VOICE = _values(pb.Voice)
_EDITORIAL_KIND = _values(pb.EditorialKind)
_PARAGRAPH_KIND = _values(pb.ParagraphKind)
_FRAME = _values(pb.Frame)
_TARGET_ORIGIN = _values(pb.TargetOrigin)
_TARGET_TYPE = _values(pb.TargetType)
_HOLDER_KIND = _values(pb.HolderKind)
_STANCE_LABEL = _values(pb.StanceLabel)
_STANCE_SCOPE = _values(pb.StanceScope)
_ANALYSIS = _values(pb.Analysis)


def analysis_message(analysis: found.Analysis, query: DocumentQuery, info: ModelInfo) -> pb.DocumentAnalysis:
    """Return the answer to a query, with offsets in its encoding."""
    spans = _Spans(analysis.text, query)
    return pb.DocumentAnalysis(
        document_id=query.document_id,
        model=pb.ModelRef(name=info.name, version=info.version, digest=info.digest),
        encoding_type=query.encoding_type,
        language_code=analysis.language_code,
        text=analysis.text if query.media_type == "HTML" else "",
        warnings=analysis.warnings,
        truncated=False,
        paragraphs=[_paragraph(each, spans) for each in analysis.paragraphs],
        voice_segments=[_voice_segment(each, spans) for each in analysis.voice_segments],
        attributions=[_attribution(each, spans) for each in analysis.attributions],
        targets=[_target(each, spans) for each in analysis.targets],
        stances=[_stance(each, spans) for each in analysis.stances],
        loaded_spans=[pb.LoadedSpan(span=spans.one(each.span), score=each.score) for each in analysis.loaded_spans],
        summary=_summary(analysis.summary),
    )


def model_message(info: ModelInfo, limits: Limits, detected_targets: int) -> pb.Model:
    """Return the description of a model."""
    return pb.Model(
        name=info.name,
        version=info.version,
        digest=info.digest,
        language_codes=info.languages,
        labels=[
            pb.AnalysisLabels(analysis=_ANALYSIS[name], labels=labels)
            for name, labels in sorted(info.labels.items(), key=lambda item: _ANALYSIS[item[0]])
        ],
        limits=pb.Limits(
            content_bytes=limits.content_bytes,
            targets=limits.targets,
            target_characters=limits.target_characters,
            batch_documents=limits.batch_documents,
            title_characters=limits.title_characters,
            id_characters=limits.id_characters,
            stream_items=limits.stream_items,
            detected_targets=detected_targets,
            message_bytes=limits.message_bytes,
        ),
        calibrations=[
            pb.Calibration(head=each.head, dataset=each.dataset, expected_calibration_error=each.ece, cases=each.cases)
            for each in info.calibrations
        ],
        training_data=[
            pb.TrainingData(name=each.name, license=each.license, heads=each.heads) for each in info.training_data
        ],
        license=info.license,
        backend=info.backend,
    )


class _Spans:
    """Makes the spans of one answer."""

    def __init__(self, text: str, query: DocumentQuery) -> None:
        self._text = text
        self._offset = unit_offsets(text, query.encoding_type)
        self._include_content = query.include_content

    def one(self, span: found.Span) -> pb.Span:
        begin, end = span
        return pb.Span(
            begin=self._offset(begin),
            end=self._offset(end),
            content=self._text[begin:end] if self._include_content else "",
        )

    def all(self, spans: Iterable[found.Span]) -> list[pb.Span]:
        return [self.one(span) for span in spans]


def _voice_shares(shares: Iterable[tuple[str, float]]) -> list[pb.VoiceShare]:
    return [pb.VoiceShare(voice=_VOICE[voice], share=share) for voice, share in shares]


def _paragraph(paragraph: found.Paragraph, spans: _Spans) -> pb.Paragraph:
    return pb.Paragraph(
        span=spans.one(paragraph.span),
        kind=_PARAGRAPH_KIND[paragraph.kind],
        frames=[
            pb.FrameScore(
                frame=_FRAME[each.frame],
                score=each.score,
                selected=each.selected,
                evidence=spans.all(each.evidence),
            )
            for each in paragraph.frames
        ],
        voice_shares=_voice_shares(paragraph.voice_shares),
    )


def _voice_segment(segment: found.VoiceSegment, spans: _Spans) -> pb.VoiceSegment:
    return pb.VoiceSegment(
        id=segment.id,
        span=spans.one(segment.span),
        voice=_VOICE[segment.voice],
        score=segment.score,
        scores=[pb.VoiceScore(voice=_VOICE[voice], score=score) for voice, score in segment.scores],
        kind=_EDITORIAL_KIND[segment.kind],
        kind_score=segment.kind_score,
        attribution_id=segment.attribution_id,
        paragraph_index=segment.paragraph_index,
    )


def _attribution(attribution: found.Attribution, spans: _Spans) -> pb.Attribution:
    def part(span: found.Span | None) -> pb.AttributionPart | None:
        return None if span is None else pb.AttributionPart(span=spans.one(span))

    return pb.Attribution(
        id=attribution.id,
        source=part(attribution.source),
        cue=part(attribution.cue),
        contents=spans.all(attribution.contents),
        source_name=attribution.source_name,
        parent_id=attribution.parent_id,
        direct=attribution.direct,
        score=attribution.score,
    )


def _target(target: found.Target, spans: _Spans) -> pb.Target:
    return pb.Target(
        id=target.id,
        name=target.name,
        origin=_TARGET_ORIGIN[target.origin],
        type=_TARGET_TYPE[target.type],
        mentions=spans.all(target.mentions),
        salience=target.salience,
    )


def _stance(stance: found.Stance, spans: _Spans) -> pb.Stance:
    holder = stance.holder
    return pb.Stance(
        target=stance.target,
        target_id=stance.target_id,
        holder=pb.Holder(kind=_HOLDER_KIND[holder.kind], name=holder.name, attribution_id=holder.attribution_id),
        label=_STANCE_LABEL[stance.label],
        score=stance.score,
        scores=[pb.StanceScore(label=_STANCE_LABEL[label], score=score) for label, score in stance.scores],
        scope=_STANCE_SCOPE[stance.scope],
        span=None if stance.span is None else spans.one(stance.span),
    )


def _summary(summary: found.Summary) -> pb.Summary:
    return pb.Summary(
        voice_shares=_voice_shares(summary.voice_shares),
        targets=[_target_summary(each) for each in summary.targets],
        frames=[pb.FrameShare(frame=_FRAME[frame], share=share) for frame, share in summary.frames],
        sources=[
            pb.SourceShare(source_name=each.source_name, share=each.share, attributions=each.attributions)
            for each in summary.sources
        ],
    )


def _target_summary(summary: found.TargetSummary) -> pb.TargetSummary:
    return pb.TargetSummary(
        target_id=summary.target_id,
        target=summary.target,
        author_label=_STANCE_LABEL[summary.author_label],
        author_score=summary.author_score,
        sources=[
            pb.SourceStance(source_name=each.source_name, label=_STANCE_LABEL[each.label], score=each.score)
            for each in summary.sources
        ],
    )

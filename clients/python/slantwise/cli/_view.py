"""An analysis to read: the text, coloured by who is speaking, and what it comes to."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, TypeVar

from rich.table import Table
from rich.text import Text

from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper
    from rich.console import RenderableType

    from slantwise import DocumentAnalysis

_Value = TypeVar("_Value", bound=int)

_VOICES = {
    pb.VOICE_EDITORIAL: "magenta",
    pb.VOICE_REPORTED_FACT: "default",
    pb.VOICE_ATTRIBUTED: "cyan",
    pb.VOICE_QUOTED: "green",
    pb.VOICE_NONE: "bright_black",
}
_STANCES = {pb.STANCE_LABEL_FAVOR: "green", pb.STANCE_LABEL_AGAINST: "red", pb.STANCE_LABEL_NEUTRAL: "bright_black"}
_LOADED = "underline"

# A text must not command the terminal. One character stands for one, so offsets hold.
_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}"
    for code in range(0xA0)
    if unicodedata.category(chr(code)) == "Cc" and chr(code) not in "\n\t"
}


def one_line(text: str) -> Text:
    """Return a text for a terminal, on one line and taken literally."""
    return Text(" ".join(text.split()).translate(_CONTROLS))


def view(analysis: DocumentAnalysis, content: str, *, marks: bool) -> Iterator[RenderableType]:
    """Yield an analysis in parts, to print one after another.

    Args:
        analysis: The analysis, its offsets in UTF-32.
        content: The document's content.
        marks: Whether to name every voice, for want of colour.
    """
    for warning in analysis.warnings:
        yield Text("warning: ", style="yellow") + one_line(warning)
    text = (analysis.text or content).translate(_CONTROLS)
    segments: list[list[pb.VoiceSegment]] = [[] for _ in analysis.paragraphs]
    for segment in analysis.voice_segments:
        segments[segment.paragraph_index].append(segment)
    for paragraph, within in zip(analysis.paragraphs, segments, strict=True):
        yield _paragraph(analysis, text, paragraph, within, marks=marks)
        yield ""
    yield _legend(analysis)
    yield ""
    for table in (_stances(analysis), _frames(analysis), _sources(analysis)):
        if table.row_count:
            yield table
            yield ""


def _paragraph(
    analysis: DocumentAnalysis, text: str, paragraph: pb.Paragraph, segments: list[pb.VoiceSegment], *, marks: bool
) -> Text:
    begin, end = paragraph.span.begin, paragraph.span.end
    coloured = Text(text[begin:end], style="bold" if paragraph.kind == pb.PARAGRAPH_KIND_HEADING else "")
    for segment in segments:
        coloured.stylize(_VOICES.get(segment.voice, ""), segment.span.begin - begin, segment.span.end - begin)
    for loaded in analysis.loaded_spans:
        if begin <= loaded.span.begin < end:
            coloured.stylize(_LOADED, loaded.span.begin - begin, loaded.span.end - begin)
    names = {attribution.id: attribution.source_name for attribution in analysis.attributions}
    line, at = Text(), 0
    for index, segment in enumerate(segments):
        start, stop = segment.span.begin - begin, segment.span.end - begin
        line += coloured[at:start]
        if marks:
            line.append(f"[{_name(pb.Voice, segment.voice)}] ")
        line += coloured[start:stop]
        cited = segment.attribution_id
        goes_on = index + 1 < len(segments) and segments[index + 1].attribution_id == cited
        if cited and names.get(cited) and not goes_on:
            line += Text(" (", style="dim") + one_line(names[cited]) + Text(")", style="dim")
        at = stop
    return line + coloured[at:]


def _legend(analysis: DocumentAnalysis) -> Text:
    parts = [
        Text(f"{_name(pb.Voice, share.voice)} {share.share:.0%}", style=_VOICES.get(share.voice, ""))
        for share in analysis.summary.voice_shares
    ]
    if analysis.loaded_spans:
        parts.append(Text(f"loaded language ×{len(analysis.loaded_spans)}", style=_LOADED))
    return Text("  ").join(parts)


def _stances(analysis: DocumentAnalysis) -> Table:
    table = _table("stance towards", "author", "sources")
    for target in analysis.summary.targets:
        sources = [
            one_line(source.source_name or "(implied)") + Text(" ") + _stance(source.label, source.score)
            for source in target.sources
        ]
        table.add_row(
            one_line(target.target), _stance(target.author_label, target.author_score), Text(", ").join(sources)
        )
    return table


def _stance(label: pb.StanceLabel.ValueType, score: float) -> Text:
    return Text(f"{_name(pb.StanceLabel, label)} {score:.2f}", style=_STANCES.get(label, ""))


def _frames(analysis: DocumentAnalysis) -> Table:
    table = _table("frame", "share")
    for frame in analysis.summary.frames:
        table.add_row(_name(pb.Frame, frame.frame), f"{frame.share:.0%}")
    return table


def _sources(analysis: DocumentAnalysis) -> Table:
    table = _table("most quoted", "share", "times")
    for source in analysis.summary.sources:
        table.add_row(one_line(source.source_name or "(implied)"), f"{source.share:.0%}", str(source.attributions))
    return table


def _table(*headers: str) -> Table:
    return Table(*headers, box=None, header_style="bold", pad_edge=False)


def _name(enum: _EnumTypeWrapper[_Value], value: _Value) -> str:
    """Return an enum's value in words; one that only a newer server knows, as its number."""
    names = dict(zip(enum.values(), enum.keys(), strict=True))
    prefix = enum.keys()[0].removesuffix("UNSPECIFIED")
    return names.get(value, str(value)).removeprefix(prefix).replace("_", " ").lower()

"""The text of a span."""

from __future__ import annotations

from slantwise._request import enum_value
from slantwise.errors import UnknownEnumValue
from slantwise.v1 import slantwise_pb2 as pb

# For each unit of offsets, the codec and the bytes of a unit.
_UNITS = {
    pb.ENCODING_TYPE_UNSPECIFIED: ("utf-32-le", 4),
    pb.ENCODING_TYPE_UTF32: ("utf-32-le", 4),
    pb.ENCODING_TYPE_UTF16: ("utf-16-le", 2),
    pb.ENCODING_TYPE_UTF8: ("utf-8", 1),
}


def slice_span(text: str, span: pb.Span, encoding: str | int = "UTF32") -> str:
    """Return the text of a span.

    Args:
        text: What offsets refer to: `DocumentAnalysis.text` for HTML, else the document's content.
        span: A half-open range of `text`.
        encoding: The unit of its offsets, such as `DocumentAnalysis.encoding_type`.

    Raises:
        UnknownEnumValue: `encoding` is not a unit of offsets.
        ValueError: The span does not lie in the text, or cuts a character.
    """
    value = enum_value(pb.EncodingType, encoding, "encoding_type")
    if value not in _UNITS:
        raise UnknownEnumValue(field="encoding_type", value=value)
    codec, width = _UNITS[value]
    data = text.encode(codec)
    begin, end = span.begin * width, span.end * width
    if not 0 <= begin <= end <= len(data):
        raise ValueError(f"[{span.begin}, {span.end}) does not lie in a text of {len(data) // width} units")
    return data[begin:end].decode(codec)

"""Offsets of a text in the units of the client's language."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = 256
_CODECS = {pb.ENCODING_TYPE_UTF16: ("utf-16-le", 2), pb.ENCODING_TYPE_UTF8: ("utf-8", 1)}  # name, bytes a unit


def unit_offsets(text: str, encoding: pb.EncodingType.ValueType) -> Callable[[int], int]:
    """Return the function from code point offsets of a text to offsets in units of an encoding.

    It is made in O(len(text)), and each call of it encodes less than one block.
    """
    if encoding == pb.ENCODING_TYPE_UTF32 or text.isascii():
        return int
    codec, unit_bytes = _CODECS[encoding]
    blocks = (text[begin : begin + _BLOCK] for begin in range(0, len(text), _BLOCK))
    starts = [0, *accumulate(len(block.encode(codec)) // unit_bytes for block in blocks)]

    def offset(index: int) -> int:
        block, rest = divmod(index, _BLOCK)
        begin = index - rest
        return starts[block] + len(text[begin:index].encode(codec)) // unit_bytes

    return offset

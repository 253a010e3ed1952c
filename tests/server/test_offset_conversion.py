"""Offsets in every encoding name the same text, and a span never names another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server.grpc.offsets import unit_offsets

CODECS = {
    pb.ENCODING_TYPE_UTF32: ("utf-32-le", 4),
    pb.ENCODING_TYPE_UTF16: ("utf-16-le", 2),
    pb.ENCODING_TYPE_UTF8: ("utf-8", 1),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("a\0é漢\u0301😀", min_size=200, max_size=1_200)


@pytest.mark.parametrize("encoding", CODECS)
@given(text=TEXTS, data=st.data())
def test_a_slice_of_the_encoded_text_is_the_encoded_slice(encoding, text, data):
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    codec, unit_bytes = CODECS[encoding]
    offset = unit_offsets(text, encoding)
    sliced = text.encode(codec)[offset(begin) * unit_bytes : offset(end) * unit_bytes]
    assert sliced.decode(codec) == text[begin:end]


@pytest.mark.parametrize("encoding", CODECS)
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 600])
@pytest.mark.parametrize("character", ["a", "é", "漢", "😀"])
def test_the_end_of_a_text_is_its_length(encoding, size, character):
    codec, unit_bytes = CODECS[encoding]
    text = size * character
    assert unit_offsets(text, encoding)(size) == len(text.encode(codec)) // unit_bytes

"""What a request gets for what it asks: the answer echoes it, and every span is a slice of the analysed text."""

import grpc
import pytest
from google.protobuf.message import Message

from slantwise.v1 import slantwise_pb2 as pb

TEXT = "  Ana said “rain 😀 fell”.\n\n\tThe été council said little.\r\nNothing else happened in Zürich.\n"
CODECS = {
    pb.ENCODING_TYPE_UNSPECIFIED: ("utf-32-le", 4),
    pb.ENCODING_TYPE_UTF32: ("utf-32-le", 4),
    pb.ENCODING_TYPE_UTF16: ("utf-16-le", 2),
    pb.ENCODING_TYPE_UTF8: ("utf-8", 1),
}


def spans_of(message: Message):
    for _, value in message.ListFields():
        for each in value if hasattr(value, "__len__") and not isinstance(value, (str, bytes)) else [value]:
            if isinstance(each, pb.Span):
                yield each
            elif isinstance(each, Message):
                yield from spans_of(each)


@pytest.mark.parametrize("encoding", CODECS)
@pytest.mark.parametrize("media_type", [pb.MEDIA_TYPE_PLAIN, pb.MEDIA_TYPE_MARKDOWN, pb.MEDIA_TYPE_HTML])
def test_every_span_is_the_slice_it_names(stub, request_for, encoding, media_type):
    request = request_for(
        TEXT, targets=["council", "Zürich"], encoding_type=encoding, media_type=media_type, include_content=True
    )
    analysis = stub.AnalyzeDocument(request).analysis
    codec, unit_bytes = CODECS[encoding]
    encoded = (analysis.text if media_type == pb.MEDIA_TYPE_HTML else TEXT).encode(codec)
    spans = list(spans_of(analysis))
    assert len(spans) > len(analysis.paragraphs)
    for span in spans:
        assert 0 <= span.begin < span.end
        assert encoded[span.begin * unit_bytes : span.end * unit_bytes].decode(codec) == span.content
    assert analysis.encoding_type == (encoding or pb.ENCODING_TYPE_UTF32)


def test_content_of_spans_is_returned_only_when_asked_for(stub, request_for):
    bare = stub.AnalyzeDocument(request_for(TEXT, targets=["council"])).analysis
    full = stub.AnalyzeDocument(request_for(TEXT, targets=["council"], include_content=True)).analysis
    assert all(not span.content for span in spans_of(bare))
    for span in spans_of(full):
        span.ClearField("content")
    assert full == bare


@pytest.mark.parametrize(
    ("media_type", "has_text"),
    [
        (pb.MEDIA_TYPE_UNSPECIFIED, False),
        (pb.MEDIA_TYPE_PLAIN, False),
        (pb.MEDIA_TYPE_MARKDOWN, False),
        (pb.MEDIA_TYPE_HTML, True),
    ],
)
def test_the_text_is_returned_for_html_only(stub, request_for, media_type, has_text):
    analysis = stub.AnalyzeDocument(request_for("<p>Rain &amp; snow fell.</p>", media_type=media_type)).analysis
    assert ("Rain & snow fell." in analysis.text) == has_text
    assert bool(analysis.text) == has_text


def test_an_answer_names_its_document_model_and_language(stub, engine, request_for):
    analysis = stub.AnalyzeDocument(request_for(TEXT, document_id="d-1", language_code="en-GB")).analysis
    info = engine.info
    assert analysis.document_id == "d-1"
    assert analysis.model == pb.ModelRef(name=info.name, version=info.version, digest=info.digest)
    assert analysis.language_code.startswith("en")
    assert not analysis.truncated


def test_the_model_may_be_named(stub, engine, request_for):
    named = stub.AnalyzeDocument(request_for(TEXT, model=engine.info.name)).analysis
    assert named == stub.AnalyzeDocument(request_for(TEXT)).analysis


def test_asking_for_nothing_is_asking_for_everything(stub, request_for):
    everything = [value for value in pb.Analysis.values() if value]
    asked = stub.AnalyzeDocument(request_for(TEXT, analyses=everything)).analysis
    assert asked == stub.AnalyzeDocument(request_for(TEXT)).analysis


@pytest.mark.parametrize(
    ("analysis", "field"), [(pb.ANALYSIS_ATTRIBUTION, "attributions"), (pb.ANALYSIS_LOADED_LANGUAGE, "loaded_spans")]
)
def test_what_was_not_asked_for_stays_empty_and_voice_is_always_there(stub, request_for, analysis, field):
    others = [value for value in pb.Analysis.values() if value not in (0, analysis)]
    found = stub.AnalyzeDocument(request_for(TEXT, analyses=others)).analysis
    assert not getattr(found, field)
    assert stub.AnalyzeDocument(request_for(TEXT, analyses=[analysis])).analysis.voice_segments


def test_every_model_listed_is_described_alike(stub, engine):
    listed = stub.ListModels(pb.ListModelsRequest())
    assert [model.name for model in listed.models] == [engine.info.name]
    assert not listed.next_page_token
    for name in ("", engine.info.name):
        assert stub.GetModel(pb.GetModelRequest(name=name)).model == listed.models[0]


def test_a_model_says_its_labels_and_limits(stub):
    model = stub.GetModel(pb.GetModelRequest()).model
    voices = {label for each in model.labels if each.analysis == pb.ANALYSIS_VOICE for label in each.labels}
    assert {name for name, value in pb.Voice.items() if value} <= voices
    names = {name for enum in pb.DESCRIPTOR.enum_types_by_name.values() for name in enum.values_by_name}
    assert {label for each in model.labels for label in each.labels} <= names
    assert all(value for _, value in model.limits.ListFields())
    assert len(model.limits.ListFields()) == len(pb.Limits.DESCRIPTOR.fields)


def test_an_unknown_model_is_not_found(stub, failure):
    with pytest.raises(grpc.RpcError) as raised:
        stub.GetModel(pb.GetModelRequest(name="nobody"))
    found = failure(raised.value)
    assert (found.code, found.reason, found.metadata) == ("NOT_FOUND", "UNKNOWN_MODEL", {"name": "nobody"})

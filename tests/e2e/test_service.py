"""The service as a client of any kind meets it: reflection, health, and every call, against a real process."""

import queue
from itertools import pairwise

import grpc
import pytest
from google.protobuf import descriptor_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slantwise import BadTarget, Client, Document, EmptyContent, SlantwiseError, slice_span
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc as pb_grpc

SERVICE = "slantwise.v1.RhetoricService"
TEXT = "Mayor Ana Ortiz said the bridge was safe. “It will hold,” she told reporters. She is wrong. The council must close it."


@pytest.fixture
def channel(address):
    with grpc.insecure_channel(address) as opened:
        yield opened


def reflect(channel, **question):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    (answer,) = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**question)]))
    return answer


def test_reflection_lists_the_services_and_describes_ours(channel):
    names = {service.name for service in reflect(channel, list_services="").list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"} <= names
    described = reflect(channel, file_containing_symbol=SERVICE).file_descriptor_response.file_descriptor_proto
    files = [descriptor_pb2.FileDescriptorProto.FromString(text) for text in described]
    methods = {m.name for file in files for service in file.service for m in service.method}
    assert methods == {m.name for m in pb.DESCRIPTOR.services_by_name["RhetoricService"].methods}


@pytest.mark.parametrize("name", ["", SERVICE])
def test_health_is_serving_by_service_name(channel, name):
    answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_a_call_without_our_client(channel):
    request = pb.AnalyzeDocumentRequest(document=pb.Document(content=TEXT, document_id="d1"))
    analysis = pb_grpc.RhetoricServiceStub(channel).AnalyzeDocument(request).analysis
    assert analysis.document_id == "d1"
    assert analysis.model.name == "slantwise-en"
    assert analysis.model.digest.startswith("sha256:")
    assert analysis.encoding_type == pb.ENCODING_TYPE_UTF32


def test_the_model_says_what_it_is_and_takes(client):
    (model,) = client.list_models()
    assert client.get_model() == client.get_model(model.name) == model
    assert model.limits.content_bytes == 1 << 20
    assert model.limits.targets == 64
    assert model.limits.batch_documents == 100
    assert model.language_codes[0] == "en"
    assert {c.head for c in model.calibrations} >= {"voice", "frames", "stance"}
    assert all(0 <= c.expected_calibration_error <= 1 and c.cases for c in model.calibrations)
    assert model.training_data
    assert model.license == "Apache-2.0"


def test_a_batch_keeps_its_order_and_a_bad_document_fails_alone(client):
    results = client.analyze_batch([Document(TEXT, document_id="a"), Document("  ", document_id="b"), TEXT])
    assert results[0].document_id == "a"
    assert isinstance(results[1], EmptyContent)
    assert results[2].voice_segments == results[0].voice_segments


def test_a_stream_answers_every_item_in_order_and_alone(client):
    items = [TEXT[: 40 + 10 * (i % 7)] if i % 9 else "\n" for i in range(60)]
    results = list(client.analyze_many(items))
    assert [isinstance(r, EmptyContent) for r in results] == [i % 9 == 0 for i in range(60)]
    for item, result in zip(items, results, strict=True):
        if not isinstance(result, SlantwiseError):
            assert result.voice_segments == client.analyze(item).voice_segments


def test_both_directions_of_the_stream_are_open_at_once(channel):
    """Each request is sent only when the one before has been answered."""
    outbox = queue.SimpleQueue()
    answers = pb_grpc.RhetoricServiceStub(channel).StreamAnalyzeDocuments(iter(outbox.get, None), timeout=30)
    for number in ("1", "2", "3"):
        request = pb.AnalyzeDocumentRequest(document=pb.Document(content=TEXT))
        outbox.put(pb.StreamAnalyzeDocumentsRequest(request_id=number, request=request))
        assert next(answers).request_id == number
    outbox.put(None)
    assert list(answers) == []


ENCODINGS = ("UTF32", "UTF16", "UTF8")
ODD = st.sampled_from("\r\n\t\x00\x07\u200d\u200f\u0301👩🦰“”‘’\"'«»—>#*_[]()`é 日").map(str)
TEXTS = st.lists(st.text(max_size=12) | ODD | st.sampled_from(TEXT.split()), min_size=1, max_size=40).map(" ".join)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, media_type=st.sampled_from(["PLAIN", "MARKDOWN", "HTML"]))
def test_spans_partition_any_text_in_every_encoding(client, text, media_type):
    if not text.strip():
        return
    try:
        analyses = [
            client.analyze(text, media_type=media_type, encoding=encoding, include_content=True)
            for encoding in ENCODINGS
        ]
    except EmptyContent:
        assert media_type == "HTML"  # markup with nothing to read
        return
    whole = analyses[0].text if media_type == "HTML" else text
    for encoding, analysis in zip(ENCODINGS, analyses, strict=True):
        spans = [segment.span for segment in analysis.voice_segments]
        assert all(slice_span(whole, span, encoding) == span.content for span in spans)
        assert all(a.end <= b.begin for a, b in pairwise(spans))
        assert "".join("".join(span.content.split()) for span in spans) == "".join(whole.split())
        assert [span.content for span in spans] == [s.span.content for s in analyses[0].voice_segments]


@pytest.mark.parametrize(
    "text",
    [
        "Line one.\r\nLine two.\r\n\r\n“Unclosed quotation,\r\n“reopened, she said.",
        "\x00\x01\x02 control\tcharacters \x1b[31m and NUL\x00.",
        "👩‍👩‍👧‍👦 family 👍🏽 and e\u0301 combining, \u202eright to left\u202c.",
        "'Single quotes,' he said, ‘curly ones,’ «guillemets» and \"straight\".",
        "\n".join("Tiny." for _ in range(10_000)),
        "word " * 20_000,
        "x" * 100_000,
        "**broken *markdown `code [link](http://example.org > quote\n```\nunclosed",
        "<p>broken <b>html <i>never</p> closed <blockquote>'quote",
    ],
    ids=["crlf", "control", "emoji", "quotes", "paragraphs", "no punctuation", "one word", "markdown", "html"],
)
@pytest.mark.parametrize("media_type", ["PLAIN", "MARKDOWN", "HTML"])
def test_odd_texts_are_analysed_whole(client, text, media_type):
    analysis = client.analyze(text, media_type=media_type, include_content=True)
    whole = analysis.text or text
    assert not analysis.truncated
    assert "".join("".join(s.span.content.split()) for s in analysis.voice_segments) == "".join(whole.split())


def test_targets_may_be_odd_but_not_empty(client):
    analysis = client.analyze(TEXT, targets=["👩‍👩‍👧", "the bridge", "\u200b"])
    assert [target.name for target in analysis.targets] == ["👩‍👩‍👧", "the bridge", "\u200b"]
    with pytest.raises(BadTarget):
        client.analyze(TEXT, targets=["ok", " "])


def test_alone_and_in_company_the_scores_are_the_same(address):
    with Client(address) as client:
        alone = client.analyze(TEXT)
        crowd = list(client.analyze_many([TEXT, TEXT * 30, "Short."] * 8))
    assert all(result == alone for result in crowd[::3])

"""Every rule of the contract, by the reason and the field that a client gets for breaking it."""

import grpc
import pytest

from slantwise.v1 import slantwise_pb2 as pb

MEBIBYTE = 1_048_576


def rejection(failure, call, message):
    with pytest.raises(grpc.RpcError) as raised:
        call(message)
    found = failure(raised.value)
    assert found.code == "INVALID_ARGUMENT"
    assert found.retry_s is None
    return found.reason, found.field


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"content": ""}, "EMPTY_CONTENT", "document.content"),
        ({"content": " \t\r\n\u3000"}, "EMPTY_CONTENT", "document.content"),
        ({"content": "<p> </p>", "media_type": pb.MEDIA_TYPE_HTML}, "EMPTY_CONTENT", "document.content"),
        ({"content": (MEBIBYTE + 1) * "a"}, "CONTENT_TOO_LARGE", "document.content"),
        ({"content": (MEBIBYTE // 2 + 1) * "é"}, "CONTENT_TOO_LARGE", "document.content"),
        ({"document_id": 201 * "x"}, "FIELD_TOO_LONG", "document.document_id"),
        ({"title": 1_001 * "x"}, "FIELD_TOO_LONG", "document.title"),
        ({"media_type": 4}, "UNKNOWN_ENUM_VALUE", "document.media_type"),
        ({"media_type": -1}, "UNKNOWN_ENUM_VALUE", "document.media_type"),
        ({"encoding_type": 4}, "UNKNOWN_ENUM_VALUE", "encoding_type"),
        ({"analyses": [pb.ANALYSIS_VOICE, pb.ANALYSIS_UNSPECIFIED]}, "UNKNOWN_ENUM_VALUE", "analyses[1]"),
        ({"analyses": [99]}, "UNKNOWN_ENUM_VALUE", "analyses[0]"),
        ({"language_code": "xx"}, "UNSUPPORTED_LANGUAGE", "document.language_code"),
        ({"language_code": "eng"}, "UNSUPPORTED_LANGUAGE", "document.language_code"),
        ({"language_code": "en_GB"}, "UNSUPPORTED_LANGUAGE", "document.language_code"),
        ({"language_code": "en-"}, "UNSUPPORTED_LANGUAGE", "document.language_code"),
        ({"language_code": 99_999 * "x"}, "UNSUPPORTED_LANGUAGE", "document.language_code"),
        ({"model": "nobody"}, "UNKNOWN_MODEL", "model"),
        ({"model": 99_999 * "漢"}, "UNKNOWN_MODEL", "model"),
        ({"targets": [str(i) for i in range(65)]}, "TOO_MANY_TARGETS", "targets"),
        ({"targets": ["a", "b", ""]}, "BAD_TARGET", "targets[2]"),
        ({"targets": ["a", " \n"]}, "BAD_TARGET", "targets[1]"),
        ({"targets": [201 * "x"]}, "BAD_TARGET", "targets[0]"),
        ({"targets": ["a", "Straße", "STRASSE"]}, "BAD_TARGET", "targets[2]"),
    ],
)
def test_a_request_that_breaks_a_rule_names_the_rule_and_the_field(
    *, stub, failure, request_for, fields, reason, field
):
    content = fields.get("content", "The council met on Monday.")
    message = request_for(content, **{name: value for name, value in fields.items() if name != "content"})
    assert rejection(failure, stub.AnalyzeDocument, message) == (reason, field)


def test_a_request_without_a_document_names_it(stub, failure):
    assert rejection(failure, stub.AnalyzeDocument, pb.AnalyzeDocumentRequest()) == ("MISSING_FIELD", "document")


@pytest.mark.parametrize(
    "fields",
    [
        {"document_id": 200 * "😀"},
        {"title": 1_000 * "漢"},
        {"language_code": "EN-gb"},
        {"targets": [str(i) for i in range(64)]},
        {"targets": [200 * "😀"]},
        {"analyses": [pb.ANALYSIS_VOICE, pb.ANALYSIS_VOICE]},
    ],
)
def test_a_request_at_a_limit_is_answered(stub, request_for, fields):
    assert stub.AnalyzeDocument(request_for("The council met.", **fields)).analysis.paragraphs


@pytest.mark.parametrize(
    ("ids", "reason", "field"),
    [
        ([], "EMPTY_BATCH", "requests"),
        (101 * [""], "TOO_MANY_DOCUMENTS", "requests"),
        (["a", "", "b", "", "a"], "DUPLICATE_ID", "requests[4].document.document_id"),
    ],
)
def test_a_batch_that_breaks_a_rule_fails_as_a_whole(*, stub, failure, request_for, ids, reason, field):
    batch = pb.BatchAnalyzeDocumentsRequest(requests=[request_for("Rain fell.", document_id=each) for each in ids])
    assert rejection(failure, stub.BatchAnalyzeDocuments, batch) == (reason, field)


def test_a_batch_of_allowed_documents_that_is_too_large_a_message_is_refused_by_name(stub, failure, request_for):
    batch = pb.BatchAnalyzeDocumentsRequest(requests=40 * [request_for(MEBIBYTE * "a")])
    assert rejection(failure, stub.BatchAnalyzeDocuments, batch) == ("TOO_MANY_DOCUMENTS", "requests")


@pytest.mark.parametrize(
    ("page", "field"),
    [({"page_size": -1}, "page_size"), ({"page_token": "1"}, "page_token"), ({"page_token": "?"}, "page_token")],
)
def test_a_page_that_is_none_names_its_field(stub, failure, page, field):
    assert rejection(failure, stub.ListModels, pb.ListModelsRequest(**page)) == ("BAD_PAGE", field)


def test_a_message_that_is_no_protocol_buffer_is_the_clients_fault(serve, rules, failure):
    with serve(rules) as serving:
        call = serving.channel.unary_unary("/slantwise.v1.RhetoricService/AnalyzeDocument")
        assert rejection(failure, call, b"\xff\xff\xff") == ("INVALID_ARGUMENT", "")

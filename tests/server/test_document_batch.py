"""A batch answers in the order of its requests, and each document fails alone."""

import pytest

from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server import Limits


def test_results_come_in_the_order_of_the_requests(stub, request_for):
    requests = [request_for((i % 7 + 1) * "Rain fell. ", document_id=f"d{i}") for i in range(100)]
    results = stub.BatchAnalyzeDocuments(pb.BatchAnalyzeDocumentsRequest(requests=requests)).results
    assert [result.analysis.document_id for result in results] == [f"d{i}" for i in range(100)]


def test_a_batch_answers_as_its_documents_would_alone(stub, request_for):
    requests = [request_for(f"Person {i} said rain fell.", targets=["rain"]) for i in range(5)]
    results = stub.BatchAnalyzeDocuments(pb.BatchAnalyzeDocumentsRequest(requests=requests)).results
    assert [each.analysis for each in results] == [stub.AnalyzeDocument(each).analysis for each in requests]


def test_a_bad_document_fails_alone(stub, failure, request_for):
    requests = [request_for(), request_for(" "), request_for(targets=[""]), pb.AnalyzeDocumentRequest(), request_for()]
    results = stub.BatchAnalyzeDocuments(pb.BatchAnalyzeDocumentsRequest(requests=requests)).results
    assert [each.WhichOneof("outcome") for each in results] == ["analysis", "status", "status", "status", "analysis"]
    failures = [failure(each.status) for each in results[1:4]]
    assert [(each.code, each.reason, each.field) for each in failures] == [
        ("INVALID_ARGUMENT", "EMPTY_CONTENT", "document.content"),
        ("INVALID_ARGUMENT", "BAD_TARGET", "targets[0]"),
        ("INVALID_ARGUMENT", "MISSING_FIELD", "document"),
    ]


def test_a_fault_fails_its_document_alone(serve, faulty, failure, request_for):
    with serve(faulty) as serving:
        batch = pb.BatchAnalyzeDocumentsRequest(requests=[request_for("a fault"), request_for()])
        faulted, sound = serving.stub.BatchAnalyzeDocuments(batch).results
    assert failure(faulted.status).reason == "INTERNAL"
    assert sound.analysis.paragraphs


def test_answers_that_do_not_fit_into_one_message_may_be_asked_for_again(serve, rules, failure, request_for):
    alone = 20_000
    with serve(rules, limits=Limits(message_bytes=alone)) as serving:
        document = request_for(10 * "Rain fell.\n")
        size = serving.stub.AnalyzeDocument(document).analysis.ByteSize()
        batch = pb.BatchAnalyzeDocumentsRequest(requests=(alone // size + 1) * [document])
        response = serving.stub.BatchAnalyzeDocuments(batch)
    assert response.ByteSize() <= alone
    kinds = [each.WhichOneof("outcome") for each in response.results]
    assert kinds == sorted(kinds)
    unfit = [failure(each.status) for each in response.results if each.HasField("status")]
    assert unfit
    assert {(each.reason, each.retry_s) for each in unfit} == {("OVERLOADED", 0.0)}


def test_an_analysis_that_fits_into_no_message_is_of_too_large_a_document(serve, rules, failure, request_for):
    with serve(rules, limits=Limits(message_bytes=8_000)) as serving:
        batch = pb.BatchAnalyzeDocumentsRequest(requests=[request_for(500 * "a\n"), request_for()])
        large, small = serving.stub.BatchAnalyzeDocuments(batch).results
    found = failure(large.status)
    assert (found.reason, found.field) == ("CONTENT_TOO_LARGE", "document.content")
    assert small.analysis.paragraphs


@pytest.mark.parametrize("max_in_flight", [1, 3, 256])
def test_a_batch_larger_than_the_room_is_answered_by_an_idle_server(serve, rules, request_for, max_in_flight):
    with serve(rules, max_in_flight=max_in_flight) as serving:
        batch = pb.BatchAnalyzeDocumentsRequest(requests=20 * [request_for()])
        assert all(each.HasField("analysis") for each in serving.stub.BatchAnalyzeDocuments(batch).results)

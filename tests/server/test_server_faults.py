"""A fault of the server is told as such, and neither the client nor the log gets the text of a document from it."""

import logging
import re

import grpc
import pytest

from slantwise.v1 import slantwise_pb2 as pb

SECRET = "an unpublished fault"


@pytest.fixture(autouse=True)
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def unary(stub, request):
    with pytest.raises(grpc.RpcError) as raised:
        stub.AnalyzeDocument(request)
    return raised.value


def batch(stub, request):
    (result,) = stub.BatchAnalyzeDocuments(pb.BatchAnalyzeDocumentsRequest(requests=[request])).results
    return result.status


def stream(stub, request):
    (answer,) = stub.StreamAnalyzeDocuments(iter([pb.StreamAnalyzeDocumentsRequest(request_id="r", request=request)]))
    return answer.status


@pytest.mark.parametrize("call", [unary, batch, stream])
def test_a_fault_is_internal_and_its_id_finds_it_in_the_log(*, serve, faulty, failure, log, request_for, call):
    with serve(faulty) as serving:
        found = failure(call(serving.stub, request_for(SECRET, title=SECRET, targets=[SECRET])))
    assert (found.code, found.reason, found.field, found.retry_s) == ("INTERNAL", "INTERNAL", "", None)
    error_id = found.metadata["error_id"]
    assert error_id in found.message
    assert SECRET not in found.message + str(found.metadata)
    (record,) = [each for each in log.records if error_id in each.getMessage()]
    assert record.levelno == logging.ERROR
    for part in ("builtins.ValueError", "builtins.KeyError", "in analyze"):
        assert part in record.getMessage()
    assert SECRET not in log.text


def test_ids_of_faults_differ(serve, faulty, failure, request_for):
    with serve(faulty) as serving:
        ids = {failure(unary(serving.stub, request_for(SECRET))).metadata["error_id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [({}, "OK"), ({"media_type": 9}, "INVALID_ARGUMENT"), ({"document_id": "fault"}, "OK")],
)
def test_every_call_leaves_one_line_without_text(*, serve, faulty, log, request_for, fields, outcome):
    request = request_for("Rain, confidentially, fell.", title="confidentially", **fields)
    with serve(faulty) as serving:
        try:
            response = serving.stub.AnalyzeDocument(request).ByteSize()
        except grpc.RpcError:
            response = 0
    lines = [each.getMessage() for each in log.records if "AnalyzeDocument " in each.getMessage()]
    sizes = f"{request.ByteSize()} bytes in, {response} bytes out"
    (line,) = [re.sub(r"\d+ ms", "_ ms", each) for each in lines]
    assert line == f"/slantwise.v1.RhetoricService/AnalyzeDocument {outcome} _ ms, {sizes}"
    assert "confidentially" not in log.text


def test_a_stream_counts_all_its_bytes(serve, rules, log, request_for):
    sent = [pb.StreamAnalyzeDocumentsRequest(request_id=f"r{i}", request=request_for()) for i in range(3)]
    with serve(rules) as serving:
        answers = list(serving.stub.StreamAnalyzeDocuments(iter(sent)))
    (line,) = [each.getMessage() for each in log.records if "StreamAnalyzeDocuments OK" in each.getMessage()]
    assert f"{sum(each.ByteSize() for each in sent)} bytes in" in line
    assert f"{sum(each.ByteSize() for each in answers)} bytes out" in line


def test_work_taken_back_is_logged_as_such_and_as_nothing_worse(serve, held, log, request_for):
    with serve(held) as serving:
        call = serving.stub.AnalyzeDocument.future(request_for())
        held.wait_until(lambda engine: engine.begun)
        call.cancel()
        held.wait_until(lambda engine: engine.cancelled)
    assert [each for each in log.records if "AnalyzeDocument CANCELLED" in each.getMessage()]
    assert not [each for each in log.records if each.levelno >= logging.WARNING]

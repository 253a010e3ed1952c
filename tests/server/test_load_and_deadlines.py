"""A server takes no more than it says, and stops work that nobody waits for any more."""

import asyncio

import grpc
import pytest

from slantwise.v1 import slantwise_pb2 as pb

PATIENCE = 20


def error_of(call):
    with pytest.raises(grpc.RpcError) as raised:
        call()
    return raised.value


def test_above_the_bound_a_call_is_refused_at_once_and_told_when_to_try_again(serve, held, failure, request_for):
    with serve(held, threads=1, max_in_flight=2) as serving:
        accepted = [serving.stub.AnalyzeDocument.future(request_for(f"no {i}")) for i in range(2)]
        held.wait_until(lambda engine: engine.begun)
        serving.run(_taken(serving, 2))
        refusals = [error_of(lambda: serving.stub.AnalyzeDocument(request_for()))]
        for size in (1, 2, 9):
            batch = pb.BatchAnalyzeDocumentsRequest(requests=size * [request_for()])
            refusals.append(error_of(lambda batch=batch: serving.stub.BatchAnalyzeDocuments(batch)))
        held.release()
        assert all(call.result(PATIENCE).analysis.paragraphs for call in accepted)
        assert serving.stub.AnalyzeDocument(request_for()).analysis.paragraphs
    for refusal in map(failure, refusals):
        assert (refusal.code, refusal.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")
        assert refusal.retry_s > 0


def test_a_call_taken_back_stops_its_work_and_frees_its_room(serve, held, request_for):
    with serve(held, threads=1, max_in_flight=1) as serving:
        call = serving.stub.AnalyzeDocument.future(request_for("taken back"))
        held.wait_until(lambda engine: engine.begun)
        call.cancel()
        held.wait_until(lambda engine: engine.cancelled)
        held.release()
        serving.run(_taken(serving, 0))
        assert serving.stub.AnalyzeDocument(request_for()).analysis.paragraphs


def test_a_batch_taken_back_stops_all_its_work(serve, held, request_for):
    with serve(held, threads=2) as serving:
        batch = pb.BatchAnalyzeDocumentsRequest(requests=[request_for(f"no {i}") for i in range(9)])
        call = serving.stub.BatchAnalyzeDocuments.future(batch)
        held.wait_until(lambda engine: len(engine.begun) == 2)
        call.cancel()
        held.wait_until(lambda engine: len(engine.cancelled) == 2)
        serving.run(_taken(serving, 0))
    assert sorted(held.begun) == ["no 0", "no 1"]


def test_a_deadline_stops_the_work(serve, held, request_for):
    with serve(held) as serving:
        error = error_of(lambda: serving.stub.AnalyzeDocument(request_for(), timeout=0.2))
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        held.wait_until(lambda engine: engine.cancelled == engine.begun)


def test_work_whose_deadline_is_past_never_reaches_the_engine(serve, held, request_for):
    with serve(held, threads=1) as serving:
        running = serving.stub.AnalyzeDocument.future(request_for("running"))
        held.wait_until(lambda engine: engine.begun)
        error = error_of(lambda: serving.stub.AnalyzeDocument(request_for("late"), timeout=0.2))
        assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        held.release()
        assert running.result(PATIENCE).analysis.paragraphs
    assert held.begun == ["running"]


def batched(stub, requests):
    call = stub.BatchAnalyzeDocuments.future(pb.BatchAnalyzeDocumentsRequest(requests=requests))
    return lambda: len(call.result(PATIENCE).results)


def streamed(stub, requests):
    items = [pb.StreamAnalyzeDocumentsRequest(request_id=f"r{i}", request=each) for i, each in enumerate(requests)]
    call = stub.StreamAnalyzeDocuments(iter([*items, pb.StreamAnalyzeDocumentsRequest(request_id="refused")]))
    assert next(call).request_id == "refused"  # so those before it have been read
    return lambda: len(list(call))


# A batch has room for all its documents at once, a stream for each as its turn comes.
@pytest.mark.parametrize(("send", "taken"), [(batched, 9), (streamed, 1)])
def test_one_document_waits_for_few_of_many(*, serve, held, request_for, send, taken):
    with serve(held, threads=1) as serving:
        answered = send(serving.stub, [request_for(f"no {i}") for i in range(9)])
        held.wait_until(lambda engine: engine.begun)
        one = serving.stub.AnalyzeDocument.future(request_for("one"))
        serving.run(_taken(serving, taken + 1))
        held.release()
        assert one.result(PATIENCE).analysis.paragraphs
        assert answered() == 9
    assert held.begun.index("one") <= 2


async def _taken(serving, count):
    """Wait until a server holds room for so many documents."""
    async with asyncio.timeout(PATIENCE):
        while serving.server.in_flight != count:  # noqa: ASYNC110 - the server tells nobody when this changes
            await asyncio.sleep(0.005)

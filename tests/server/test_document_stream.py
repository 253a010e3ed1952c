"""A stream answers every item once, by name, each alone in its failure, and reads no more ahead than it says."""

import queue
import threading

import grpc
import pytest

from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server import Limits

PATIENCE = 20


class Items:
    """The client's side of a stream: an iterator of what is sent, which counts what gRPC has taken."""

    def __init__(self):
        self._queue = queue.SimpleQueue()

    def send(self, request_id, request=None):
        self._queue.put(pb.StreamAnalyzeDocumentsRequest(request_id=request_id, request=request))

    def close(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


@pytest.fixture
def items():
    """Return the items of a stream, closed at the end so that gRPC's thread that reads them ends."""
    items = Items()
    yield items
    items.close()


def test_every_item_is_answered_once_as_it_would_be_alone(stub, request_for):
    requests = {f"r{i}": request_for(f"Person {i} said rain fell.") for i in range(50)}
    sent = [pb.StreamAnalyzeDocumentsRequest(request_id=name, request=each) for name, each in requests.items()]
    answers = list(stub.StreamAnalyzeDocuments(iter(sent)))
    assert sorted(each.request_id for each in answers) == sorted(requests)
    for each in answers:
        assert each.analysis == stub.AnalyzeDocument(requests[each.request_id]).analysis


def test_a_stream_of_nothing_ends(stub):
    assert list(stub.StreamAnalyzeDocuments(iter(()))) == []


def test_answers_come_while_the_client_still_sends(stub, items, request_for):
    answers = stub.StreamAnalyzeDocuments(iter(items))
    for name in ("first", "second", "first"):  # a name is free again once its answer is there
        items.send(name, request_for())
        answer = next(answers)
        assert (answer.request_id, answer.WhichOneof("outcome")) == (name, "analysis")
    items.close()
    assert list(answers) == []


def test_a_bad_item_fails_alone(stub, failure, request_for):
    long = 201 * "x"
    sent = [("ok-1", request_for()), ("", request_for()), (long, request_for()), ("bare", None),
            ("empty", request_for(" ")), ("ok-2", request_for())]  # fmt: skip
    answers = stub.StreamAnalyzeDocuments(
        pb.StreamAnalyzeDocumentsRequest(request_id=name, request=request) for name, request in sent
    )
    outcomes = {each.request_id: each for each in answers}
    assert outcomes.keys() == {name for name, _ in sent}
    failures = {name: failure(each.status) for name, each in outcomes.items() if each.HasField("status")}
    assert {name: (each.reason, each.field) for name, each in failures.items()} == {
        "": ("MISSING_FIELD", "request_id"),
        long: ("FIELD_TOO_LONG", "request_id"),
        "bare": ("MISSING_FIELD", "request"),
        "empty": ("EMPTY_CONTENT", "document.content"),
    }


def test_a_name_in_use_is_refused_and_the_item_that_has_it_is_answered(serve, held, items, failure, request_for):
    with serve(held) as serving:
        answers = serving.stub.StreamAnalyzeDocuments(iter(items))
        items.send("twin", request_for("the first"))
        held.wait_until(lambda engine: engine.begun)
        items.send("twin", request_for("the second"))
        refused = next(answers)
        assert refused.request_id == "twin"
        assert (failure(refused.status).reason, failure(refused.status).field) == ("DUPLICATE_ID", "request_id")
        held.release()
        assert next(answers).HasField("analysis")
        items.close()
        assert list(answers) == []
    assert held.begun == ["the first"]


@pytest.mark.parametrize("bound", [1, 4])
def test_no_more_is_read_ahead_than_the_bound(serve, held, failure, request_for, bound):
    # Items that are refused at once show what has been read: they are answered as soon as there is room for them.
    with serve(held, threads=1, limits=Limits(stream_items=bound)) as serving:
        sent = [
            pb.StreamAnalyzeDocumentsRequest(request_id=f"r{i}", request=request_for(f"no {i}")) for i in range(bound)
        ]
        sent.append(pb.StreamAnalyzeDocumentsRequest(request_id="refused"))
        call = serving.stub.StreamAnalyzeDocuments(iter(sent))
        answers = queue.SimpleQueue()
        reader = threading.Thread(target=lambda: [answers.put(each.request_id) for each in call])
        reader.start()
        held.wait_until(lambda engine: engine.begun)
        with pytest.raises(queue.Empty):
            answers.get(timeout=0.3)
        held.release()
        reader.join(PATIENCE)
        assert {answers.get_nowait() for _ in range(bound + 1)} == {each.request_id for each in sent}


def test_a_bad_item_is_answered_past_items_that_wait(serve, held, items, request_for):
    with serve(held, limits=Limits(stream_items=3)) as serving:
        answers = serving.stub.StreamAnalyzeDocuments(iter(items))
        items.send("r1", request_for())
        items.send("r2", request_for())
        items.send("refused")
        assert next(answers).request_id == "refused"
        held.release()
        items.close()
        assert {each.request_id for each in answers} == {"r1", "r2"}


def test_a_client_that_goes_away_stops_the_work(serve, held, items, request_for):
    with serve(held, threads=2) as serving:
        call = serving.stub.StreamAnalyzeDocuments(iter(items))
        for i in range(6):
            items.send(f"r{i}", request_for(f"no {i}"))
        held.wait_until(lambda engine: len(engine.begun) == 2)
        call.cancel()
        held.wait_until(lambda engine: sorted(engine.cancelled) == sorted(engine.begun))
        held.release()
        serving.stub.AnalyzeDocument(request_for("after"))
    assert len(held.begun) == 3, "what had not begun never began"


def test_a_stream_waits_for_room_where_a_call_is_refused(serve, held, items, failure, request_for):
    with serve(held, max_in_flight=1) as serving:
        first = serving.stub.AnalyzeDocument.future(request_for("a call"))
        held.wait_until(lambda engine: engine.begun)
        answers = serving.stub.StreamAnalyzeDocuments(iter(items))
        items.send("refused")
        assert next(answers).request_id == "refused"  # the stream is open
        items.send("waits", request_for("an item"))
        items.send("refused too")
        assert next(answers).request_id == "refused too"  # so the item before it has been read
        with pytest.raises(grpc.RpcError) as raised:
            serving.stub.AnalyzeDocument(request_for("another call"))
        assert failure(raised.value).reason == "OVERLOADED"
        assert held.begun == ["a call"]
        held.release()
        assert next(answers).HasField("analysis")
        assert first.result(PATIENCE).analysis.paragraphs
        items.close()
        assert list(answers) == []


def test_a_malformed_item_ends_the_stream(serve, rules, failure):
    with serve(rules) as serving:
        call = serving.channel.stream_stream("/slantwise.v1.RhetoricService/StreamAnalyzeDocuments")
        with pytest.raises(grpc.RpcError) as raised:
            list(call(iter([b"\xff\xff"])))
    assert failure(raised.value).reason == "INVALID_ARGUMENT"

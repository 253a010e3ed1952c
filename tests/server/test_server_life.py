"""From the open port to the drained stop: what a client sees of a server that starts, serves and stops."""

import queue
import threading

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from slantwise.v1 import slantwise_pb2 as pb

PATIENCE = 20
SERVICES = ("", "slantwise.v1.RhetoricService")


def health(serving):
    stub = health_pb2_grpc.HealthStub(serving.channel)
    states = {stub.Check(health_pb2.HealthCheckRequest(service=each)).status for each in SERVICES}
    (state,) = states
    return health_pb2.HealthCheckResponse.ServingStatus.Name(state)


def error_of(call):
    with pytest.raises(grpc.RpcError) as raised:
        call()
    return raised.value


def calls(stub, request_for):
    item = pb.StreamAnalyzeDocumentsRequest(request_id="r", request=request_for())
    return {
        "AnalyzeDocument": lambda: stub.AnalyzeDocument(request_for()),
        "BatchAnalyzeDocuments": lambda: stub.BatchAnalyzeDocuments(
            pb.BatchAnalyzeDocumentsRequest(requests=[request_for()])
        ),
        "StreamAnalyzeDocuments": lambda: list(stub.StreamAnalyzeDocuments(iter([item]))),
        "ListModels": lambda: stub.ListModels(pb.ListModelsRequest()),
        "GetModel": lambda: stub.GetModel(pb.GetModelRequest()),
    }


RPCS = [method.name for method in pb.DESCRIPTOR.services_by_name["RhetoricService"].methods]


@pytest.mark.parametrize("rpc", RPCS)
def test_until_the_model_is_ready_calls_are_told_to_come_back(serve, rules, failure, request_for, rpc):
    with serve(rules, loaded=False) as serving:
        call = calls(serving.stub, request_for)[rpc]
        assert health(serving) == "NOT_SERVING"
        found = failure(error_of(call))
        assert (found.code, found.reason) == ("UNAVAILABLE", "UNAVAILABLE")
        assert found.retry_s > 0
        serving.run(serving.server.load())
        assert health(serving) == "SERVING"
        assert call()


def test_an_engine_is_warm_before_it_serves(serve, held, request_for):
    warm, seen = threading.Event(), []
    held.warm = lambda: seen.append(warm.wait(PATIENCE))
    with serve(held, loaded=False) as serving:
        loading = threading.Thread(target=lambda: serving.run(serving.server.load()))
        loading.start()
        assert health(serving) == "NOT_SERVING"
        warm.set()
        loading.join(PATIENCE)
        assert health(serving) == "SERVING"
    assert seen == [True]


def test_an_unknown_service_has_no_health(serve, rules):
    with serve(rules) as serving:
        check = health_pb2_grpc.HealthStub(serving.channel).Check
        error = error_of(lambda: check(health_pb2.HealthCheckRequest(service="nobody")))
    assert error.code() is grpc.StatusCode.NOT_FOUND


def test_health_can_be_watched_to_the_end(serve, rules):
    states = queue.SimpleQueue()
    with serve(rules, loaded=False) as serving:
        watching = health_pb2_grpc.HealthStub(serving.channel).Watch(health_pb2.HealthCheckRequest())
        follow = threading.Thread(target=lambda: _drain_into(states, watching))
        follow.start()
        kind = health_pb2.HealthCheckResponse
        assert states.get(timeout=PATIENCE) == kind.NOT_SERVING
        serving.run(serving.server.load())
        assert states.get(timeout=PATIENCE) == kind.SERVING
        serving.run(serving.server.stop())
        assert states.get(timeout=PATIENCE) == kind.NOT_SERVING
        assert states.get(timeout=PATIENCE) is grpc.StatusCode.UNAVAILABLE
        follow.join(PATIENCE)


def _drain_into(states, watching):
    try:
        for each in watching:
            states.put(each.status)
    except grpc.RpcError as error:
        states.put(error.code())


def test_reflection_names_the_services_and_gives_the_contract(serve, rules):
    with serve(rules) as serving:
        ask = reflection_pb2_grpc.ServerReflectionStub(serving.channel).ServerReflectionInfo
        wanted = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="slantwise.v1.RhetoricService"),
        ]
        listed, described = ask(iter(wanted))
    names = {each.name for each in listed.list_services_response.service}
    assert {"slantwise.v1.RhetoricService", "grpc.health.v1.Health"} <= names
    assert pb.DESCRIPTOR.serialized_pb in described.file_descriptor_response.file_descriptor_proto


def test_an_unknown_method_is_unimplemented(serve, rules):
    with serve(rules) as serving:
        call = serving.channel.unary_unary("/slantwise.v1.RhetoricService/Guess")
        assert error_of(lambda: call(b"")).code() is grpc.StatusCode.UNIMPLEMENTED


class Stopping:
    """A server that is being stopped while the test looks at it."""

    def __init__(self, serving):
        self._thread = threading.Thread(target=lambda: serving.run(serving.server.stop()))
        self._thread.start()

    def finish(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def test_a_stopping_server_finishes_what_it_accepted_and_refuses_the_rest(serve, held, failure, request_for):
    with serve(held) as serving:
        accepted = serving.stub.AnalyzeDocument.future(request_for())
        held.wait_until(lambda engine: engine.begun)
        stopping = Stopping(serving)
        while health(serving) == "SERVING":
            pass
        found = failure(error_of(lambda: serving.stub.AnalyzeDocument(request_for())))
        assert (found.code, found.reason) == ("UNAVAILABLE", "UNAVAILABLE")
        held.release()
        assert accepted.result(PATIENCE).analysis.paragraphs
        stopping.finish()


def test_a_stopping_server_answers_what_a_stream_has_sent_and_ends_it(serve, held, failure, request_for):
    sent = queue.SimpleQueue()
    with serve(held) as serving:
        answers = serving.stub.StreamAnalyzeDocuments(iter(sent.get, None))
        sent.put(pb.StreamAnalyzeDocumentsRequest(request_id="r", request=request_for()))
        held.wait_until(lambda engine: engine.begun)
        stopping = Stopping(serving)
        while health(serving) == "SERVING":
            pass
        held.release()
        assert next(answers).HasField("analysis")
        found = failure(error_of(lambda: next(answers)))
        assert (found.code, found.reason) == ("UNAVAILABLE", "UNAVAILABLE")
        assert found.retry_s > 0
        stopping.finish()
        sent.put(None)


def test_work_that_does_not_end_is_stopped_when_the_time_for_draining_is_over(serve, held, request_for):
    with serve(held, drain_seconds=0.1) as serving:
        call = serving.stub.AnalyzeDocument.future(request_for())
        held.wait_until(lambda engine: engine.begun)
        serving.run(serving.server.stop())
        assert held.cancelled == held.begun
        assert error_of(lambda: call.result(PATIENCE)).code() is grpc.StatusCode.UNAVAILABLE


def test_a_unix_socket_is_served_and_not_taken_from_a_living_server(serve, rules, tmp_path, request_for):
    from slantwise_server import StartError

    address = f"unix:{tmp_path / 'slantwise.sock'}"
    with serve(rules, listen=address) as serving:
        assert serving.address == address
        with pytest.raises(StartError, match="another server"), serve(rules, listen=address):
            pass
        assert serving.stub.AnalyzeDocument(request_for()).analysis.paragraphs

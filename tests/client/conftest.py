"""A server that speaks slantwise.v1 and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import grpc
import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from slantwise import AsyncClient, Client
from slantwise.errors import DOMAIN
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG_S = 60.0


def status(code: int, message: str = "", reason: str = "", field: str = "", retry_s: float | None = None, **metadata):
    """A google.rpc.Status as the contract has it."""
    details = []
    if reason:
        details.append(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata))
    if field:
        violation = error_details_pb2.BadRequest.FieldViolation(field=field, description=message)
        details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    if retry_s is not None:
        delay = duration_pb2.Duration()
        delay.FromNanoseconds(round(retry_s * 1e9))
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    packed = []
    for detail in details:
        packed.append(any_pb2.Any())
        packed[-1].Pack(detail)
    return status_pb2.Status(code=code, message=message, details=packed)


def analysis_of(request: pb.AnalyzeDocumentRequest) -> pb.DocumentAnalysis:
    """One paragraph, one editorial segment; the content is echoed as the language, for tests to tell answers apart."""
    size = len(request.document.content)
    span = pb.Span(begin=0, end=size)
    return pb.DocumentAnalysis(
        document_id=request.document.document_id,
        language_code=request.document.content[:40],
        encoding_type=request.encoding_type,
        paragraphs=[pb.Paragraph(span=span, kind=pb.PARAGRAPH_KIND_BODY)],
        voice_segments=[pb.VoiceSegment(id="s1", span=span, voice=pb.VOICE_EDITORIAL, score=0.75)],
    )


@dataclass
class Script:
    """What the server does.

    Attributes:
        failures: What the next unary calls and streams fail with, before they answer from the rest of this.
        faults: Documents, by content, that fail with a status.
        stalled: Documents, by content, that are never answered.
        chunks: How a stream answers: when it has this many items, in this order; one at a time when there are no more.
        breaks: After how many answers a stream fails, and with what; one for each stream.
        models: Pages of models.
        analysis: Makes the analyses.
    """

    failures: deque[status_pb2.Status] = field(default_factory=deque)
    faults: dict[str, status_pb2.Status] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    chunks: deque[list[int]] = field(default_factory=deque)
    breaks: deque[tuple[int, status_pb2.Status | None]] = field(default_factory=deque)
    models: list[list[pb.Model]] = field(default_factory=lambda: [[]])
    analysis: Callable[[pb.AnalyzeDocumentRequest], pb.DocumentAnalysis] = analysis_of
    calls: Counter[str] = field(default_factory=Counter)
    requests: list[object] = field(default_factory=list)
    deadlines: list[float | None] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    target: str = ""

    status = staticmethod(status)
    empty = status(3, "document.content: Nothing to read.", "EMPTY_CONTENT", "document.content")
    down = status(14, "Starting.", "UNAVAILABLE", retry_s=0.25)


class ScriptedService(slantwise_pb2_grpc.RhetoricServiceServicer):
    """slantwise.v1, as scripted."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def begin(self, method: str, context: grpc.ServicerContext) -> None:
        script = self.script
        script.calls[method] += 1
        script.deadlines.append(context.time_remaining())
        script.metadata.append(dict(context.invocation_metadata()))
        if script.failures:
            abort(context, script.failures.popleft())

    def outcome(self, request: pb.AnalyzeDocumentRequest) -> dict[str, object]:
        content = request.document.content
        if content in self.script.faults:
            return {"status": self.script.faults[content]}
        return {"analysis": self.script.analysis(request)}

    def AnalyzeDocument(self, request, context):  # noqa: N802
        self.script.requests.append(request)
        self.begin("AnalyzeDocument", context)
        content = request.document.content
        if content in self.script.stalled:
            until_ended(context)
        if content in self.script.faults:
            abort(context, self.script.faults[content])
        return pb.AnalyzeDocumentResponse(analysis=self.script.analysis(request))

    def BatchAnalyzeDocuments(self, request, context):  # noqa: N802
        self.script.requests.append(request)
        self.begin("BatchAnalyzeDocuments", context)
        results = [pb.BatchAnalyzeDocumentsResult(**self.outcome(each)) for each in request.requests]
        return pb.BatchAnalyzeDocumentsResponse(results=results)

    def StreamAnalyzeDocuments(self, request_iterator, context):  # noqa: N802
        self.begin("StreamAnalyzeDocuments", context)
        left, why = self.script.breaks.popleft() if self.script.breaks else (None, None)
        held: list[pb.StreamAnalyzeDocumentsRequest] = []
        for item in request_iterator:
            self.script.requests.append(item)
            held.append(item)
            order = self.script.chunks[0] if self.script.chunks else [0]
            if len(held) < len(order):
                continue
            if self.script.chunks:
                self.script.chunks.popleft()
            for index in order:
                each = held[index]
                if left == 0:
                    if why is not None:
                        abort(context, why)
                    return
                if each.request.document.content in self.script.stalled:
                    continue
                left = None if left is None else left - 1
                yield pb.StreamAnalyzeDocumentsResponse(request_id=each.request_id, **self.outcome(each.request))
            held.clear()
        self.script.ends.append("half-closed" if context.is_active() else "cancelled")

    def ListModels(self, request, context):  # noqa: N802
        self.begin("ListModels", context)
        page = int(request.page_token or 0)
        more = page + 1 < len(self.script.models)
        return pb.ListModelsResponse(models=self.script.models[page], next_page_token=str(page + 1) if more else "")

    def GetModel(self, request, context):  # noqa: N802
        self.begin("GetModel", context)
        for model in self.script.models[0]:
            if request.name in {"", model.name}:
                return pb.GetModelResponse(model=model)
        abort(context, status(5, "No such model.", "UNKNOWN_MODEL", name=request.name))
        return None


def abort(context: grpc.ServicerContext, why: status_pb2.Status) -> None:
    context.abort_with_status(rpc_status.to_status(why))


def until_ended(context: grpc.ServicerContext) -> None:
    """Block until the client has gone, or the call's time is over."""
    ended = threading.Event()
    if context.add_callback(ended.set):
        ended.wait(LONG_S)


class Serving:
    """A scripted server, for the length of a `with`."""

    def __enter__(self) -> Script:
        script = Script()
        self.server = grpc.server(
            ThreadPoolExecutor(8),
            options=[("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)],
        )
        slantwise_pb2_grpc.add_RhetoricServiceServicer_to_server(ScriptedService(script), self.server)
        script.target = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()
        return script

    def __exit__(self, *_: object) -> None:
        self.server.stop(None).wait()


@dataclass(frozen=True)
class Twin:
    """Either client, driven alike: methods are called by name and a stream comes back as a list."""

    asynchronous: bool

    def call(self, target: str, method: str, *args: object, **options: object) -> object:
        client = {key: options.pop(key) for key in ("timeout_s", "token", "tls") if key in options}
        if not self.asynchronous:
            with Client(target, **client) as connected:
                result = getattr(connected, method)(*args, **options)
                return list(result) if inspect.isgenerator(result) else result

        async def run() -> object:
            async with AsyncClient(target, **client) as connected:
                result = getattr(connected, method)(*args, **options)
                return [each async for each in result] if inspect.isasyncgen(result) else await result

        return asyncio.run(run())


@pytest.fixture(scope="session")
def serving() -> type[Serving]:
    """For a test that needs several servers."""
    return Serving


@pytest.fixture
def script() -> Iterator[Script]:
    """What a running server does, and was asked."""
    with Serving() as running:
        yield running


@pytest.fixture(scope="session", params=[Twin(asynchronous=False), Twin(asynchronous=True)], ids=["sync", "async"])
def twin(request: pytest.FixtureRequest) -> Twin:
    return request.param

"""A server on a free port, and engines to put behind it."""

from __future__ import annotations

import asyncio
import html
import re
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc as pb_grpc
from slantwise_server import ServerConfig
from slantwise_server.engine import CalibrationFigure, Corpus, EmptyText, EngineCancelled, ModelInfo
from slantwise_server.engine.analysis import (
    Analysis,
    Attribution,
    FrameScore,
    Holder,
    LoadedSpan,
    Paragraph,
    SourceShare,
    SourceStance,
    Span,
    Stance,
    Summary,
    Target,
    TargetSummary,
    VoiceSegment,
)
from slantwise_server.grpc.server import Server

VOICES = ("REPORTED_FACT", "EDITORIAL", "ATTRIBUTED", "QUOTED", "NONE")
FRAMES = tuple(name.removeprefix("FRAME_") for name, value in pb.Frame.items() if value)
PATIENCE = 20  # seconds until a test that waits has failed


class RuleEngine:
    """An engine of rules: every line is a paragraph and a reported fact, every "said" cites its line's first word."""

    info = ModelInfo(
        name="rules-en",
        version="1.2.3",
        digest="sha256:" + 64 * "0",
        languages=("en",),
        labels={"VOICE": tuple(f"VOICE_{voice}" for voice in VOICES), "FRAMING": tuple(f"FRAME_{f}" for f in FRAMES)},
        calibrations=(CalibrationFigure(head="voice", dataset="made/up", ece=0.25, cases=4),),
        training_data=(Corpus(name="Made Up", license="CC0-1.0", heads=("voice",)),),
        license="Apache-2.0",
        backend="onnx",
    )

    def warm(self):
        pass

    def close(self):
        pass

    def analyze(self, content, *, media_type, language_code, analyses, targets, cancelled, **_title):
        if cancelled():
            raise EngineCancelled
        text = html.unescape(re.sub(r"<[^>]*>", "", content)) if media_type == "HTML" else content
        if not text or text.isspace():
            raise EmptyText
        lines = [Span(*match.span()) for match in re.finditer(r"(?m)\S(?:.*\S)?", text)]
        voice_scores = tuple((voice, 0.8 if voice == VOICES[0] else 0.05) for voice in VOICES)
        cited = [(line, text.index("said", *line)) for line in lines if "said" in text[slice(*line)]]
        framed = "FRAMING" in analyses
        return Analysis(
            text=text,
            language_code=language_code,
            paragraphs=tuple(
                Paragraph(
                    line,
                    "BODY",
                    tuple(FrameScore(each, 0.5, not i, (line,)[i:]) for i, each in enumerate(FRAMES) if framed),
                    ((VOICES[0], 1.0),),
                )
                for line in lines
            ),
            voice_segments=tuple(
                VoiceSegment(f"s{i + 1}", line, VOICES[0], 0.8, voice_scores, i) for i, line in enumerate(lines)
            ),
            attributions=tuple(
                Attribution(
                    id=f"a{i + 1}",
                    contents=(Span(*line),),
                    score=0.75,
                    direct=False,
                    source=Span(line.begin, line.begin + 1),
                    cue=Span(said, said + 4),
                    source_name=text[line.begin],
                )
                for i, (line, said) in enumerate(cited)
                if "ATTRIBUTION" in analyses
            ),
            targets=tuple(
                Target(
                    id=f"t{i + 1}",
                    name=name,
                    origin="REQUESTED",
                    mentions=tuple(Span(*match.span()) for match in re.finditer(re.escape(name), text)),
                )
                for i, name in enumerate(targets)
            ),
            stances=tuple(
                Stance(
                    name, f"t{i + 1}", Holder("AUTHOR"), "NEUTRAL", 0.5,
                    (("NEUTRAL", 0.5), ("FAVOR", 0.25), ("AGAINST", 0.25)), scope, span,
                )
                for i, name in enumerate(targets)
                for scope, span in (("DOCUMENT", None), ("PARAGRAPH", lines[0]))
            ),
            loaded_spans=tuple(LoadedSpan(line, 0.5) for line in lines if "LOADED_LANGUAGE" in analyses),
            summary=Summary(
                voice_shares=((VOICES[0], 1.0),),
                targets=tuple(
                    TargetSummary(f"t{i + 1}", name, "NEUTRAL", 0.5, (SourceStance("A", "FAVOR", 0.5),))
                    for i, name in enumerate(targets)
                ),
                frames=((FRAMES[0], 1.0),) if framed else (),
                sources=(SourceShare("A", 0.5, 1),),
            ),
        )  # fmt: skip


class HeldEngine(RuleEngine):
    """Holds every document until it is released or cancelled, as a long document holds the real one."""

    def __init__(self):
        self._changed = threading.Condition()
        self._released = False
        self.begun = []
        self.cancelled = []

    def analyze(self, content, *, cancelled, **options):
        with self._changed:
            self.begun.append(content)
            self._changed.notify_all()
            while not self._released:
                if cancelled():
                    self.cancelled.append(content)
                    self._changed.notify_all()
                    raise EngineCancelled
                self._changed.wait(0.01)
        return super().analyze(content, cancelled=cancelled, **options)

    def release(self):
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def wait_until(self, holds):
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), PATIENCE)


class FaultyEngine(RuleEngine):
    """Fails on documents that hold "fault", with a message that quotes them, as a library would."""

    def analyze(self, content, **options):
        if "fault" in content:
            raise ValueError(f"cannot read {content!r}") from KeyError(content)
        return super().analyze(content, **options)


@pytest.fixture(scope="session")
def engine():
    """Return the engine behind the tests of the contract; the shipped one is `Engine.load()`."""
    return RuleEngine()


@pytest.fixture
def rules():
    """Return an engine for tests of the server itself, to which the model is nothing."""
    return RuleEngine()


@dataclass
class Serving:
    """A server that serves, and a client's end of it."""

    server: Server
    address: str
    loop: asyncio.AbstractEventLoop
    channel: grpc.Channel
    stub: pb_grpc.RhetoricServiceStub

    def run(self, coroutine):
        """Run a coroutine in the server's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)


@contextmanager
def serve(engine, *, loaded=True, listen="127.0.0.1:0", **options):
    """Serve an engine from a thread with an event loop of its own."""
    config = ServerConfig(listen=listen, **{"threads": 2, "drain_seconds": 5.0, **options})
    with asyncio.Runner() as runner, ExitStack() as stack:
        loop = runner.get_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        stack.callback(thread.join)
        stack.callback(loop.call_soon_threadsafe, loop.stop)
        server = Server(config, lambda _: engine)

        def run(coroutine):
            return asyncio.run_coroutine_threadsafe(coroutine, loop).result(PATIENCE)

        address = run(server.start())
        stack.callback(lambda: run(server.stop()))
        if loaded:
            run(server.load())
        channel = stack.enter_context(grpc.insecure_channel(address))
        yield Serving(server, address, loop, channel, pb_grpc.RhetoricServiceStub(channel))


@pytest.fixture(name="serve", scope="session")
def serve_fixture():
    """Return the context manager that serves an engine."""
    return serve


@pytest.fixture(scope="session")
def stub(engine):
    """Return a client of a server that lasts for all tests."""
    with serve(engine) as serving:
        yield serving.stub


@pytest.fixture
def held():
    """Return an engine that holds documents; it lets go of them at the end."""
    engine = HeldEngine()
    yield engine
    engine.release()


@pytest.fixture
def faulty():
    """Return an engine that fails on documents with "fault" in them."""
    return FaultyEngine()


@dataclass(frozen=True)
class Failure:
    """What a client learns of a failure."""

    code: str
    reason: str
    field: str
    retry_s: float | None
    message: str
    metadata: dict


def failure(source):
    """Return the failure that a call raised or a google.rpc.Status holds, and check that it is complete."""
    trailers = {}
    status = source
    if isinstance(source, grpc.RpcError):
        trailers = dict(source.trailing_metadata())
        status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
        assert status.code == source.code().value[0]
        assert status.message == source.details()
    (info,) = unpacked(status, error_details_pb2.ErrorInfo)
    assert info.domain == "slantwise"
    violations = [each for bad in unpacked(status, error_details_pb2.BadRequest) for each in bad.field_violations]
    retries = [each.retry_delay.ToTimedelta().total_seconds() for each in unpacked(status, error_details_pb2.RetryInfo)]
    if trailers:
        assert trailers.get("grpc-retry-pushback-ms") == (str(round(1e3 * retries[0])) if retries else None)
    code = {each.value[0]: each.name for each in grpc.StatusCode}[status.code]
    return Failure(
        code=code,
        reason=info.reason,
        field=violations[0].field if violations else "",
        retry_s=retries[0] if retries else None,
        message=status.message,
        metadata=dict(info.metadata),
    )


def unpacked(status, kind):
    """Return the details of a kind."""
    found = []
    for detail in status.details:
        if detail.Is(kind.DESCRIPTOR):
            found.append(kind())
            detail.Unpack(found[-1])
    return found


@pytest.fixture(name="failure", scope="session")
def failure_fixture():
    """Return the function that reads a failure."""
    return failure


def request(content="The council met on Monday.", /, *, analyses=(), targets=(), **fields):
    """Return a request; fields that are not the request's are the document's."""
    own = {name: fields.pop(name) for name in ("encoding_type", "model", "include_content") if name in fields}
    return pb.AnalyzeDocumentRequest(
        document=pb.Document(content=content, **fields), analyses=analyses, targets=targets, **own
    )


@pytest.fixture(name="request_for", scope="session")
def request_fixture():
    """Return the function that makes a request."""
    return request

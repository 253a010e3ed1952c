"""The client, on gRPC's own synchronous stack. `_aio.py` is its twin: what changes here changes there."""

from __future__ import annotations

from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Self

import grpc

from slantwise._batch import Batch
from slantwise._channel import Endpoint
from slantwise._outcome import Outcome, decoded, of_rpc_error
from slantwise._request import Document, Item, to_request
from slantwise._window import STREAM_DEADLINES, Window
from slantwise.errors import Unavailable
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1.slantwise_pb2_grpc import RhetoricServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

_Outbox = SimpleQueue[pb.StreamAnalyzeDocumentsRequest | None]


class Client:
    """A connection to a Slantwise server, to be closed, or used in a `with` statement.

    Threads may share one. Every call has a deadline, and is tried up to 4 times while the server is UNAVAILABLE.

    Args:
        target: A gRPC target, such as `host:port`, `dns:///host:port` or `unix:/path`.
        token: A bearer token for every call.
        credentials: The channel's credentials, for a private authority or a client certificate. They imply TLS.
        tls: Whether to use TLS; None means unless the target is this machine.
        timeout_s: How many seconds a call may take that does not say.

    Raises:
        ValueError: The options contradict each other, or the timeout is not a positive, finite number.
    """

    def __init__(
        self,
        target: str = "127.0.0.1:50051",
        *,
        token: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        tls: bool | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        self._endpoint = Endpoint(target, token, credentials, tls, timeout_s)
        security, options = self._endpoint.channel_credentials, self._endpoint.options
        self._channel = (
            grpc.secure_channel(target, security, options) if security else grpc.insecure_channel(target, options)
        )
        self._stub = RhetoricServiceStub(self._channel)

    def analyze(
        self,
        text: str,
        *,
        targets: Iterable[str] = (),
        analyses: Iterable[str | int] = (),
        media_type: str | int = "PLAIN",
        language_code: str = "",
        title: str = "",
        document_id: str = "",
        encoding: str | int = "UTF32",
        model: str = "",
        include_content: bool = False,
        timeout: float | None = None,
    ) -> pb.DocumentAnalysis:
        """Analyse one document; the options are those of Document.

        Args:
            text: The document's content.
            targets: What to take the stance towards; empty means that targets are detected.
            analyses: VOICE, ATTRIBUTION, STANCE, FRAMING, LOADED_LANGUAGE; empty means all.
            media_type: How `text` is written: PLAIN, MARKDOWN or HTML.
            language_code: The language, as BCP 47; empty means the model's first.
            title: A title that is not part of `text`; read as context.
            document_id: A name for the document, echoed in its analysis.
            encoding: The unit of offsets: UTF32 (Python's own), UTF16 or UTF8.
            model: The model's name; empty means the default.
            include_content: Whether every span carries its text.
            timeout: How many seconds the call may take.

        Raises:
            InvalidRequest: What was sent is wrong; subclasses tell what.
            SlantwiseError: The call failed otherwise.
        """
        document = Document(
            text,
            document_id=document_id,
            title=title,
            media_type=media_type,
            language_code=language_code,
            targets=targets,
            analyses=analyses,
            encoding=encoding,
            model=model,
            include_content=include_content,
        )
        request, deadline_s = to_request(document), self._endpoint.deadline_s(timeout)
        with decoded():
            response = self._stub.AnalyzeDocument(request, timeout=deadline_s, metadata=self._endpoint.metadata)
        return response.analysis

    def analyze_batch(self, items: Iterable[Item], *, timeout: float | None = None) -> list[Outcome]:
        """Analyse up to 100 documents in one call.

        Args:
            items: The documents: plain texts, Documents or requests.
            timeout: How many seconds the call may take.

        Returns:
            An outcome an item, in their order: its analysis, or why it alone failed.

        Raises:
            InvalidRequest: The batch itself is wrong: EmptyBatch, TooManyDocuments, DuplicateId, ContentTooLarge.
            SlantwiseError: The call failed otherwise.
        """
        batch, deadline_s = Batch(items), self._endpoint.deadline_s(timeout)
        if batch.hopeless:
            return batch.outcomes()
        with decoded():
            response = self._stub.BatchAnalyzeDocuments(
                batch.request, timeout=deadline_s, metadata=self._endpoint.metadata
            )
        return batch.outcomes(response.results)

    def analyze_many(
        self, items: Iterable[Item], *, window: int = 16, timeout: float | None = None
    ) -> Iterator[Outcome]:
        """Analyse any number of documents over one stream, or as many in turn as it takes.

        The input is read as results are consumed, in the thread that consumes them. A stream that breaks is opened
        again and its unanswered documents are sent again.

        Args:
            items: The documents: plain texts, Documents or requests.
            window: The most documents that are read ahead of the results.
            timeout: How many seconds a document may wait for its answer; one that waits longer fails alone, with
                DeadlineExceeded.

        Yields:
            An outcome an item, in their order: its analysis, or why it alone failed.

        Raises:
            ServiceError: The server cannot be reached, or refuses the stream.
            SlantwiseError: The stream failed otherwise.
            ValueError: The window or the timeout is not positive.
        """
        timeout = self._endpoint.deadline_s(timeout)
        return self._many(iter(items), Window(window, timeout), timeout)

    def list_models(self, *, timeout: float | None = None) -> list[pb.Model]:
        """List the models that the server serves, the default first.

        Args:
            timeout: How many seconds each page may take.

        Raises:
            SlantwiseError: The call failed.
        """
        deadline_s, models, request = self._endpoint.deadline_s(timeout), list[pb.Model](), pb.ListModelsRequest()
        while True:
            with decoded():
                page = self._stub.ListModels(request, timeout=deadline_s, metadata=self._endpoint.metadata)
            models += page.models
            if not page.next_page_token:
                return models
            request = pb.ListModelsRequest(page_token=page.next_page_token)

    def get_model(self, name: str = "", *, timeout: float | None = None) -> pb.Model:
        """Describe one model: its labels, limits, calibration, training data and licences.

        Args:
            name: The model's name; empty means the default.
            timeout: How many seconds the call may take.

        Raises:
            ModelNotFound: The server does not serve it.
            SlantwiseError: The call failed otherwise.
        """
        request, deadline_s = pb.GetModelRequest(name=name), self._endpoint.deadline_s(timeout)
        with decoded():
            response = self._stub.GetModel(request, timeout=deadline_s, metadata=self._endpoint.metadata)
        return response.model

    def wait_ready(self, timeout: float | None = None) -> None:
        """Wait until the server can be reached.

        Args:
            timeout: How many seconds to wait.

        Raises:
            Unavailable: It cannot be reached yet.
        """
        ready = grpc.channel_ready_future(self._channel)
        try:
            ready.result(self._endpoint.deadline_s(timeout))
        except grpc.FutureTimeoutError:
            ready.cancel()
            raise Unavailable(message=f"{self._endpoint.target} cannot be reached.") from None

    def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _many(self, source: Iterator[Item], window: Window, timeout: float) -> Iterator[Outcome]:
        while not window.done:
            self._fill(window, source, send=None)
            yield from window.ready()
            if window.unanswered:
                yield from self._stream(source, window, timeout)

    def _fill(self, window: Window, source: Iterator[Item], send: _Outbox | None) -> None:
        """Read items while the window has room for them, and send them if there is a stream to send them on."""
        if not window.has_room:
            return
        for item in source:
            request = window.add(item)
            if send is not None and request is not None:
                send.put(request)
            if not window.has_room:
                return
        window.drained = True

    def _stream(self, source: Iterator[Item], window: Window, timeout: float) -> Iterator[Outcome]:
        """Yield what one stream answers, first of all to the items that are unanswered already."""
        outbox: _Outbox = SimpleQueue()  # gRPC reads it in a thread of its own, where the input must not be read
        for request in window.unanswered:
            outbox.put(request)
        opened = monotonic()
        call = self._stub.StreamAnalyzeDocuments(
            iter(outbox.get, None), timeout=STREAM_DEADLINES * timeout, metadata=self._endpoint.metadata
        )
        answers = 0
        try:
            while True:
                if not window.unanswered:
                    outbox.put(None)  # and the server ends the stream in its turn
                since = monotonic()
                try:
                    response, error = next(call, None), None
                except grpc.RpcError as failure:
                    response, error = None, of_rpc_error(failure)
                if response is None:
                    window.interrupt(error, answers=answers, waited_s=monotonic() - since)
                    return
                answers += 1
                window.settle(response)
                yield from window.ready()
                if monotonic() - opened < (STREAM_DEADLINES - 1) * timeout:
                    self._fill(window, source, outbox)
        finally:
            outbox.put(None)
            call.cancel()

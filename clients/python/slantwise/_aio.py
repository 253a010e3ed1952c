"""The client for asyncio, on gRPC's own stack for it. `_client.py` is its twin: what changes here changes there."""

# ruff: noqa: ASYNC109 - the timeout is gRPC's, which tells the server of it

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Self, TypeVar

import grpc
from grpc import aio

from slantwise._batch import Batch
from slantwise._channel import Endpoint
from slantwise._outcome import Outcome, decoded, of_rpc_error
from slantwise._request import Document, Item, to_request
from slantwise._window import STREAM_DEADLINES, Window
from slantwise.errors import Unavailable
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1.slantwise_pb2_grpc import RhetoricServiceStub

if TYPE_CHECKING:
    from types import TracebackType

# What a write that meets the end of a stream puts in the place of the server's own status (grpc/grpc#36066).
_FORGOTTEN = "Internal error from Core"

_Outbox = asyncio.Queue[pb.StreamAnalyzeDocumentsRequest | None]


class AsyncClient:
    """A connection to a Slantwise server, to be closed, or used in an `async with` statement.

    It belongs to the event loop in which it is made. Every call has a deadline, and is tried up to 4 times while the
    server is UNAVAILABLE.

    Args:
        target: A gRPC target, such as `host:port`, `dns:///host:port` or `unix:/path`.
        token: A bearer token for every call.
        credentials: The channel's credentials, for a private authority or a client certificate. They imply TLS.
        tls: Whether to use TLS; None means unless the target is this machine.
        timeout_s: How many seconds a call may take that does not say.

    Raises:
        ValueError: The options contradict each other, or the timeout is not a positive, finite number.
        RuntimeError: No event loop is running.
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
        asyncio.get_running_loop()  # else the channel would silently take a loop that never runs
        self._endpoint = Endpoint(target, token, credentials, tls, timeout_s)
        security, options = self._endpoint.channel_credentials, self._endpoint.options
        self._channel = (
            aio.secure_channel(target, security, options) if security else aio.insecure_channel(target, options)
        )
        self._stub = RhetoricServiceStub(self._channel)

    async def analyze(
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
            response = await self._stub.AnalyzeDocument(request, timeout=deadline_s, metadata=self._endpoint.metadata)
        return response.analysis

    async def analyze_batch(self, items: Iterable[Item], *, timeout: float | None = None) -> list[Outcome]:
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
            response = await self._stub.BatchAnalyzeDocuments(
                batch.request, timeout=deadline_s, metadata=self._endpoint.metadata
            )
        return batch.outcomes(response.results)

    def analyze_many(
        self, items: Iterable[Item] | AsyncIterable[Item], *, window: int = 16, timeout: float | None = None
    ) -> AsyncIterator[Outcome]:
        """Analyse any number of documents over one stream, or as many in turn as it takes.

        The input is read as results are consumed, in the task that consumes them. A stream that breaks is opened
        again and its unanswered documents are sent again.

        Args:
            items: The documents: plain texts, Documents or requests, one after another or as they come.
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
        return self._many(_asynchronous(items), Window(window, timeout), timeout)

    async def list_models(self, *, timeout: float | None = None) -> list[pb.Model]:
        """List the models that the server serves, the default first.

        Args:
            timeout: How many seconds each page may take.

        Raises:
            SlantwiseError: The call failed.
        """
        deadline_s, models, request = self._endpoint.deadline_s(timeout), list[pb.Model](), pb.ListModelsRequest()
        while True:
            with decoded():
                page = await self._stub.ListModels(request, timeout=deadline_s, metadata=self._endpoint.metadata)
            models += page.models
            if not page.next_page_token:
                return models
            request = pb.ListModelsRequest(page_token=page.next_page_token)

    async def get_model(self, name: str = "", *, timeout: float | None = None) -> pb.Model:
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
            response = await self._stub.GetModel(request, timeout=deadline_s, metadata=self._endpoint.metadata)
        return response.model

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Wait until the server can be reached.

        Args:
            timeout: How many seconds to wait.

        Raises:
            Unavailable: It cannot be reached yet.
        """
        deadline_s = self._endpoint.deadline_s(timeout)
        try:
            await asyncio.wait_for(self._channel.channel_ready(), deadline_s)
        except TimeoutError:
            raise Unavailable(message=f"{self._endpoint.target} cannot be reached.") from None

    async def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _many(self, source: AsyncIterator[Item], window: Window, timeout: float) -> AsyncIterator[Outcome]:
        while not window.done:
            await self._fill(window, source, send=None)
            for outcome in window.ready():
                yield outcome
            if window.unanswered:
                async for outcome in self._stream(source, window, timeout):
                    yield outcome

    async def _fill(self, window: Window, source: AsyncIterator[Item], send: _Outbox | None) -> None:
        """Read items while the window has room for them, and send them if there is a stream to send them on."""
        if not window.has_room:
            return
        async for item in source:
            request = window.add(item)
            if send is not None and request is not None:
                send.put_nowait(request)
            if not window.has_room:
                return
        window.drained = True

    async def _stream(self, source: AsyncIterator[Item], window: Window, timeout: float) -> AsyncIterator[Outcome]:
        """Yield what one stream answers, first of all to the items that are unanswered already."""
        outbox: _Outbox = asyncio.Queue()  # gRPC reads it in a task of its own, where the input must not be read
        for request in window.unanswered:
            outbox.put_nowait(request)
        opened = monotonic()
        call = self._stub.StreamAnalyzeDocuments(
            _until_none(outbox), timeout=STREAM_DEADLINES * timeout, metadata=self._endpoint.metadata
        )
        answers = 0
        try:
            while True:
                if not window.unanswered:
                    outbox.put_nowait(None)  # and the server ends the stream in its turn
                since = monotonic()
                try:
                    response, error = await call.read(), None
                except aio.AioRpcError as failure:
                    response, error = aio.EOF, of_rpc_error(failure)
                    if failure.details() == _FORGOTTEN:
                        if not answers:
                            await self.list_models(timeout=timeout)  # it fails likewise, if it is not for the stream
                        error = Unavailable(message="The stream ended while it was written to; gRPC forgot why.")
                if not isinstance(response, pb.StreamAnalyzeDocumentsResponse):
                    window.interrupt(error, answers=answers, waited_s=monotonic() - since)
                    return
                answers += 1
                window.settle(response)
                for outcome in window.ready():
                    yield outcome
                if monotonic() - opened < (STREAM_DEADLINES - 1) * timeout:
                    await self._fill(window, source, outbox)
        finally:
            outbox.put_nowait(None)
            call.cancel()


_T = TypeVar("_T")


async def _asynchronous(items: Iterable[_T] | AsyncIterable[_T]) -> AsyncIterator[_T]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def _until_none(queue: asyncio.Queue[_T | None]) -> AsyncIterator[_T]:
    while (item := await queue.get()) is not None:
        yield item

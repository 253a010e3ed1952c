"""One stream of documents: read ahead within a bound, answered in any order, each item alone in its failure."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from grpc import aio

from slantwise.errors import InvalidRequest, SlantwiseError
from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server.grpc import validate
from slantwise_server.grpc.errors import failure, status_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slantwise_server.config import Limits


class DocumentStream:
    """Reads the items of one call and writes their answers."""

    def __init__(
        self,
        context: aio.ServicerContext[Any, Any],
        analyze: Callable[[pb.AnalyzeDocumentRequest], Awaitable[pb.DocumentAnalysis]],
        limits: Limits,
    ) -> None:
        self._context = context
        self._analyze = analyze
        self._limits = limits
        self._unanswered: set[str] = set()
        # The backpressure: what is not read stays with the client, held back by HTTP/2.
        self._room = asyncio.Semaphore(limits.stream_items)
        self._writing = asyncio.Lock()

    async def run(self, until: asyncio.Event) -> bool:
        """Answer every item up to the client's last one, or those read when an event is set; return whether all."""
        async with asyncio.TaskGroup() as answers:
            while (item := await self._next(until)) is not None and item is not aio.EOF:
                try:
                    validate.stream_item(item, self._unanswered, self._limits)
                except InvalidRequest as error:
                    answers.create_task(self._refuse(item, error))
                else:
                    self._unanswered.add(item.request_id)
                    answers.create_task(self._answer(item))
        return item is not None

    async def _next(self, until: asyncio.Event) -> Any:
        """Return the next item once there is room for it, EOF after the last, or None when the event comes first."""
        reading = asyncio.ensure_future(self._read())
        ending = asyncio.ensure_future(until.wait())
        try:
            await asyncio.wait((reading, ending), return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else None
        finally:
            reading.cancel()
            ending.cancel()

    async def _read(self) -> Any:
        await self._room.acquire()
        return await self._context.read()

    async def _answer(self, item: pb.StreamAnalyzeDocumentsRequest) -> None:
        response = pb.StreamAnalyzeDocumentsResponse(request_id=item.request_id)
        try:
            response.analysis.CopyFrom(await self._analyze(item.request))
        except Exception as error:  # noqa: BLE001 - whatever it is, this item fails alone
            response.status.CopyFrom(status_message(failure(error)))
        # Before the client can have the answer, because then it may use the name again.
        self._unanswered.discard(item.request_id)
        await self._write(response)

    async def _refuse(self, item: pb.StreamAnalyzeDocumentsRequest, error: SlantwiseError) -> None:
        await self._write(pb.StreamAnalyzeDocumentsResponse(request_id=item.request_id, status=status_message(error)))

    async def _write(self, response: pb.StreamAnalyzeDocumentsResponse) -> None:
        async with self._writing:
            await self._context.write(response)
        self._room.release()

"""What every call goes through: a check of its token, a status for its failure, and one line in the log."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import grpc
from grpc import aio

from slantwise_server.grpc.errors import failure, status_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slantwise.errors import SlantwiseError

    _Handler = grpc.RpcMethodHandler[Any, Any]
    _Context = aio.ServicerContext[Any, Any]
    _Check = Callable[[grpc.HandlerCallDetails], None]

_log = logging.getLogger(__name__)

_STATUS_CODE: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}
_HANDLER_OF = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


class CallInterceptor(aio.ServerInterceptor):
    """Wraps every handler of a server."""

    def __init__(self, check: _Check | None = None) -> None:
        """Wrap handlers in a check of the call, which raises to refuse it."""
        self._check = check

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[_Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> _Handler | None:
        """Return the handler of one call, wrapped; None where there is no such method."""
        handler = await continuation(handler_call_details)
        return None if handler is None else _Call(handler_call_details, handler, self._check).wrapped()


class _Call:
    """One call of one handler."""

    def __init__(self, details: grpc.HandlerCallDetails, handler: _Handler, check: _Check | None) -> None:
        self._details = details
        self._handler = handler
        self._check = check
        self._received_bytes = 0
        self._sent_bytes = 0

    def wrapped(self) -> _Handler:
        streams = self._handler.request_streaming, self._handler.response_streaming
        # A single message is read and written inside `_run`, so that one which cannot be is a failure like others.
        return _HANDLER_OF[streams](
            self._run,
            request_deserializer=self._decode if self._handler.request_streaming else None,
            response_serializer=self._encode if self._handler.response_streaming else None,
        )

    async def _run(self, request: Any, context: _Context) -> Any:
        begun = time.perf_counter()
        outcome = grpc.StatusCode.CANCELLED
        try:
            if self._check:
                self._check(self._details)
            response = await self._respond(request, context)
            outcome = grpc.StatusCode.OK
        except asyncio.CancelledError:
            raise
        except aio.AbortError:
            outcome = context.code()
            raise
        except Exception as error:  # noqa: BLE001 - every failure becomes a status
            reported = failure(error)
            outcome = _STATUS_CODE[reported.code]
            await context.abort(outcome, reported.message, _trailers(reported))
        else:
            return response
        finally:
            milliseconds = round(1e3 * (time.perf_counter() - begun))
            _log.info(
                "%s %s %d ms, %d bytes in, %d bytes out",
                self._details.method, outcome.name, milliseconds, self._received_bytes, self._sent_bytes,
            )  # fmt: skip

    async def _respond(self, request: Any, context: _Context) -> Any:
        handler = self._handler
        behavior: Any = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        if not handler.request_streaming:
            request = self._decode(request)
        if inspect.isasyncgenfunction(behavior):
            async with aclosing(behavior(request, context)) as responses:
                async for response in responses:
                    await context.write(response)
            return None
        response = await behavior(request, context)
        return response if handler.response_streaming else self._encode(response)

    def _decode(self, message: bytes) -> Any:
        self._received_bytes += len(message)
        return self._handler.request_deserializer(message) if self._handler.request_deserializer else message

    def _encode(self, message: Any) -> bytes:
        encoded = self._handler.response_serializer(message) if self._handler.response_serializer else message
        self._sent_bytes += len(encoded)
        return encoded


def _trailers(error: SlantwiseError) -> tuple[tuple[str, str | bytes], ...]:
    """Return the metadata that carries an error's details, and tells gRPC's own retries when to try again."""
    details = ("grpc-status-details-bin", status_message(error).SerializeToString())
    if not error.retryable or error.retry_delay_s is None:
        return (details,)
    return details, ("grpc-retry-pushback-ms", str(round(1e3 * error.retry_delay_s)))

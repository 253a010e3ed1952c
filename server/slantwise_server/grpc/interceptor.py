"""What every call goes through: its token is checked, its failure becomes a status, and it leaves one line in the log."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from typing import TYPE_CHECKING, Any

import grpc
from grpc import aio
from grpc_status import rpc_status

from slantwise_server.grpc.errors import failure, status_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Never

    _Handler = grpc.RpcMethodHandler[Any, Any]
    _Context = aio.ServicerContext[Any, Any]
    _Check = Callable[[grpc.HandlerCallDetails], None]

_log = logging.getLogger(__name__)

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
        outcome = "CANCELLED"
        try:
            if self._check:
                self._check(self._details)
            response = await self._respond(request, context)
            outcome = "OK"
        except (aio.AbortError, asyncio.CancelledError):
            outcome = getattr(context.code(), "name", outcome)
            raise
        except Exception as error:  # noqa: BLE001 - every failure becomes a status
            outcome = await self._abort(error, context)
        else:
            return response
        finally:
            milliseconds = round(1e3 * (time.perf_counter() - begun))
            _log.info(
                "%s %s %d ms, %d bytes in, %d bytes out",
                self._details.method, outcome, milliseconds, self._received_bytes, self._sent_bytes,
            )  # fmt: skip

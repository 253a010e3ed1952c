"""What a server says, as an analysis or one of `slantwise.errors`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status  # type: ignore[import-untyped]

from slantwise.errors import DOMAIN, InternalError, SlantwiseError, error_class
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

_Detail = TypeVar("_Detail", bound="Message")

Outcome: TypeAlias = pb.DocumentAnalysis | SlantwiseError
"""What became of one document of several: its analysis, or why there is none."""


def of_result(result: pb.BatchAnalyzeDocumentsResult | pb.StreamAnalyzeDocumentsResponse) -> Outcome:
    """Return the outcome in one item of a batch or stream."""
    match result.WhichOneof("outcome"):
        case "analysis":
            return result.analysis
        case "status":
            return of_status(result.status)
        case _:
            return InternalError(message="The server answered with neither an analysis nor a status.")


def of_status(status: status_pb2.Status) -> SlantwiseError:
    """Return the error that a status stands for, the most general of its code when it has no details we know."""
    info = _detail(status, error_details_pb2.ErrorInfo())
    ours = info is not None and info.domain == DOMAIN
    request = _detail(status, error_details_pb2.BadRequest())
    retry = _detail(status, error_details_pb2.RetryInfo())
    field = request.field_violations[0].field if request and request.field_violations else ""
    error = error_class(status.code, info.reason if info and ours else "")(
        field=field,
        retry_delay_s=retry.retry_delay.ToTimedelta().total_seconds() if retry else None,
        message=status.message.removeprefix(f"{field}: "),  # it says the field itself, for clients that do not
    )
    error.code = status.code
    if info and ours:
        error.reason, error.metadata = info.reason, dict(info.metadata)
    elif status.code != type(error).code:
        error.reason = code_pb2.Code.Name(status.code) if status.code in code_pb2.Code.values() else "UNKNOWN"
    return error


def of_rpc_error(error: grpc.RpcError) -> SlantwiseError:
    """Return the error that a failed call, of either gRPC stack, stands for."""
    try:
        status = rpc_status.from_call(error)
    except ValueError:  # details that contradict the call's own code and message, which then are what is left
        status = None
    if status is None:
        status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    return of_status(status)


@contextmanager
def decoded() -> Iterator[None]:
    """Turn a failed call in this block into one of `slantwise.errors`."""
    try:
        yield
    except grpc.RpcError as error:
        raise of_rpc_error(error) from error


def _detail(status: status_pb2.Status, message: _Detail) -> _Detail | None:
    """Return the first detail of this type."""
    return next((message for any_ in status.details if any_.Unpack(message)), None)

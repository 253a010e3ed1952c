"""How an exception travels: as a google.rpc.Status whose details say what went wrong, where, and when to try again."""

from __future__ import annotations

import logging
import secrets
import traceback

from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from slantwise import errors

_log = logging.getLogger(__name__)


def failure(error: Exception) -> errors.SlantwiseError:
    """Return what to tell the client of an exception.

    One that is not of `slantwise.errors` is a fault of the server: it is logged under a random id, which is all the
    client gets. Its message may quote a document, so the log has its type and its frames only.
    """
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, errors.SlantwiseError):
        return error
    if isinstance(error, DecodeError):
        return errors.InvalidRequest(message="The message is not a valid protocol buffer of this method's type.")
    error_id = secrets.token_hex(8)
    _log.error("error_id %s: %s", error_id, _trace(error))
    return errors.InternalError(error_id=error_id)


def status_message(error: errors.SlantwiseError) -> status_pb2.Status:
    """Return an error as a google.rpc.Status with its ErrorInfo and what else its code calls for."""
    status = status_pb2.Status(code=error.code, message=error.message)
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(reason=error.reason, domain=errors.DOMAIN, metadata=error.metadata)
    )
    if error.field:
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=error.field, description=error.message, reason=error.reason
        )
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    if error.retryable and error.retry_delay_s is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(round(error.retry_delay_s * 1e9))
        status.details.add().Pack(retry)
    return status


def _trace(error: BaseException) -> str:
    """Return the types and frames of an exception and its causes, without their messages."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    text = f"{type(error).__module__}.{type(error).__qualname__}\n{frames}"
    if isinstance(error, BaseExceptionGroup):
        return text + "".join(f"holds {_trace(each)}" for each in error.exceptions)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return text if cause is None else f"{text}after {_trace(cause)}"

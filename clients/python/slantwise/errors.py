"""Every way a request can fail: one table, raised by the server and raised again, as the same class, by the client.

    SlantwiseError
    ├── InvalidRequest          what was sent is wrong: change it, a retry cannot help
    │   ├── EmptyContent, ContentTooLarge, UnknownEnumValue, TooManyTargets, BadTarget, FieldTooLong,
    │   │   UnsupportedLanguage, UnknownModel, EmptyBatch, TooManyDocuments, DuplicateId, MissingField, BadPage
    ├── ModelNotFound           GetModel was asked for a model this server does not serve
    ├── Unauthenticated         the call shows no token, or not the server's
    ├── ServiceError            the server could not answer just now
    │   ├── Overloaded          it refused the work: try again after `retry_delay_s`
    │   └── Unavailable         it cannot be reached, is starting or is draining
    ├── DeadlineExceeded        the time given was not enough
    ├── Cancelled               the caller took the request back
    └── InternalError           a fault of the server, whose log has it under `metadata["error_id"]`

A message never holds the text of a document.
"""

# ruff: noqa: N818 - the module's name says that they are errors

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOMAIN = "slantwise"

# google.rpc.Code, by value, so that this module needs no gRPC.
_CANCELLED, _INVALID_ARGUMENT, _DEADLINE_EXCEEDED, _NOT_FOUND = 1, 3, 4, 5
_RESOURCE_EXHAUSTED, _INTERNAL, _UNAVAILABLE, _UNAUTHENTICATED = 8, 13, 14, 16


class SlantwiseError(Exception):
    """Any failure of a request.

    Attributes:
        code: The gRPC status code, as a number. The class's own, unless a server sent one that this version has no
            class for; so too the reason.
        reason: The UPPER_SNAKE name of the error, stable across versions.
        retryable: Whether the same request may succeed later.
        text: The message, with the names of its values in braces.
        field: The request field at fault, such as `document.content`; empty when none is.
        metadata: The values in the message, by name.
        retry_delay_s: How long the server asks to wait before a retry, in seconds; None when it does not say.
    """

    code: int = _INTERNAL
    reason: str = "INTERNAL"
    retryable: ClassVar[bool] = False
    text: ClassVar[str] = "The server failed; its log has the cause under error_id {error_id}."

    def __init__(
        self,
        *,
        field: str = "",
        retry_delay_s: float | None = None,
        message: str | None = None,
        **metadata: object,
    ) -> None:
        self.field = field
        self.metadata: Mapping[str, str] = {name: str(value) for name, value in metadata.items()}
        self.retry_delay_s = retry_delay_s
        self.message = self.text.format_map(self.metadata) if message is None else message
        super().__init__(f"{field}: {self.message}" if field else self.message)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...], dict[str, object]]:
        # What an exception does by default is to call its class with `args`, which this one does not take.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class InvalidRequest(SlantwiseError):
    """What was sent is wrong; a retry cannot help."""

    code = _INVALID_ARGUMENT
    reason = "INVALID_ARGUMENT"
    text = "The request is malformed."


class EmptyContent(InvalidRequest):
    """The document has no text."""

    reason = "EMPTY_CONTENT"
    text = "The document has no text but white space. Send one with text."


class ContentTooLarge(InvalidRequest):
    """The document is over the size limit."""

    reason = "CONTENT_TOO_LARGE"
    text = "The document has {size} bytes of UTF-8; the limit is {limit}. Split it."


class UnknownEnumValue(InvalidRequest):
    """An enum field holds a value that this version does not know."""

    reason = "UNKNOWN_ENUM_VALUE"
    text = "{value} is not a value that this field takes."


class TooManyTargets(InvalidRequest):
    """The request names too many targets."""

    reason = "TOO_MANY_TARGETS"
    text = "The request has {count} targets; the limit is {limit}."


class BadTarget(InvalidRequest):
    """A target is empty, too long or named twice."""

    reason = "BAD_TARGET"
    text = "The target {problem}. Send distinct phrases of 1 to {limit} characters."


class FieldTooLong(InvalidRequest):
    """A text field other than the content is too long."""

    reason = "FIELD_TOO_LONG"
    text = "The field has {size} characters; the limit is {limit}."


class UnsupportedLanguage(InvalidRequest):
    """The model does not serve the language."""

    reason = "UNSUPPORTED_LANGUAGE"
    text = "The model serves {served}, not {language!r}."


class UnknownModel(InvalidRequest):
    """The request names a model that this server does not serve."""

    reason = "UNKNOWN_MODEL"
    text = "No model is named {name!r}; ListModels tells which are served."


class EmptyBatch(InvalidRequest):
    """The batch has no documents."""

    reason = "EMPTY_BATCH"
    text = "The batch has no requests."


class TooManyDocuments(InvalidRequest):
    """The batch has too many documents."""

    reason = "TOO_MANY_DOCUMENTS"
    text = "The batch has {count} documents; the limit is {limit}. Send several batches, or a stream."


class DuplicateId(InvalidRequest):
    """Two documents of a batch, or two unanswered items of a stream, share an id."""

    reason = "DUPLICATE_ID"
    text = "The id is that of another item. Ids tell results apart, so they must differ."


class MissingField(InvalidRequest):
    """A required field is not set."""

    reason = "MISSING_FIELD"
    text = "The field is required."


class BadPage(InvalidRequest):
    """A page size or page token is wrong."""

    reason = "BAD_PAGE"
    text = "Not a page size or token of this server."


class ModelNotFound(SlantwiseError):
    """GetModel was asked for a model that this server does not serve."""

    code = _NOT_FOUND
    reason = "UNKNOWN_MODEL"
    text = UnknownModel.text


class Unauthenticated(SlantwiseError):
    """The call shows no token, or not the server's."""

    code = _UNAUTHENTICATED
    reason = "UNAUTHENTICATED"
    text = "The call has no valid token. Send the metadata `authorization: Bearer TOKEN`."


class ServiceError(SlantwiseError):
    """The server could not answer just now."""

    code = _UNAVAILABLE
    reason = "UNAVAILABLE"
    retryable = True
    text = "The server cannot answer just now. Try again."


class Overloaded(ServiceError):
    """The server has as much work as it takes."""

    code = _RESOURCE_EXHAUSTED
    reason = "OVERLOADED"
    text = "The server has as much work as it takes. Try again after the delay it gives."


class Unavailable(ServiceError):
    """The server cannot be reached, is starting or is draining."""

    text = "The server is starting or stopping, or cannot be reached. Try again."


class DeadlineExceeded(SlantwiseError):
    """The deadline passed before the answer was ready."""

    code = _DEADLINE_EXCEEDED
    reason = "DEADLINE_EXCEEDED"
    text = "The deadline passed before the answer was ready. Allow more time, or send less text."


class Cancelled(SlantwiseError):
    """The caller took the request back."""

    code = _CANCELLED
    reason = "CANCELLED"
    text = "The request was cancelled."


class InternalError(SlantwiseError):
    """A fault of the server."""


ERRORS: tuple[type[SlantwiseError], ...] = (
    InvalidRequest, EmptyContent, ContentTooLarge, UnknownEnumValue, TooManyTargets, BadTarget, FieldTooLong,
    UnsupportedLanguage, UnknownModel, EmptyBatch, TooManyDocuments, DuplicateId, MissingField, BadPage, ModelNotFound,
    Unauthenticated, Overloaded, Unavailable, DeadlineExceeded, Cancelled, InternalError,
)  # fmt: skip

_BY_CODE_AND_REASON = {(error.code, error.reason): error for error in ERRORS}
_BY_CODE = {error.code: error for error in reversed(ERRORS)}


def error_class(code: int, reason: str = "") -> type[SlantwiseError]:
    """Return the class of a failure with this gRPC status code and ErrorInfo reason.

    A reason that this version does not know, or none at all, gives the most general class of the code.
    """
    return _BY_CODE_AND_REASON.get((code, reason)) or _BY_CODE.get(code, SlantwiseError)

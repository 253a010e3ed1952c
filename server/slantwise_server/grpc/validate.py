"""The rules of the contract: what a request must be, and which field is at fault when it is not.

Every function raises an InvalidRequest of `slantwise.errors` that names the field, relative to the request it is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from slantwise import errors
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from slantwise_server.config import Limits
    from slantwise_server.engine import ModelInfo

_Value = TypeVar("_Value")

_MEDIA_TYPES: dict[int, str] = {
    pb.MEDIA_TYPE_UNSPECIFIED: "PLAIN",
    pb.MEDIA_TYPE_PLAIN: "PLAIN",
    pb.MEDIA_TYPE_MARKDOWN: "MARKDOWN",
    pb.MEDIA_TYPE_HTML: "HTML",
}
_ENCODINGS: dict[int, pb.EncodingType.ValueType] = {
    pb.ENCODING_TYPE_UNSPECIFIED: pb.ENCODING_TYPE_UTF32,
    pb.ENCODING_TYPE_UTF32: pb.ENCODING_TYPE_UTF32,
    pb.ENCODING_TYPE_UTF16: pb.ENCODING_TYPE_UTF16,
    pb.ENCODING_TYPE_UTF8: pb.ENCODING_TYPE_UTF8,
}
_ANALYSES: dict[int, str] = {value: name.removeprefix("ANALYSIS_") for name, value in pb.Analysis.items() if value}
_LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,8})(?:-[A-Za-z0-9]{1,8})*")
_ECHOED = 64  # code points
_LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """A valid request to analyse one document, with every default filled in."""

    document_id: str
    content: str
    media_type: str
    title: str
    language_code: str
    analyses: frozenset[str]
    targets: tuple[str, ...]
    encoding_type: pb.EncodingType.ValueType
    include_content: bool


def document_query(request: pb.AnalyzeDocumentRequest, info: ModelInfo, limits: Limits) -> DocumentQuery:
    """Return what a request asks for.

    Raises:
        InvalidRequest: It breaks a rule of the contract.
    """
    if not request.HasField("document"):
        raise errors.MissingField(field="document")
    document = request.document
    if request.model not in ("", info.name):
        raise errors.UnknownModel(field="model", name=clipped(request.model))
    return DocumentQuery(
        document_id=_short(document.document_id, limits.id_characters, "document.document_id"),
        content=_content(document.content, limits.content_bytes),
        media_type=_known(_MEDIA_TYPES, document.media_type, "document.media_type"),
        title=_short(document.title, limits.title_characters, "document.title"),
        language_code=_language(document.language_code, info.languages),
        analyses=_analyses(request.analyses),
        targets=_targets(request.targets, limits),
        encoding_type=_known(_ENCODINGS, request.encoding_type, "encoding_type"),
        include_content=request.include_content,
    )


def batch(request: pb.BatchAnalyzeDocumentsRequest, limits: Limits) -> None:
    """Check what concerns the batch as a whole.

    Raises:
        InvalidRequest: It has no documents or too many, is too large, or has two with the same id.
    """
    count = len(request.requests)
    if not count:
        raise errors.EmptyBatch(field="requests")
    if count > limits.batch_documents:
        raise errors.TooManyDocuments(field="requests", count=count, limit=limits.batch_documents)
    size = request.ByteSize()
    if size > limits.message_bytes:
        raise errors.TooManyDocuments(
            field="requests",
            message=f"The batch has {size} bytes; the limit is {limits.message_bytes}. Send several, or a stream.",
            size=size,
            limit=limits.message_bytes,
        )
    seen = set()
    for index, each in enumerate(request.requests):
        document_id = each.document.document_id
        if document_id and document_id in seen:
            raise errors.DuplicateId(field=f"requests[{index}].document.document_id")
        seen.add(document_id)


def stream_item(item: pb.StreamAnalyzeDocumentsRequest, unanswered: Collection[str], limits: Limits) -> None:
    """Check the name of an item of a stream, given the names of the unanswered ones.

    Raises:
        InvalidRequest: The item has no name, too long a one, one in use, or nothing to analyse.
    """
    if not item.request_id:
        raise errors.MissingField(field="request_id")
    _short(item.request_id, limits.id_characters, "request_id")
    if item.request_id in unanswered:
        raise errors.DuplicateId(field="request_id")
    if not item.HasField("request"):
        raise errors.MissingField(field="request")


def page(request: pb.ListModelsRequest, total: int) -> range:
    """Return which of `total` models a request asks for.

    The token of a page is the index of its first model.

    Raises:
        BadPage: The size is negative, or the token is not one this server gave.
    """
    if request.page_size < 0:
        raise errors.BadPage(field="page_size")
    begin = 0
    if request.page_token:
        tokens = {str(index): index for index in range(1, total)}
        if request.page_token not in tokens:
            raise errors.BadPage(field="page_token")
        begin = tokens[request.page_token]
    return range(begin, min(total, begin + min(request.page_size or _LARGEST_PAGE, _LARGEST_PAGE)))


def clipped(value: str) -> str:
    """Return a client's value as an error may repeat it: errors travel in headers, which are small."""
    return value if len(value) <= _ECHOED else value[: _ECHOED - 1] + "…"


def _known(known: Mapping[int, _Value], value: int, field: str) -> _Value:
    if value not in known:
        raise errors.UnknownEnumValue(field=field, value=value)
    return known[value]


def _short(value: str, limit: int, field: str) -> str:
    if len(value) > limit:
        raise errors.FieldTooLong(field=field, size=len(value), limit=limit)
    return value


def _content(content: str, limit: int) -> str:
    size = len(content) if content.isascii() else len(content.encode())
    if size > limit:
        raise errors.ContentTooLarge(field="document.content", size=size, limit=limit)
    if not content or content.isspace():
        raise errors.EmptyContent(field="document.content")
    return content


def _language(code: str, served: Sequence[str]) -> str:
    """Return the language, given that a model serves every variety of its languages."""
    tag = _LANGUAGE_TAG.fullmatch(code)
    if code and (tag is None or tag[1].lower() not in {each.split("-")[0].lower() for each in served}):
        raise errors.UnsupportedLanguage(
            field="document.language_code", served=", ".join(served), language=clipped(code)
        )
    return code or served[0]


def _analyses(requested: Sequence[int]) -> frozenset[str]:
    if not requested:
        return frozenset(_ANALYSES.values())
    # Every other analysis says whose words it speaks of, so the voices are always there.
    return frozenset({"VOICE"} | {_known(_ANALYSES, value, f"analyses[{i}]") for i, value in enumerate(requested)})


def _targets(targets: Sequence[str], limits: Limits) -> tuple[str, ...]:
    if len(targets) > limits.targets:
        raise errors.TooManyTargets(field="targets", count=len(targets), limit=limits.targets)
    first: dict[str, int] = {}
    for index, target in enumerate(targets):
        if not target:
            problem = "is empty"
        elif target.isspace():
            problem = "is only white space"
        elif len(target) > limits.target_characters:
            problem = f"has {len(target)} characters"
        elif (earlier := first.setdefault(target.casefold(), index)) != index:
            problem = f"is that of targets[{earlier}]"
        else:
            continue
        raise errors.BadTarget(field=f"targets[{index}]", problem=problem, limit=limits.target_characters)
    return tuple(targets)

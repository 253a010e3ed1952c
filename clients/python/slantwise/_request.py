"""What a caller says, as the messages of `slantwise.v1`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from slantwise._channel import MESSAGE_BYTES
from slantwise.errors import ContentTooLarge, InvalidRequest, UnknownEnumValue
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

_Value = TypeVar("_Value", bound=int)

# What the other fields of an item, and the framing of a message, may add to the content.
_CONTENT_BYTES = MESSAGE_BYTES - (1 << 20)


@dataclass(frozen=True, slots=True)
class Document:
    """A text to analyse, and how.

    Enum values are given by name, with or without prefix and in any case (`"markdown"`, `"ANALYSIS_STANCE"`), or by
    number.

    Attributes:
        content: The text.
        document_id: A name for the document, echoed in its analysis.
        title: A title that is not part of `content`; read as context.
        media_type: How `content` is written: PLAIN, MARKDOWN or HTML.
        language_code: The language, as BCP 47; empty means the model's first.
        targets: What to take the stance towards; empty means that targets are detected.
        analyses: VOICE, ATTRIBUTION, STANCE, FRAMING, LOADED_LANGUAGE; empty means all.
        encoding: The unit of offsets: UTF32 (Python's own), UTF16 or UTF8.
        model: The model's name; empty means the default.
        include_content: Whether every span carries its text.
    """

    content: str
    document_id: str = ""
    title: str = ""
    media_type: str | int = "PLAIN"
    language_code: str = ""
    targets: Iterable[str] = ()
    analyses: Iterable[str | int] = ()
    encoding: str | int = "UTF32"
    model: str = ""
    include_content: bool = False


Item: TypeAlias = str | Document | pb.AnalyzeDocumentRequest
"""What stands for a document: its plain text, a Document, or a request of one's own."""


def to_request(item: Item) -> pb.AnalyzeDocumentRequest:
    """Return the request that an item stands for.

    Raises:
        UnknownEnumValue: An enum is given by a name it does not have.
        ContentTooLarge: The content does not fit a message.
        InvalidRequest: A text is not Unicode: it holds half of a surrogate pair.
        TypeError: The item is not one, or `targets` or `analyses` is a string.
    """
    if isinstance(item, str):
        item = Document(item)
    if isinstance(item, Document):
        request = _of_document(item)
    elif isinstance(item, pb.AnalyzeDocumentRequest):
        request = item
    else:
        raise TypeError(f"an item is a str, a Document or an AnalyzeDocumentRequest, not {type(item).__name__}")
    if request.ByteSize() > _CONTENT_BYTES:  # would take a whole stream down with it
        raise ContentTooLarge(field="document.content", size=request.ByteSize(), limit=_CONTENT_BYTES)
    return request


def enum_value(enum: _EnumTypeWrapper[_Value], value: str | int, field: str) -> _Value:
    """Return the number of an enum's value, given by name or number.

    A number is taken as it is: it may be one that a newer server knows.

    Raises:
        UnknownEnumValue: The enum has no such name, or the number is none that an enum can have.
    """
    if isinstance(value, int):
        if -(1 << 31) <= value < 1 << 31:
            return cast("_Value", value)
        raise UnknownEnumValue(field=field, value=value)
    names = enum.keys()
    prefix = names[0].removesuffix("UNSPECIFIED")
    name = value.upper()
    for candidate in (name, prefix + name):
        if candidate in names:
            return enum.Value(candidate)
    raise UnknownEnumValue(field=field, value=repr(value))


def _of_document(item: Document) -> pb.AnalyzeDocumentRequest:
    if isinstance(item.targets, str) or isinstance(item.analyses, str):
        raise TypeError("targets and analyses are several: give a list, not a string")
    try:
        return pb.AnalyzeDocumentRequest(
            document=pb.Document(
                document_id=item.document_id,
                content=item.content,
                media_type=enum_value(pb.MediaType, item.media_type, "document.media_type"),
                language_code=item.language_code,
                title=item.title,
            ),
            analyses=[enum_value(pb.Analysis, value, "analyses") for value in item.analyses],
            targets=item.targets,
            encoding_type=enum_value(pb.EncodingType, item.encoding, "encoding_type"),
            model=item.model,
            include_content=item.include_content,
        )
    except UnicodeEncodeError:
        # Its own message would hold the text.
        raise InvalidRequest(message="A text holds half of a surrogate pair, which UTF-8 cannot carry.") from None

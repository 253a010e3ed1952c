"""Documents of any media type."""

from __future__ import annotations

from slantwise_models.text import markdown, plain
from slantwise_models.text.document import Document


def read(content: str, media_type: str = "PLAIN") -> Document:
    """Reads a document into paragraphs.

    Args:
        content: Any text.
        media_type: How it is written: `PLAIN`, `MARKDOWN` or `HTML`. Nothing is malformed: what is not markup is text.

    Raises:
        ValueError: Another media type.
    """
    match media_type:
        case "PLAIN":
            return Document(content, tuple(plain.blocks(content)))
        case "MARKDOWN":
            return Document(content, tuple(markdown.blocks(content)))
        case "HTML":
            from slantwise_models.text import html  # noqa: PLC0415 - a large library that few documents need

            text, blocks = html.read(content)
            return Document(text, tuple(blocks))
        case _:
            raise ValueError(f"unknown media type: {media_type}")

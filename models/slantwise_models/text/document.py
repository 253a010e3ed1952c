"""A document as the paragraphs it consists of, on the offsets of its text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph.

    Attributes:
        kind: `HEADING`, `BODY`, `BLOCK_QUOTE`, `LIST_ITEM`, `CODE` or `BOILERPLATE`.
        begin: The code point of the document's text it begins with, not white space.
        end: One past its last code point, which is not white space; greater than `begin`.
        pieces: The ranges of prose inside `[begin, end)`, in order, disjoint and not empty; what lies between them is
            syntax and stands for nothing. A line break that separates words lies in a piece. Empty for code and rules.
    """

    kind: str
    begin: int
    end: int
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its paragraphs.

    Attributes:
        text: What offsets refer to: the content itself for plain text and Markdown, the extracted text for HTML.
        blocks: The paragraphs, in order and disjoint; every character that is not white space lies in exactly one.
    """

    text: str
    blocks: tuple[Block, ...]

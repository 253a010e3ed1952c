"""A document as the word pieces the encoder reads, each with its place in the text.

The pretrained encoder is uncased and knows no layout, so beside each piece stand two small features: its letter case
(`SHAPES`) and where it stands (block kind by depth of quotation, `LAYOUTS` values).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from slantwise_models.text import Document, Prose, quotation_depths, sentences
from slantwise_models.text.typography import doubled, levelled, straightened

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = ("NONE", "LOWER", "TITLE", "UPPER", "DIGIT", "OTHER")
BLOCK_KINDS = ("BODY", "HEADING", "BLOCK_QUOTE", "LIST_ITEM", "CODE", "BOILERPLATE")
DEPTHS = 3
# 0 is for special tokens and targets; the rest is 1 + kind * DEPTHS + depth.
LAYOUTS = 1 + len(BLOCK_KINDS) * DEPTHS

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces with their features; arrays of one length."""

    ids: Ints
    shapes: Ints
    layouts: Ints


@dataclass(frozen=True, slots=True)
class Tokens:
    """All word pieces of a document, in order; arrays of one length, N.

    Attributes:
        pieces: What the encoder reads.
        begins: First code point of each piece in `Document.text`.
        ends: One past its last code point.
        blocks: Index of its block.
        sentences: Number of its sentence, counted over the document.
        sentence_spans: The sentences' ranges in `Document.text`.
        title: The pieces of the title, context for the first window.
    """

    pieces: Pieces
    begins: Ints
    ends: Ints
    blocks: Ints
    sentences: Ints
    sentence_spans: tuple[tuple[int, int], ...]
    title: Pieces

    def __len__(self) -> int:
        return len(self.begins)

    def block_bounds(self, blocks: int) -> list[int]:
        """Return where the pieces of each of so many blocks begin: those of block i are `bounds[i]` to `bounds[i + 1]`."""
        bounds: list[int] = np.searchsorted(self.blocks, np.arange(blocks + 1)).tolist()
        return bounds


def shape(surface: str) -> int:
    """Return the index in `SHAPES` of a piece's letter case."""
    if surface.isdigit():
        return 4
    if not any(c.isalpha() for c in surface):
        return 5
    if surface.islower():
        return 1
    if len(surface) > 1 and surface.isupper():
        return 3
    return 2 if surface[0].isupper() else 1


class WordPieces:
    """The encoder's tokenizer.

    Args:
        path: A `tokenizer.json`.
    """

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # a "[SEP]" in a text is only text
        self.cls = self._tokenizer.token_to_id("[CLS]")
        self.sep = self._tokenizer.token_to_id("[SEP]")
        self.mask = self._tokenizer.token_to_id("[MASK]")

    def phrase(self, text: str, limit: int) -> Pieces:
        """Return the first `limit` pieces of a text that is not part of a document: a title or a target."""
        encoding = self._tokenizer.encode(straightened(text), add_special_tokens=False)
        ids = np.array(encoding.ids[:limit], np.int32)
        shapes = np.array([shape(text[b:e]) for b, e in encoding.offsets[:limit]], np.int32)
        return Pieces(ids, shapes, np.zeros(len(ids), np.int32))

    def read(self, document: Document, title: str = "", title_limit: int = 32) -> Tokens:
        """Return the pieces of a document."""
        proses = [Prose.of(document, block) for block in document.blocks]
        texts = [doubled(prose.text) for prose in proses]
        depths = quotation_depths(texts)
        encodings = self._tokenizer.encode_batch(
            [levelled(text, depth) for text, depth in zip(texts, depths, strict=True)], add_special_tokens=False
        )
        ids: list[int] = []
        shapes: list[int] = []
        layouts: list[int] = []
        begins: list[int] = []
        ends: list[int] = []
        blocks: list[int] = []
        numbers: list[int] = []
        spans: list[tuple[int, int]] = []
        for index, (block, prose, text, depth, encoding) in enumerate(
            zip(document.blocks, proses, texts, depths, encodings, strict=True)
        ):
            base = 1 + BLOCK_KINDS.index(block.kind) * DEPTHS
            origin, offsets = prose.origin, encoding.offsets
            ids.extend(encoding.ids)
            begins.extend(origin[b] for b, _ in offsets)
            ends.extend(origin[e - 1] + 1 for _, e in offsets)
            shapes.extend(shape(text[b:e]) for b, e in offsets)
            layouts.extend(base + depth[b] for b, _ in offsets)
            blocks.extend([index] * len(offsets))
            bounds = sentences(text)
            first, current = len(spans), 0
            spans.extend(prose.span(b, e) for b, e in bounds)
            for b, _ in offsets:
                while current + 1 < len(bounds) and b >= bounds[current + 1][0]:
                    current += 1
                numbers.append(first + current)
        return Tokens(
            Pieces(np.array(ids, np.int32), np.array(shapes, np.int32), np.array(layouts, np.int32)),
            np.array(begins, np.int32),
            np.array(ends, np.int32),
            np.array(blocks, np.int32),
            np.array(numbers, np.int32),
            tuple(spans),
            self.phrase(title, title_limit),
        )

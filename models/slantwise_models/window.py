"""Windows: the stretches of a document that the encoder reads in one pass.

A window is whole paragraphs as far as they fit, preceded by up to `context` pieces of what stands before them, which are
read but not scored: a block quotation sees who introduces it. A paragraph that is too long is cut between sentences, and
a sentence that is too long between pieces, so nothing is ever left unread. Every piece is scored in exactly one window.
Windows depend on the document alone, never on what else is being served.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.tokens import Ints, Pieces, Tokens, WordPieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

TARGET_LIMIT = 32  # pieces of a target that are read


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `begin` to `end` of a document are scored, after `context` to `begin` as context."""

    context: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """One window as the encoder takes it; arrays of one length, L.

    Attributes:
        ids: Word pieces, with `[CLS]` first and `[SEP]` after each block.
        types: 1 for a target put before the text, otherwise 0.
        shapes: Letter case, index in `SHAPES`.
        layouts: Layout, below `LAYOUTS`.
        tokens: For each position the index of its piece in `Tokens`, or -1.
    """

    ids: Ints
    types: Ints
    shapes: Ints
    layouts: Ints
    tokens: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def scored(self, window: Window) -> NDArray[np.bool_]:
        """Return which positions hold the window's scored pieces, bool [L]."""
        return self.tokens >= window.begin


def windows(tokens: Tokens, size: int, context: int) -> list[Window]:
    """Cut a document into windows of at most `size` positions, `context` of them context.

    The title takes the place of the first window's context, so `context` must hold it and its `[SEP]`.
    """
    body = size - context - TARGET_LIMIT - 2  # room for [CLS], a target and its [SEP]
    cuts, total = _cuts(tokens, body), len(tokens)
    out: list[Window] = []
    begin = 0
    while begin < total:
        end = begin
        while end < total:
            after = cuts[end]
            if end > begin and after - begin + _blocks(tokens, begin, after) > body:
                break
            end = after
        lead = max(0, begin - context)
        while lead < begin and begin - lead + _blocks(tokens, lead, begin) > context:
            lead += 1
        out.append(Window(lead, begin, end))
        begin = end
    return out


def _blocks(tokens: Tokens, begin: int, end: int) -> int:
    """Return how many blocks the pieces `begin` to `end` lie in, which is how many `[SEP]` they need."""
    return int(tokens.blocks[end - 1]) - int(tokens.blocks[begin]) + 1 if end > begin else 0


def _cuts(tokens: Tokens, body: int) -> dict[int, int]:
    """Return, for each place where a window may begin, the next one: blocks, else sentences, else runs of pieces."""
    cuts: dict[int, int] = {}

    def cut(begin: int, end: int, levels: tuple[Ints, ...]) -> None:
        if end - begin < body:
            cuts[begin] = end
        elif levels:
            level = levels[0][begin:end]
            bounds = [begin, *(begin + 1 + np.flatnonzero(level[1:] != level[:-1])).tolist(), end]
            for b, e in itertools.pairwise(bounds):
                cut(b, e, levels[1:])
        else:
            for b in range(begin, end, body - 1):
                cuts[b] = min(b + body - 1, end)

    if len(tokens):
        starts = [0, *(1 + np.flatnonzero(tokens.blocks[1:] != tokens.blocks[:-1])).tolist(), len(tokens)]
        for b, e in itertools.pairwise(starts):
            cut(b, e, (tokens.sentences,))
    return cuts


def inputs(tokens: Tokens, window: Window, vocabulary: WordPieces, target: Pieces | None = None) -> Inputs:
    """Return a window as the encoder takes it, with `target` before the text when its stance is asked for."""
    where = np.arange(window.context, window.end, dtype=np.int32)
    block = tokens.blocks[window.context : window.end]
    after = np.flatnonzero(np.append(block[1:] != block[:-1], True)) + 1  # a [SEP] follows each block
    separators = np.full(len(after), vocabulary.sep, np.int32)
    blank = np.zeros(len(after), np.int32)
    none = np.full(len(after), -1, np.int32)
    text = (
        np.insert(tokens.pieces.ids[window.context : window.end], after, separators),
        np.insert(tokens.pieces.shapes[window.context : window.end], after, blank),
        np.insert(tokens.pieces.layouts[window.context : window.end], after, blank),
        np.insert(where, after, none),
    )
    lead = _lead(tokens.title if window.begin == 0 else None, target, vocabulary)
    head = len(lead.ids)
    types = np.zeros(head + len(text[0]), np.int32)
    if target is not None and len(target.ids):
        types[1 : len(target.ids) + 2] = 1
    return Inputs(
        np.concatenate([lead.ids, text[0]]),
        types,
        np.concatenate([lead.shapes, text[1]]),
        np.concatenate([lead.layouts, text[2]]),
        np.concatenate([np.full(head, -1, np.int32), text[3]]),
    )


def _lead(title: Pieces | None, target: Pieces | None, vocabulary: WordPieces) -> Pieces:
    """Return what stands before the text: `[CLS]`, and each phrase there is with its `[SEP]`."""
    phrases = [phrase for phrase in (target, title) if phrase is not None and len(phrase.ids)]
    sep, zero = np.array([vocabulary.sep], np.int32), np.zeros(1, np.int32)
    return Pieces(
        np.concatenate([np.array([vocabulary.cls], np.int32), *(x for p in phrases for x in (p.ids, sep))]),
        np.concatenate([zero, *(x for p in phrases for x in (p.shapes, zero))]),
        np.concatenate([zero, *(x for p in phrases for x in (p.layouts, zero))]),
    )

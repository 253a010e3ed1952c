"""Who a paragraph belongs to by the layout: a block quotation's introducer, a speaker of a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_server.engine.parts import PRONOUNS
from slantwise_server.engine.transcript import SILENT, labels

if TYPE_CHECKING:
    from slantwise_models.text import Document
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.parts import Parts


@dataclass(frozen=True, slots=True)
class Introduction:
    """The pieces that begin the source and the cue of all that a paragraph quotes; -1 for no cue.

    Attributes:
        source: The piece that begins the source.
        cue: The piece that begins the cue, or -1.
        whole: Whether all quoted words of the paragraph are meant, not only those in quotation marks.
    """

    source: int
    cue: int
    whole: bool

    def covers(self, depth: int) -> bool:
        """Whether words so deep in quotation marks belong to it; deeper ones are a quotation within the quotation."""
        return depth == 1 or (depth == 0 and self.whole)


class Introductions:
    """The introductions of the paragraphs of a document.

    Args:
        document: The document.
        tokens: Its pieces.
        parts: The parts of attributions in it.
    """

    def __init__(self, document: Document, tokens: Tokens, parts: Parts) -> None:
        self._document, self._tokens, self._parts = document, tokens, parts
        self._before: list[int] = []  # for each paragraph the one before it, and before all block quotations of its run
        self._labels: list[int] = []  # for each paragraph the piece of the last speaker's label, or -1
        for index, (block, label) in enumerate(zip(document.blocks, labels(document), strict=True)):
            runs_on = index > 0 and document.blocks[index - 1].kind == "BLOCK_QUOTE" == block.kind
            self._before.append(self._before[-1] if runs_on else index - 1)
            goes_on = self._labels[-1] if self._labels and block.kind not in SILENT else -1
            self._labels.append(int(np.searchsorted(tokens.begins, label.begin)) if label else goes_on)

    def of(self, block: int) -> Introduction | None:
        """Return who a paragraph's quoted words belong to, where the layout tells."""
        if self._labels[block] >= 0:
            return Introduction(self._labels[block], -1, whole=True)
        blocks, before = self._document.blocks, self._before[block]
        if before < 0 or blocks[before].kind in (*SILENT, "BLOCK_QUOTE"):
            return None
        text = self._document.text[blocks[before].begin : blocks[before].end]
        set_off = blocks[block].kind == "BLOCK_QUOTE"
        opens = self._document.text[blocks[block].begin] in "\"“«„'‘"
        if not set_off and not (opens and text.rstrip("*_").endswith(":")):
            return None
        tagged = self._parts.tagged(before, "SOURCE") or self._last_named(before)
        if not tagged:
            return None
        own = [i for i in tagged if self._parts.word(i) not in PRONOUNS]  # "the audit office", before "its report"
        cues = self._parts.tagged(before, "CUE")
        return Introduction((own or tagged)[-1], cues[-1] if cues else -1, whole=set_off)

    def _last_named(self, block: int) -> list[int]:
        """Return the first name in the last sentence of a paragraph, as a list of its piece."""
        end = self._parts.bounds[block + 1]
        named = self._parts.mentioned(block)
        return [i for i in named if i < end and self._tokens.sentences[i] == self._tokens.sentences[end - 1]][:1]

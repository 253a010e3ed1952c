"""The prose of a block as one string, with the way back to the document."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from slantwise_models.text.lines import BREAKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_models.text.document import Block, Document

_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Prose:
    """The pieces of a block put together, every line break with the white space around it as one space.

    Attributes:
        text: The prose.
        origin: For each character of `text` its offset in the document's text; strictly increasing.
    """

    text: str
    origin: Sequence[int]

    @classmethod
    def of(cls, document: Document, block: Block) -> Self:
        """Returns the prose of a block of a document; empty for a block without pieces."""
        raw = "".join(document.text[begin:end] for begin, end in block.pieces)
        origin = array("I")
        for begin, end in block.pieces:
            origin.extend(range(begin, end))
        if raw.isprintable():  # no line break, nor anything like one
            return cls(raw, origin)
        text: list[str] = []
        kept = array("I")
        at = 0
        for white in _WHITE.finditer(raw):
            if any(character in BREAKS for character in white[0]):
                text += raw[at : white.start()], " "
                kept += origin[at : white.start() + 1]
                at = white.end()
        text.append(raw[at:])
        kept += origin[at:]
        return cls("".join(text), kept)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Returns the range of the document's text that `text[begin:end]` (not empty) comes from."""
        return self.origin[begin], self.origin[end - 1] + 1

"""What the layout of a transcript says: speakers' labels and stage directions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slantwise_server.engine.analysis import Span

if TYPE_CHECKING:
    from slantwise_models.text import Block, Document

SILENT = ("CODE", "BOILERPLATE", "HEADING")  # kinds of paragraphs in which nobody is introduced
_LABEL = re.compile(r"[\"“*_]*((?:[A-Z][\w.'’-]*\s?){1,4}):[*_]*\s+\S")
_DIRECTION = re.compile(r"[\"“*_]*[(\[][^a-z()\[\]]{2,40}[)\]][.\"”*_]*")
_LEAST_LABELS = 2  # different ones from which a text is a transcript


def labels(document: Document) -> list[Span | None]:
    """Return where each paragraph names its speaker before a colon; nowhere when the document is no transcript."""
    found: list[Span | None] = []
    for block in document.blocks:
        label = _LABEL.match(document.text, block.begin, block.end) if block.kind not in SILENT else None
        found.append(Span(*label.span(1)) if label else None)
    names = {document.text[slice(*span)] for span in found if span}
    return found if len(names) >= _LEAST_LABELS else [None] * len(found)


def directs(document: Document, block: Block) -> bool:
    """Return whether a paragraph is a stage direction, such as "(CROSSTALK)"."""
    return _DIRECTION.fullmatch(document.text, block.begin, block.end) is not None

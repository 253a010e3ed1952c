"""Plain text to blocks: every line that is not empty is a paragraph."""

from __future__ import annotations

from slantwise_models.text.document import Block
from slantwise_models.text.lines import lines, trim


def blocks(text: str) -> list[Block]:
    """Returns the paragraphs of plain text."""
    trimmed = (trim(text, *line) for line in lines(text))
    return [Block("BODY", begin, end, ((begin, end),)) for begin, end in trimmed if begin < end]

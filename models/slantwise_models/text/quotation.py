"""Which characters stand in quotation marks.

Marks are read from left to right against a stack of the quotations that are open. A mark opens or closes by its shape
and by what stands next to it; only where both are silent do straight marks take turns. Marks of one family (double,
angle, single) close each other, for texts mix them. A single mark is an apostrophe unless all speaks against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK = re.compile("[\"“”„‟«»'‘’‚‛]")
_FAMILY = {mark: family for family, marks in {"D": '"“”„‟', "A": "«»", "S": "'‘’‚‛"}.items() for mark in marks}
_SINGLE = tuple("'‘‚‛")
_OPENED_AFTER = frozenset("([{<-‐‑‒–—―/")
_CLOSED_BEFORE = frozenset(")]}>-‐‑‒–—―/.,;:!?…*")
_MEASURE = re.compile(r"\d+['’′]\s?\d+(?:\.\d+)?\"")  # feet and inches
_APOSTROPHE = re.compile(
    r"['‘](?:\d\d(?:s|\b)|(?:tis|twas|twere|twill|til|till|em|im|er|cause|cos|cuz|bout|round|neath|tween|nuff|n|fraid)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:[sS]|in)['’]\s+[a-z]")
_LONG = re.compile(r"(?:\S+\s+){3}")  # a quotation of more than a few words


def quotation_depths(texts: Sequence[str]) -> list[bytes]:
    """Returns how deep in quotation marks every character stands.

    A quotation that is not closed ends with its paragraph. One that goes on is opened again by the next paragraph's
    first mark, as newspapers do.

    Args:
        texts: Consecutive paragraphs.

    Returns:
        For each paragraph a byte a character: 0 outside quotation marks, 1 inside, the marks included, 2 inside a
        quotation within a quotation.
    """
    depths = []
    going_on = False  # a quotation in single marks is open from the paragraph before
    for index, text in enumerate(texts):
        again = text.startswith(_SINGLE) and index + 1 < len(texts) and texts[index + 1].startswith(_SINGLE)
        paragraph = _Paragraph(text, going_on or again)
        depths.append(paragraph.depths())
        going_on = again
    return depths


class _Paragraph:
    """A paragraph being read."""

    def __init__(self, text: str, first_single_opens: bool) -> None:
        self.text = text
        self.open: list[tuple[str, int]] = []  # the opening marks: their family and where they stand
        self.first_single_opens = first_single_opens
        self.measures = {match.end() - 1 for match in _MEASURE.finditer(text)}
        self.marks = [match.start() for match in _MARK.finditer(text)]
        self.paired = self._paired()
        self.before, self.after = self._neighbours()
        self.last_closing_single = max((at for at in self.marks if self._closes_single(at)), default=-1)

    def depths(self) -> bytes:
        """Returns the depth of every character."""
        painted = bytearray()
        for at in self.marks:
            painted += bytes([min(len(self.open), 2)]) * (at - len(painted))
            family = _FAMILY[self.text[at]]
            opening = self._opens(at, family)
            held = next((level for level, (other, _) in enumerate(self.open) if other == family), None)
            if opening:
                if held is not None and self.open[-1][0] == family and self.open[-1][1] not in self.paired:
                    self.open.pop()  # never closed: it ends where the next begins
                self.open.append((family, at))
            painted.append(min(len(self.open), 2))
            if opening is False:
                while self.open and self.open.pop()[0] != family:
                    pass
                painted[-1] = min(len(self.open) + 1, 2)
        painted += bytes([min(len(self.open), 2)]) * (len(self.text) - len(painted))
        return bytes(painted)

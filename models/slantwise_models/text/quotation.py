"""Which characters stand in quotation marks.

Marks are read from left to right against a stack of the quotations that are open. A mark opens or closes by its shape
and by what stands next to it; only where both are silent do straight marks take turns. Marks of one family (double,
angle, single) close each other, for texts mix them. A single mark is an apostrophe unless all speaks against it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOUBLE, _ANGLE, _SINGLE = _FAMILIES = '"“”„‟', "«»", "'‘’‚‛"
_FAMILY = {mark: family for family in _FAMILIES for mark in family}
_RUN = re.compile("[\"“”„‟«»'‘’‚‛]+")
_OPENED_AFTER = frozenset("([{-‐‑‒–—―/")
_CLOSED_BEFORE = frozenset(")]}-‐‑‒–—―/.,;:!?…*")
_FIRST = frozenset("…([$£€@#&")  # what a quotation in single marks may begin with, besides letters and digits
_MEASURE = re.compile(r"\d['’′]\s?\d+(?:\.\d+)?\"")  # feet and inches
_ELISION = re.compile(
    r"['‘](?:\d\ds?|tis|twas|twere|twill|til|till|em|im|er|cause|cos|cuz|bout|round|neath|tween|nuff|n|fraid)\b",
    re.IGNORECASE,
)
_POSSESSED = re.compile(r"['’]\s+[a-z]")
_LONG = re.compile(r"(?:\S+\s+){3}")  # a quotation of more than a few words


def quotation_depths(texts: Sequence[str]) -> list[bytes]:
    """Returns how deep in quotation marks every character stands.

    A quotation that is not closed ends with its paragraph; when it goes on, the next paragraph opens it again with a
    mark of its own.

    Args:
        texts: Consecutive paragraphs.

    Returns:
        For each paragraph a byte a character: 0 outside quotation marks, 1 inside, the marks included, 2 inside a
        quotation within a quotation.
    """
    depths = []
    goes_on = False  # a quotation in single marks was open when the last paragraph ended
    for text, following in pairwise([*texts, ""]):
        paragraph = _Paragraph(text, reopened=goes_on or following.startswith(("'", "‘")))
        depths.append(paragraph.depths())
        goes_on = bool(paragraph.open_of[_SINGLE])
    return depths


class _Paragraph:
    """A paragraph being read.

    Args:
        text: Its text.
        reopened: Whether its first character is taken for an opening single mark even if nothing closes it.
    """

    def __init__(self, text: str, reopened: bool) -> None:
        self.text = text
        self.reopened = reopened
        self.open: list[int] = []  # where the marks of the open quotations stand
        self.open_of: dict[str, list[int]] = {family: [] for family in _FAMILIES}  # the same, each family apart
        self.sides: dict[int, tuple[str, str]] = {}  # what stands before and after each mark, but for other marks
        for run in _RUN.finditer(text):
            sides = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
            self.sides.update(dict.fromkeys(range(*run.span()), sides))
        self.measures = {match.end() - 1 for match in _MEASURE.finditer(text)}
        self.paired = self._paired()
        self.singles = [at for at in self.sides if self._opens_single(at) or self._closes_single(at)]
        self.last_closing = max(filter(self._closes_single, self.singles), default=-1)

    def depths(self) -> bytes:
        """Returns the depth of every character."""
        painted = bytearray()
        for at in self.sides:
            painted += self._depth() * (at - len(painted))
            opens = self._opens(at)
            if opens:
                if self._replaces(at):
                    self._pop()
                self.open.append(at)
                self._of(at).append(at)
            elif opens is False:
                while self.open[-1] != self._of(at)[-1]:
                    self._pop()  # never closed
            painted += self._depth()
            if opens is False:
                self._pop()
        return bytes(painted + self._depth() * (len(self.text) - len(painted)))

    def _replaces(self, at: int) -> bool:
        """Tells whether the innermost quotation, never closed, ends where another of its family begins."""
        last = self.open[-1] if self.open else None
        if last is None or last not in self._of(at)[-1:] or last in self.paired:
            return False
        return at not in self.paired or self.text[last] != '"'

    def _pop(self) -> None:
        self._of(self.open.pop()).pop()

    def _of(self, at: int) -> list[int]:
        """Returns the open quotations of the family of a mark."""
        return self.open_of[_FAMILY[self.text[at]]]

    def _depth(self) -> bytes:
        return bytes([min(len(self.open), 2)])

    def _paired(self) -> set[int]:
        """Returns where the opening marks stand that a closing mark of their shape answers."""
        paired = set()
        opening: dict[str, list[int]] = {"”": [], "»": []}
        for at in self.sides:
            match self.text[at]:
                case "“":
                    opening["”"].append(at)
                case "«":
                    opening["»"].append(at)
                case "”" | "»" as closing if opening[closing]:
                    paired.add(opening[closing].pop())
        return paired

    def _opens(self, at: int) -> bool | None:
        """Tells whether a mark opens a quotation (True), closes an open one (False) or does neither."""
        opener = next(reversed(self._of(at)), None)
        if self.text[at] in _SINGLE:
            return self._single(at, opener)
        opened_by = self.text[opener] if opener is not None else ""
        return self._straight(at, opened_by) if self.text[at] == '"' else self._shaped(at, opened_by)

    def _shaped(self, at: int, opened_by: str) -> bool | None:
        opens_by_place, closes_by_place = self._place(at)
        match self.text[at]:
            case "“":  # the closing mark of German, too
                return not (opened_by and closes_by_place) and (opened_by != "„" or opens_by_place)
            case "«":
                return opened_by != "»"
            case "”" | "»":  # the opening mark of Swedish and Danish, too
                return False if opened_by else (opens_by_place or None)
        return True

    def _straight(self, at: int, opened_by: str) -> bool | None:
        opens_by_place, closes_by_place = self._place(at)
        if at in self.measures or (self.sides[at][0].isdigit() and self._measures(at, opened_by)):
            return None
        if opened_by:
            return opens_by_place
        return None if closes_by_place else True

    def _place(self, at: int) -> tuple[bool, bool]:
        """Tells whether a mark stands where one opens, and only there, and whether where one closes, and only there."""
        before, after = self.sides[at]
        opens = before in _OPENED_AFTER or not before.strip()
        closes = after in _CLOSED_BEFORE or not after.strip()
        return opens and not closes, closes and not opens

    def _measures(self, at: int, opened_by: str) -> bool:
        """Tells whether a straight mark after a digit is for inches rather than closing."""
        if not opened_by:
            return True
        following = self.text.find('"', at + 1)
        return following > 0 and self._place(following)[1]

    def _single(self, at: int, opener: int | None) -> bool | None:
        if self._opens_single(at):
            first = at == 0 and (self.reopened or self.text[0] == "‘")
            return True if first or at < self.last_closing else None
        closes = opener is not None and (self._closes_single(at) or self.text[opener] + self.text[at] == "‚‘")
        return False if closes and not (opener is not None and self._possesses(at, opener)) else None

    def _opens_single(self, at: int) -> bool:
        before, after = self.sides[at]
        return (
            self.text[at] in "'‘‚‛"
            and (before in _OPENED_AFTER or not before.strip())
            and (after.isalnum() or after in _FIRST)
            and not _ELISION.match(self.text, at)
        )

    def _closes_single(self, at: int) -> bool:
        before, after = self.sides[at]
        return self.text[at] in "'’" and bool(before.strip()) and not after.isalnum()

    def _possesses(self, at: int, opener: int) -> bool:
        """Tells whether a single mark is the apostrophe of a plural, a later one closing the quotation."""
        plural = self.text[at - 1] in "sS" and _POSSESSED.match(self.text, at)
        later = bisect_right(self.singles, at)
        if not plural or not _LONG.match(self.text, opener, at) or later == len(self.singles):
            return False
        following = self.singles[later]
        return self._closes_single(following) and self.sides[following][0] in ".,!?…"

"""Plain text to blocks.

A line is a paragraph, unless the text is wrapped by hand: then the lines between two empty ones are. A text counts as
wrapped when its lines end because the next word would not have fitted, not because a sentence was over.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from slantwise_models.text.boilerplate import is_boilerplate, is_worded
from slantwise_models.text.document import Block
from slantwise_models.text.lines import lines, trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_QUOTED = re.compile(r"(?:>\s?)+(?!\d)")  # not "greater than"
_ITEM = re.compile(r"(?:[-*+•–—]|\d{1,3}[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…:][\"'”’)\]]*$")
_NARROWEST, _WIDEST = 50, 100  # characters of a wrapped line, the longest of its text
_LEAST_WRAPPED = 3  # lines before a text counts as wrapped
_HEADING = 80  # characters at most
_TITLE = re.compile(r"(?!By\s)[\"'“‘]?[A-Z0-9].*[\w)%”’\"']", re.DOTALL)


class _Line(NamedTuple):
    """A line without the white space at its edges.

    Attributes:
        begin: Where it begins.
        end: Where it ends.
        prose: Where its prose begins, past the markers of a quotation.
        width: Its length from the margin, in characters.
        text: Its prose.
    """

    begin: int
    end: int
    prose: int
    width: int
    text: str

    @property
    def quoted(self) -> bool:
        """Whether it is marked as a quotation."""
        return self.prose > self.begin


def blocks(text: str) -> list[Block]:
    """Returns the paragraphs of plain text."""
    runs = list(_runs(text))
    width = _width(runs)
    paragraphs = [part for run in runs for part in ([run] if _wrapped(run, width) else [[line] for line in run])]
    found: list[Block] = []
    for paragraph, following in pairwise([*paragraphs, []]):
        begin, end = paragraph[0].begin, paragraph[-1].end
        prose = " ".join(line.text for line in paragraph)
        if not prose and found and found[-1].kind == "BLOCK_QUOTE":
            found[-1] = replace(found[-1], end=end)  # an empty line of the quotation
        elif not is_worded(prose):
            found.append(Block("BOILERPLATE", begin, end, ()))
        else:
            found.append(Block(_kind(paragraph, following, prose), begin, end, _pieces(paragraph)))
    return found


def _runs(text: str) -> Iterator[list[_Line]]:
    """Yields the runs of lines that could be one paragraph: up to an empty line, an item or another quotation."""
    run: list[_Line] = []
    for begin, end in lines(text):
        margin = begin
        begin, end = trim(text, begin, end)  # noqa: PLW2901
        marker = _QUOTED.match(text, begin, end)
        prose = marker.end() if marker else begin
        line = _Line(begin, end, prose, end - margin, text[prose:end])
        apart = not line.text or line.quoted != run[-1].quoted if run else False
        if run and (apart or _ITEM.match(line.text)):
            yield run
            run = []
        if line.text:
            run.append(line)
        elif begin < end:
            yield [line]
    if run:
        yield run


def _overflows(line: _Line, following: _Line, width: int) -> bool:
    """Tells whether the first word of the line that follows would have made this one too wide."""
    return line.width + 1 + len(following.text.split(maxsplit=1)[0]) > width


def _width(runs: Sequence[Sequence[_Line]]) -> int:
    """Returns the width that a text is wrapped to, 0 when it is not."""
    pairs = [pair for run in runs for pair in pairwise(run)]
    width = max((line.width for line, _ in pairs if " " in line.text), default=0)
    overflowing = sum(_overflows(line, following, width) for line, following in pairs)
    ended = sum(bool(_SENTENCE_END.search(line.text)) for line, _ in pairs)
    wrapped = len(pairs) >= _LEAST_WRAPPED and overflowing >= 2 / 3 * len(pairs) and ended <= len(pairs) / 2
    return width if wrapped and _NARROWEST <= width <= _WIDEST else 0


def _wrapped(run: Sequence[_Line], width: int) -> bool:
    """Tells whether a run is one paragraph, in a text wrapped to a width."""
    return width > 0 and all(_overflows(line, following, width) for line, following in pairwise(run))


def _kind(paragraph: Sequence[_Line], following: Sequence[_Line], prose: str) -> str:
    if is_boilerplate(prose):
        return "BOILERPLATE"
    if paragraph[0].quoted:
        return "BLOCK_QUOTE"
    return "HEADING" if _heads(prose, " ".join(line.text for line in following)) else "BODY"


def _heads(prose: str, following: str) -> bool:
    """Tells whether a paragraph is a heading: short, without an end, and what follows is long and has one."""
    return (
        len(prose) <= _HEADING
        and bool(_TITLE.fullmatch(prose))
        and len(following) >= max(_HEADING, 2 * len(prose))
        and bool(_SENTENCE_END.search(following))
    )


def _pieces(paragraph: Sequence[_Line]) -> tuple[tuple[int, int], ...]:
    """Returns the prose of the lines of a paragraph, line breaks included."""
    pieces: list[tuple[int, int]] = []
    for at, line in enumerate(paragraph, start=1):
        begin, end = line.prose, paragraph[at].begin if at < len(paragraph) else line.end
        if pieces and pieces[-1][1] == begin:
            begin = pieces.pop()[0]
        pieces.append((begin, end))
    return tuple(pieces)

"""Markdown to blocks, on the offsets of its source.

The parser says which lines a block takes and what its inline source is; each line of that is the end of a line of the
text, past indentation and the markers of containers, and so every character is found again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

from slantwise_models.text import inline
from slantwise_models.text.boilerplate import is_boilerplate, is_worded
from slantwise_models.text.document import Block
from slantwise_models.text.lines import ranges, trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


def _parser() -> MarkdownIt:
    return (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .disable(["inline", "text_join", "fragments_join"])  # which lose positions; `inline.prose` stands in for them
    )


def _ends(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: ARG001 - the parser's signature
    """Whether a line ends the paragraph or block quotation before it: asked silently, always; it is itself no block."""
    return silent


_PARSER = _parser()
_LINE_PARSER = _parser()  # for texts in which every line is a paragraph
_LINE_PARSER.block.ruler.before("paragraph", "line", _ends, {"alt": ["paragraph", "blockquote"]})
_LONG = 120  # characters of a line that nobody wrapped
_LINE = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")
_ROW_START = re.compile(r"\A(?:[\s>|]|[-+*]\s|\d+[.)]\s)*")
_CONTAINERS = {"blockquote": "BLOCK_QUOTE", "list_item": "LIST_ITEM"}


class _Match(NamedTuple):
    """A stretch of a block's inline source and where it is in the text; of the same length unless a line break."""

    begin: int
    end: int
    text_begin: int
    text_end: int


def blocks(text: str) -> list[Block]:
    """Returns the paragraphs of Markdown: the parser's, and between them what it gives to none, a line each."""
    lines = list(ranges(_LINE.findall(text)))
    found: list[Block] = []
    done = 0
    for kind, (first, last), pieces in [*_parse(text, lines), ("", (len(lines), len(lines)), [])]:
        for line in lines[done:first]:
            begin, end = trim(text, *line)
            if begin < end and found and found[-1].kind == "BLOCK_QUOTE" and not text[begin:end].strip("> \t"):
                found[-1] = replace(found[-1], end=end)
            elif begin < end:
                found.append(Block("BOILERPLATE", begin, end, ()))
        done = last
        if first < last:
            begin, end = trim(text, lines[first][0], lines[last - 1][1])
            if begin < end:
                found.append(_block(text, kind, begin, end, pieces))
    return found


def _block(text: str, kind: str, begin: int, end: int, pieces: Sequence[tuple[int, int]]) -> Block:
    prose = "".join(text[slice(*piece)] for piece in pieces)
    if not is_worded(prose):
        return Block(kind if kind == "CODE" else "BOILERPLATE", begin, end, ())
    if kind != "HEADING" and is_boilerplate(prose):
        kind = "BOILERPLATE"
    inside = ((max(piece[0], begin), min(piece[1], end)) for piece in pieces)  # without a break at the very end
    return Block(kind, begin, end, tuple(piece for piece in inside if piece[0] < piece[1]))


def _by_line(lines: Sequence[str]) -> bool:
    """Whether the lines of a text are its paragraphs, as where an editor shows every line break.

    CommonMark joins such lines, and a block quotation swallows the line after it. They are told by their length, and by
    there being fewer empty lines than lines that follow upon one another.
    """
    full = [bool(line.strip()) for line in lines]
    follow = sum(a and b for a, b in pairwise(full))
    apart = sum(a and not b for a, b in pairwise(full))
    return follow > apart and sum(len(line) > _LONG for line in lines) * 3 >= sum(full)


def _parse(
    text: str, lines: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, tuple[int, int], Sequence[tuple[int, int]]]]:
    """Yields the leaf blocks: their kinds, lines and pieces."""
    bare = [text[begin:end].rstrip("\r\n").replace("\0", "\ufffd") for begin, end in lines]  # as the parser does
    references: EnvType = {}
    containers: list[str] = []
    tokens = (_LINE_PARSER if _by_line(bare) else _PARSER).parse("\n".join(bare), references)
    for before, token in pairwise([*tokens[:1], *tokens]):
        name, _, side = token.type.rpartition("_")
        if name in _CONTAINERS:
            if side == "open":
                containers.append(_CONTAINERS[name])
            else:
                containers.pop()
        kind = "BLOCK_QUOTE" if "BLOCK_QUOTE" in containers else containers[-1] if containers else "BODY"
        match token.type:
            case "inline" if before.type in ("heading_open", "paragraph_open") and before.map:
                matches = _matches(token.content, before, bare, lines)
                pieces = _pieces(inline.prose(token.content, _PARSER, references), matches)
                yield "HEADING" if before.type == "heading_open" else kind, _lines(before), pieces
            case "tr_open":
                first, _ = _lines(token)
                row = bare[first].rstrip().rstrip("|").rstrip()
                cells = _ROW_START.sub("", row)
                at = lines[first][0] + len(row) - len(cells)
                prose = inline.prose(cells, _PARSER, references)
                yield kind, (first, first + 1), [(at + begin, at + end) for begin, end in prose]
            case "fence" | "code_block" | "html_block":
                yield "CODE", _lines(token), ()
            case "hr":
                yield "BOILERPLATE", _lines(token), ()


def _lines(token: Token) -> tuple[int, int]:
    """Returns the lines of a block, from the first to one past the last."""
    assert token.map is not None, "blocks know their lines"
    first, last = token.map
    return first, last


def _matches(content: str, block: Token, bare: Sequence[str], lines: Sequence[tuple[int, int]]) -> Iterator[_Match]:
    """Yields where a block's inline source stands in the text, without the white space at the edges of its lines."""
    number = _lines(block)[0]
    for begin, end in ranges(_LINE.findall(content)):
        core_begin, core_end = trim(content, begin, end)
        if core_begin == core_end:
            continue
        core = content[core_begin:core_end]
        while (column := _column(bare[number], core, block.markup)) < 0:
            number += 1
        text_begin = lines[number][0] + column
        yield _Match(core_begin, core_end, text_begin, text_begin + len(core))
        if content[end - 1] == "\n":
            yield _Match(end - 1, end, lines[number][0] + len(bare[number]), lines[number][1])
        number += 1


def _column(line: str, core: str, markup: str) -> int:
    """Returns where in its line a line of inline source stands, or -1 when it is not of this line."""
    if markup.startswith("#"):
        heading = re.search(rf"{markup}\s+({re.escape(core)})(?:\s+#+)?\s*$", line)
        return heading.start(1) if heading else -1
    line = line.rstrip()
    return len(line) - len(core) if line.endswith(core) else -1


def _pieces(prose: Sequence[tuple[int, int]], matches: Iterator[_Match]) -> list[tuple[int, int]]:
    """Returns the ranges of the text that ranges of a block's inline source come from."""
    known = list(matches)
    pieces: list[tuple[int, int]] = []
    for begin, end in prose:
        for at in range(bisect_right(known, begin, key=lambda match: match.end), len(known)):
            match = known[at]
            if match.begin >= end:
                break
            text_begin, text_end = match.text_begin, match.text_end
            if match.end - match.begin == text_end - text_begin:
                text_begin += max(begin - match.begin, 0)
                text_end -= max(match.end - end, 0)
            if pieces and pieces[-1][1] == text_begin:
                text_begin = pieces.pop()[0]
            pieces.append((text_begin, text_end))
    return pieces

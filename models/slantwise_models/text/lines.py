"""The lines of a text, as ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""The characters that end a line, as for `str.splitlines`."""


def trim(text: str, begin: int, end: int) -> tuple[int, int]:
    """Returns `[begin, end)` without the white space at its edges; `(end, end)` when there is nothing else."""
    inner = text[begin:end].lstrip()
    begin = end - len(inner)
    return begin, begin + len(inner.rstrip())


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Yields the range of every line, its line break included."""
    return ranges(text.splitlines(keepends=True))


def ranges(parts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yields the range of every part in what the parts make together."""
    begin = 0
    for part in parts:
        yield begin, begin + len(part)
        begin += len(part)

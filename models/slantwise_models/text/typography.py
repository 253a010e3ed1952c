"""Typography that means the same: quotation marks of every shape, single, double or doubled from single ones."""

from __future__ import annotations

import re

_BEFORE_WORDS = re.compile(r"(?:(?<!\S)''|``)(?=\w|[$£€([])")
_AFTER_WORDS = re.compile(r"(?<=\S)''(?!\w)")
_STRAIGHT = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'")})


def doubled(text: str) -> str:
    """Return a text of the same length where two single marks that stand for a double one are that mark and a space."""
    return _AFTER_WORDS.sub('" ', _BEFORE_WORDS.sub(' "', text))


def straightened(text: str) -> str:
    """Return a text of the same length where every quotation mark is a straight one."""
    return text.translate(_STRAIGHT)


def levelled(text: str, depths: bytes) -> str:
    """Return a text of the same length where every quotation mark is a straight double one, and apostrophes straight.

    Args:
        text: A paragraph.
        depths: How deep in quotation marks each of its characters stands: a single mark at an edge quotes.
    """
    flat = straightened(text)
    if "'" not in flat:
        return flat
    around = bytes([0, *depths, 0])
    return "".join('"' if c == "'" and around[i + 1] > min(around[i], around[i + 2]) else c for i, c in enumerate(flat))

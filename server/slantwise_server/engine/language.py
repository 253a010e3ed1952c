"""Whether a text looks like the language it is analysed as."""

from __future__ import annotations

import re

# The commonest words of English: in English prose about four words in ten are among them, elsewhere hardly any.
_COMMON = frozenset(
    "the of and to in a is that for it was on are as with his they at be this from have or by not but what all were we "
    "when your can said there an which she do their if will he has had you i".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 30  # words from which a text is judged
_FEW = 0.1  # share of common words below which it does not look like English


def warning(text: str) -> str:
    """Return a sentence of warning when a text does not look like English, else nothing."""
    words = [match.group().lower() for match in _WORD.finditer(text[:20_000])]
    if len(words) < _ENOUGH or sum(word in _COMMON for word in words) >= _FEW * len(words):
        return ""
    return "The text does not look like English, which it was analysed as; its scores mean little."

"""Whether the source that an attribution names is the right one, as the gold documents' scorer sees it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"\w+")
_PASSED_OVER = frozenset({"the", "a", "an", "of", "mr", "mrs", "ms", "dr"})
_ALIKE = 0.5  # share of words in common from which two names are one


def same_name(gold: str, ours: str) -> bool:
    """Return whether two names have half their words in common, or ours has the last word of the gold one."""
    wanted, told = _words(gold), _words(ours)
    common = sum((Counter(wanted) & Counter(told)).values())
    return bool(common) and (2 * common / (len(wanted) + len(told)) >= _ALIKE or wanted[-1] in told)


def _words(name: str) -> list[str]:
    return [word for word in _WORD.findall(name.lower()) if word not in _PASSED_OVER]


def sources_of(record: dict[str, Any]) -> list[str | None]:
    """Return whom each character is attributed to: empty when nobody is named, None where the author speaks."""
    out: list[str | None] = [None] * len(record["content"])
    for segment in record["voice_segments"]:
        if segment["voice"] in ("ATTRIBUTED", "QUOTED"):
            where = slice(segment["begin"], segment["end"])
            out[where] = [segment.get("source") or ""] * (segment["end"] - segment["begin"])
    return out


def named_right(sources: Sequence[str | None], contents: Iterable[tuple[int, int]], ours: str) -> bool:
    """Return whether most of some contents are a source's, and this source's.

    Args:
        sources: Whom each character is attributed to (`sources_of`).
        contents: The spans of the contents.
        ours: The source they are attributed to, empty when nobody is named.
    """
    named = Counter(name for begin, end in contents for name in sources[begin:end]).most_common(1)[0][0]
    return named is not None and (same_name(named, ours) if named and ours else named == ours)

"""PolNeAR: who is cited for what in 1,008 articles (Newell, Margolin & Ruths 2018), with machine-made entity labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slantwise_models.corpora.example import Example, Pointer, Reader, Reading, records, tags, to_window, within
from slantwise_models.heads.attribution import CHANNELS, ROLES
from slantwise_models.heads.entities import TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTITIES = {
    short: TAGS.index(f"B-{name}")
    for short, name in (("PER", "PERSON"), ("ORG", "ORGANIZATION"), ("LOC", "LOCATION"), ("MISC", "OTHER"))
}
_STRIDE = 3  # every third piece of content points: its neighbours would say the same


def polnear(data: Path, reader: Reader, split: str) -> Iterator[Example]:
    """Yield the windows of a split, with roles, pointers and entities."""
    entities = {r["id"]: r["entities"] for r in records(data / "ner" / f"polnear_silver.{split}.jsonl")}
    for record in records(data / "attribution" / f"polnear.{split}.jsonl"):
        reading = reader.read(record["text"])
        tokens = reading.tokens
        roles = role_tags(reading, record["attributions"])
        names = None
        if record["id"] in entities:
            names = tags(tokens, [(b, e, _ENTITIES[kind]) for b, e, kind in entities[record["id"]]])
        for window in reading.windows:
            shown = reader.inputs(reading, window)
            example = Example(shown, ("attribution",), {"role": to_window(roles, shown, window)})
            if names is not None:
                example.heads += ("entities",)
                example.pieces["entity"] = to_window(names, shown, window)
            position = {int(t): i for i, t in enumerate(shown.tokens) if t >= 0}
            for attribution in record["attributions"]:
                example.pointers.extend(
                    _pointers(reading, record["text"], attribution, position, len(shown), window.begin)
                )
            yield example


def role_tags(reading: Reading, attributions: list[dict[str, Any]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the role of every token; the corpus gives each only one."""
    spans: list[tuple[int, int, int]] = []
    for attribution in attributions:
        for part in ("content", "cue", "source"):
            label = ROLES.index(f"B-{part.upper()}")
            spans.extend((b, e, label) for b, e in attribution[part])
    return tags(reading.tokens, spans)


def _pointers(
    reading: Reading, text: str, attribution: dict[str, Any], position: dict[int, int], length: int, begin: int
) -> Iterator[Pointer]:
    goals: list[tuple[int, int | None]] = []
    for part, name in (("source", "SOURCE"), ("cue", "CUE")):
        spans = attribution[part]
        goals.append((CHANNELS.index(name), within(reading.tokens, *spans[0]).start if spans else None))
    if attribution["source"]:
        b, e = attribution["source"][0]
        if any(word[0].isupper() and word.lower() not in _PRONOUNS for word in text[b:e].split()):
            goals.append((CHANNELS.index("NAME"), goals[0][1]))
    starts = [
        position[t]
        for b, e in attribution["content"]
        for t in range(within(reading.tokens, b, e).start, within(reading.tokens, b, e).stop, _STRIDE)
        if t >= begin and t in position
    ]
    for channel, goal in goals:
        to = np.zeros(length, bool)
        if goal is None:
            to[0] = True
        elif goal in position:
            to[position[goal]] = True
        else:
            continue
        for start in starts:
            yield Pointer(channel, start, to)


_PRONOUNS = frozenset(
    {"he", "she", "it", "they", "we", "i", "you", "who", "his", "her", "their", "the", "a", "an", "this"}
)

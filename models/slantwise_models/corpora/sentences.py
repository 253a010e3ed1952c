"""Corpora of single sentences or posts: loaded language, entities, stance and sentiment towards a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.corpora.attribution import _ENTITIES
from slantwise_models.corpora.example import Example, Group, Reader, records, tags, to_window, within
from slantwise_models.heads.stance import NEUTRAL, POLAR, STANCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LABELS = {
    "favor": "FAVOR", "against": "AGAINST", "none": "NEUTRAL", "positive": "FAVOR", "negative": "AGAINST",
    "neutral": "NEUTRAL",
}  # fmt: skip


def stance_label(label: str) -> int:
    """Return the number of a corpus's stance or sentiment label."""
    return STANCES.index(_LABELS[label])


def loaded(data: Path, reader: Reader, name: str, split: str) -> Iterator[Example]:
    """Yield sentences with their biased words and whether annotators found them biased (BABE, MBIC)."""
    for record in records(data / "lexical_bias" / f"{name}.{split}.jsonl"):
        reading = reader.read(record["text"])
        spans = [(s["start"], s["end"], 1) if isinstance(s, dict) else (s[0], s[1], 1) for s in record["biased_spans"]]
        words = np.minimum(tags(reading.tokens, spans), 1)
        for window in reading.windows:
            shown = reader.inputs(reading, window)
            group = Group(shown.scored(window), int(record["label"] == "biased"))
            yield Example(shown, ("loaded",), {"loaded": to_window(words, shown, window)}, {"bias": [group]})


def entities(data: Path, reader: Reader, name: str, split: str) -> Iterator[Example]:
    """Yield documents with named entities marked by people (WikiGold)."""
    for record in records(data / "ner" / f"{name}.{split}.jsonl"):
        reading = reader.read(record["text"])
        names = tags(reading.tokens, [(b, e, _ENTITIES[kind]) for b, e, kind in record["entities"]])
        for window in reading.windows:
            shown = reader.inputs(reading, window)
            yield Example(shown, ("entities",), {"entity": to_window(names, shown, window)})


def pairs(data: Path, reader: Reader, file: str) -> Iterator[Example]:
    """Yield texts with the stance towards a target that is read before them; `file` is such as `stance/vast.train`."""
    rows = list(records(data / f"{file}.jsonl"))
    offset = 0 if any(stance_label(record["label"]) == NEUTRAL for record in rows) else POLAR
    for record in rows:
        reading = reader.read(record["text"])
        target = record["mention"] if "mention" in record else record["target"]
        for window in reading.windows[:1]:
            shown = reader.inputs(reading, window, target)
            group = Group(shown.scored(window), offset + stance_label(record["label"]))
            yield Example(shown, ("stance",), {}, {"stance": [group]})


def mentions(data: Path, reader: Reader, file: str) -> Iterator[Example]:
    """Yield sentences with the sentiment towards a thing they name; `file` is such as `target_sentiment/newsmtsc.train`."""
    for record in records(data / f"{file}.jsonl"):
        reading = reader.read(record["text"])
        for window in reading.windows[:1]:
            shown = reader.inputs(reading, window)
            where = within(reading.tokens, *record["target"])
            group = Group((shown.tokens >= where.start) & (shown.tokens < where.stop), stance_label(record["label"]))
            if group.where.any():
                yield Example(shown, ("stance",), {}, {"mention": [group]})

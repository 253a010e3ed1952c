"""Documents annotated by our own guidelines (`gold/GUIDELINES.md`): every head's labels on the same text."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from slantwise_models.corpora.example import (
    Bools,
    Example,
    Group,
    Ints,
    Pointer,
    Reader,
    Reading,
    records,
    to_window,
    within,
)
from slantwise_models.heads._math import IGNORED
from slantwise_models.heads.attribution import CHANNELS, ROLES
from slantwise_models.heads.frames import FRAMES
from slantwise_models.heads.stance import NEUTRAL, STANCES
from slantwise_models.heads.voice import KINDS, VOICES

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from slantwise_models.window import Window

Record = dict[str, Any]
_AUTHOR = ("EDITORIAL", "REPORTED_FACT")
_STRIDE = 3


def held_out(document_id: str) -> bool:
    """Return whether a document is kept from training, for calibration and thresholds: one in twelve."""
    return hashlib.sha256(document_id.encode()).digest()[0] % 12 == 0


def silver(path: Path, more: Sequence[Record] = (), *, calibration: bool = False) -> list[Record]:
    """Return the documents to train on, or those held out for calibration; `more` are of the same make."""
    return [r for r in (*records(path), *more) if held_out(r["document_id"]) == calibration]


def voices_of(record: Record) -> Ints:
    """Return the number of the voice of each character; white space between segments is nobody's."""
    out = np.full(len(record["content"]), VOICES.index("NONE"), np.int64)
    for segment in record["voice_segments"]:
        out[segment["begin"] : segment["end"]] = VOICES.index(segment["voice"])
    return out


def analyses(record: Record, reader: Reader) -> Iterator[Example]:
    """Yield a document's windows with the labels of every head that reads the text alone."""
    reading = reader.read(record["content"], record["media_type"])
    tokens = reading.tokens
    voice, kind = np.full(len(tokens), VOICES.index("NONE"), np.int64), np.full(len(tokens), IGNORED, np.int64)
    load = np.zeros(len(tokens), np.int64)
    for segment in record["voice_segments"]:
        where = within(tokens, segment["begin"], segment["end"])
        voice[where] = VOICES.index(segment["voice"])
        if segment["voice"] == "EDITORIAL":
            kind[where] = KINDS.index(segment["kind"])
        elif segment["voice"] != "REPORTED_FACT":
            load[where] = IGNORED  # a source's words are not marked, loaded or not
    for begin, end in record["loaded"]:
        load[within(tokens, begin, end)] = 1
    roles = np.full(len(tokens), IGNORED, np.int64)
    for begin, end, role in record.get("parts", ()):  # known of a variant's new words
        where = within(tokens, begin, end)
        roles[where] = ROLES.index(f"I-{role}")
        roles[where.start : min(where.start + 1, where.stop)] = ROLES.index(f"B-{role}")
    goals = [_goals(record["content"], segment, reading) for segment in record["voice_segments"]]
    stances = list(_mentions(record, reading))
    for window in reading.windows:
        shown = reader.inputs(reading, window)
        example = Example(
            shown,
            ("voice", "attribution", "loaded"),
            {
                "voice": to_window(voice, shown, window),
                "kind": to_window(kind, shown, window),
                "loaded": to_window(load, shown, window),
                "role": to_window(roles, shown, window),
            },
        )
        _point(example, reading, window, record["voice_segments"], goals)
        frames = list(_frames(record, reading, shown.tokens, window))
        if frames:
            example.heads += ("frames",)
            example.groups["frames"] = frames
        mentions = [g for g in (_shown(where, label, shown.tokens, window) for where, label in stances) if g]
        if mentions:
            example.heads += ("stance",)
            example.groups["mention"] = mentions
        yield example


def _shown(where: slice, label: int, shown: Any, window: Window) -> Group | None:
    group = Group((shown >= max(where.start, window.begin)) & (shown < where.stop), label)
    return group if group.where.any() else None


def _frames(record: Record, reading: Reading, shown: Any, window: Window) -> Iterator[Group]:
    for paragraph in record["paragraphs"]:
        where = within(reading.tokens, paragraph["begin"], paragraph["end"])
        labels = np.array([frame in paragraph["frames"] for frame in FRAMES], np.int64)
        group = Group((shown >= max(where.start, window.begin)) & (shown < where.stop), labels)
        if 2 * int(group.where.sum()) > where.stop - where.start:
            yield group


def _goals(content: str, segment: Record, reading: Reading) -> dict[int, list[int] | None]:
    """Return, by channel, the tokens a segment's content may point to; none of them for [CLS], None for not known."""
    if segment["voice"] not in ("ATTRIBUTED", "QUOTED"):
        return {}
    tokens = reading.tokens

    def starts(phrase: str | None) -> list[int]:
        found = [m.start() for m in re.finditer(re.escape(phrase), content)] if phrase else []
        return [w.start for w in (within(tokens, b, b + len(phrase or "")) for b in found) if w.stop > w.start]

    goals: dict[int, list[int] | None] = {}
    own = within(tokens, segment["begin"], segment["end"])
    block = tokens.blocks[own.start] if own.stop > own.start else -1
    for channel, phrase in (("NAME", segment["source"]), ("VIA", segment["via"])):
        goals[CHANNELS.index(channel)] = (starts(phrase) or None) if phrase else []
    for channel, phrase in (("SOURCE", segment["source"]), ("CUE", segment["cue"])):
        near = [t for t in starts(phrase) if tokens.blocks[t] == block and not own.start <= t < own.stop]
        nearest = min(near, key=lambda t: min(abs(t - own.start), abs(t - own.stop)), default=None)
        goals[CHANNELS.index(channel)] = [] if not phrase else None if nearest is None else [nearest]
    return goals


def _point(
    example: Example, reading: Reading, window: Window, segments: list[Record], goals: list[dict[int, list[int] | None]]
) -> None:
    position = {int(t): i for i, t in enumerate(example.inputs.tokens) if t >= 0}
    for segment, by_channel in zip(segments, goals, strict=True):
        own = within(reading.tokens, segment["begin"], segment["end"])
        starts = [position[t] for t in range(max(own.start, window.begin), min(own.stop, window.end), _STRIDE)]
        for channel, goal in by_channel.items():
            if goal is None:
                continue
            to: Bools = np.zeros(len(example), bool)
            to[[position[t] for t in goal if t in position]] = True
            to[0] = not goal
            if to.any():
                example.pointers.extend(Pointer(channel, start, to) for start in starts)


def mention_spans(content: str, name: str) -> list[tuple[int, int]]:
    """Return where a text names a target: by the whole name, or by its last word when that is a capitalised name."""
    last = name.rsplit(maxsplit=1)[-1]
    forms = [name, last] if last[:1].isupper() and len(last) > 3 else [name]
    found: list[tuple[int, int]] = []
    for form in forms:
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", content, re.IGNORECASE if form == name else 0):
            if not any(b < match.end() and match.start() < e for b, e in found):
                found.append(match.span())
    return sorted(found)


def _mentions(record: Record, reading: Reading) -> Iterator[tuple[slice, int]]:
    """Yield the mentions of targets with the stance of the segment around each."""
    segments = record["voice_segments"]
    stances = {(s["segment"], s["target"]): STANCES.index(s["label"]) for s in record["segment_stance"]}
    for target in record["targets"]:
        for begin, end in mention_spans(record["content"], target["name"]):
            index = next((i for i, s in enumerate(segments) if s["begin"] <= begin and end <= s["end"]), None)
            if index is not None:
                yield within(reading.tokens, begin, end), stances.get((index, target["name"]), NEUTRAL)


def stances(
    record: Record, reader: Reader, rng: random.Random, share: float, strangers: Sequence[str] = ()
) -> Iterator[Example]:
    """Yield windows read with a target, for a random share of the targets: the author's stance, and each segment's.

    The author's stance over a window is the document's where one of its segments takes it or the document is neutral; a
    window of a document that takes sides only elsewhere says nothing for certain, so it is left out. Towards some of
    `strangers`, names that the document does not hold, its author is neutral.
    """
    reading = reader.read(record["content"], record["media_type"])
    segments = record["voice_segments"]
    where = [within(reading.tokens, s["begin"], s["end"]) for s in segments]
    absent = [name for name in strangers if not mention_spans(record["content"], name)]
    if absent and rng.random() < share:
        name, window = rng.choice(absent), rng.choice(reading.windows)
        shown = reader.inputs(reading, window, name)
        yield Example(shown, ("stance",), {}, {"stance": [Group(shown.scored(window), NEUTRAL)]})
    for target in record["targets"]:
        if rng.random() >= share:
            continue
        marked = {s["segment"]: s["label"] for s in record["segment_stance"] if s["target"] == target["name"]}
        # A window that takes sides on the target, when there is one, three times in four.
        telling = [
            w for w in reading.windows if any(where[i].start < w.end and w.begin < where[i].stop for i in marked)
        ]
        window = rng.choice(telling if telling and rng.random() < 0.75 else reading.windows)
        shown = reader.inputs(reading, window, target["name"])
        groups = []
        author = np.zeros(len(shown), bool)
        takes_side = False
        for i, segment in enumerate(segments):
            group = _shown(where[i], NEUTRAL, shown.tokens, window)
            if group is None:
                continue
            if segment["voice"] in _AUTHOR:
                author |= group.where
                takes_side |= i in marked
            if i in marked:
                groups.append(Group(group.where, STANCES.index(marked[i])))
            elif segment["voice"] != "NONE" and rng.random() < 0.25:
                groups.append(group)
        if author.any() and (takes_side or target["author_stance"] == "NEUTRAL"):
            groups.append(Group(author, STANCES.index(target["author_stance"])))
        if groups:
            yield Example(shown, ("stance",), {}, {"stance": groups})

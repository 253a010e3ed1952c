"""Whole attributions: contents with the sources and cues they belong to, compared with those of a corpus."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from slantwise_models.evaluation.figures import f1
from slantwise_models.heads.attribution import CHANNELS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slantwise_models.corpora.example import Reading
    from slantwise_server.engine.scores import Scores

Span = tuple[int, int]
_WORD = re.compile(r"\w+")
PARTS = ("source", "cue", "content")


@dataclass(slots=True)
class Linked:
    """One attribution: the spans of its source, cue and content, code points of the text; a part may have none."""

    source: list[Span] = field(default_factory=list)
    cue: list[Span] = field(default_factory=list)
    content: list[Span] = field(default_factory=list)

    @classmethod
    def of(cls, record: dict[str, Any]) -> Linked:
        """Return an attribution as a corpus stores it, parts by name."""
        return cls(*([(int(b), int(e)) for b, e in record[part]] for part in PARTS))


def found(reading: Reading, scores: Scores) -> list[Linked]:
    """Return the attributions that the heads find: runs of content, joined by the source and cue they point to."""
    roles = [ROLES[i].split("-")[-1] for i in scores.pieces["role"].argmax(axis=-1).tolist()]
    starts = [ROLES[i].startswith("B-") for i in scores.pieces["role"].argmax(axis=-1).tolist()]
    tokens = reading.tokens

    def run(piece: int, role: str) -> Span:
        begin, end = piece, piece + 1
        while begin > 0 and roles[begin] == role == roles[begin - 1] and not starts[begin]:
            begin -= 1
        while end < len(roles) and roles[end] == role and not starts[end]:
            end += 1
        return begin, end

    def characters(pieces: Span) -> Span:
        return int(tokens.begins[pieces[0]]), int(tokens.ends[pieces[1] - 1])

    by_link: dict[Any, Linked] = {}
    piece = 0
    while piece < len(roles):
        if roles[piece] != "CONTENT":
            piece += 1
            continue
        begin, end = piece, run(piece, "CONTENT")[1]
        piece = end
        links = []
        for channel, role in (("SOURCE", "SOURCE"), ("CUE", "CUE")):
            pointed, nowhere = scores.pointed(begin, end, CHANNELS.index(channel))
            mass: dict[Span, float] = {}
            for goal, share in pointed.items():
                span = run(goal, role)
                mass[span] = mass.get(span, 0.0) + share
            best = max(mass, key=lambda span: mass[span], default=None)
            links.append(best if best is not None and mass[best] > nowhere else None)
        key = links[1] or links[0] or begin
        linked = by_link.setdefault(key, Linked(*([characters(x)] if x else [] for x in links)))
        linked.content.append(characters((begin, end)))
    return list(by_link.values())


class Tally:
    """Counts exact contents and whole attributions over documents."""

    def __init__(self) -> None:
        self.exact = np.zeros(3, int)  # right, chosen, gold
        self.whole = np.zeros(3, int)

    def add(self, text: str, gold: Sequence[Linked], ours: Sequence[Linked]) -> None:
        """Count one document; spans are compared by the words they hold, punctuation aside."""
        words = [match.span() for match in _WORD.finditer(text)]
        begins, ends = [b for b, _ in words], [e for _, e in words]

        def held(spans: Iterable[Span]) -> list[Span]:
            inside = ((bisect_right(ends, b), bisect_left(begins, e)) for b, e in spans)
            return [(first, last) for first, last in inside if last > first]

        exact_gold = {span for one in gold for span in held(one.content)}
        exact_ours = {span for one in ours for span in held(one.content)}
        self.exact += (len(exact_gold & exact_ours), len(exact_ours), len(exact_gold))
        theirs = [[_members(held(getattr(one, part))) for part in PARTS] for one in gold]
        mine = [[_members(held(getattr(one, part))) for part in PARTS] for one in ours]
        left, right = set(range(len(mine))), 0
        for parts in theirs:
            match = next((i for i in sorted(left) if all(map(_meet, parts, mine[i]))), None)
            if match is not None:
                left.remove(match)
                right += 1
        self.whole += (right, len(mine), len(theirs))

    def exact_f1(self) -> float:
        """Return the F1 of content spans that hold the same words."""
        return f1(*map(float, self.exact))

    def whole_f1(self) -> float:
        """Return the F1 of attributions all of whose parts overlap those of one of the corpus's, or are absent in both."""
        return f1(*map(float, self.whole))


def _members(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(i for first, last in spans for i in range(first, last))


def _meet(a: frozenset[int], b: frozenset[int]) -> bool:
    return bool(a & b) or not (a or b)

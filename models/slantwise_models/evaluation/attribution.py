"""PolNeAR: content, source and cue by token, exact contents and whole attributions, against rules and another tool."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.corpora.example import records
from slantwise_models.evaluation.figures import Figure, Reliability, f1, reliability
from slantwise_models.evaluation.floors import cue_rule, words
from slantwise_models.evaluation.linked import Linked, Span, Tally, found
from slantwise_models.heads._math import softmax
from slantwise_models.heads.attribution import ROLES
from slantwise_models.text import quotation_depths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from slantwise_models.evaluation.subject import Subject

PARTS = ("CONTENT", "SOURCE", "CUE")
_NEAR = 12  # words within which the rule looks for a cue verb


def attribution(data: Path, split: str, subject: Subject) -> tuple[list[Figure], list[Reliability]]:
    """Return the token F1 of each part, and how far the roles' probabilities are to be trusted."""
    file = f"attribution/polnear.{split}"
    documents = list(records(data / f"{file}.jsonl"))
    ours: Counter[tuple[str, str]] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    sure: list[tuple[float, bool]] = []
    tally, ruled = Tally(), Tally()
    for document, (reading, scores) in zip(documents, subject.texts(d["text"] for d in documents), strict=True):
        text = document["text"]
        spans = words(text)
        gold = {part: np.zeros(len(text), bool) for part in PARTS}
        for one in document["attributions"]:
            for part in PARTS:
                for b, e in one[part.lower()]:
                    gold[part][b:e] = True
        chance = softmax(scores.pieces["role"])
        best = chance.argmax(axis=-1)
        at = np.searchsorted(reading.tokens.begins, [b for b, _ in spans])
        lines = text.splitlines(keepends=True)
        inside = b"".join(quotation_depths(lines))
        cue, source = cue_rule(text, spans)
        linked = [Linked.of(one) for one in document["attributions"]]
        tally.add(text, linked, found(reading, scores))
        ruled.add(text, linked, _quotations(inside, spans, cue, source))
        for i, (b, _) in enumerate(spans):
            piece = int(at[i])
            read = piece < len(best) and int(reading.tokens.begins[piece]) == b
            role = ROLES[best[piece]].split("-")[-1] if read else "O"
            by_rule = "CUE" if cue[i] else "SOURCE" if source[i] else "O"
            for part in PARTS:
                _count(ours, part, chosen=role == part, gold=bool(gold[part][b]))
                held = inside[b] > 0 if part == "CONTENT" else by_rule == part
                _count(rules, part, chosen=held, gold=bool(gold[part][b]))
            if read:
                right = bool(gold[role][b]) if role != "O" else not any(gold[part][b] for part in PARTS)
                sure.append((float(_role_chance(chance[piece], role)), right))
    figures = [
        Figure(
            "attribution",
            file,
            f"{part.lower()} token F1",
            ours[part, "gold"],
            {"quotation marks" if part == "CONTENT" else "cue verbs": _of(rules, part)},
            "none found on this corpus",
            _of(ours, part),
        )
        for part in PARTS
    ]
    for metric, mine, theirs in (
        ("content exact-span F1", tally.exact_f1(), ruled.exact_f1()),
        ("whole attribution F1", tally.whole_f1(), ruled.whole_f1()),
    ):
        floors = {"quotation marks and cue verbs": theirs}
        figures.append(
            Figure("attribution", file, metric, int(tally.whole[2]), floors, "none found on this corpus", mine)
        )
    return figures, [reliability("attribution", file, sure)]


def _quotations(inside: bytes, spans: Sequence[Span], cue: Sequence[bool], source: Sequence[bool]) -> list[Linked]:
    """Return the attributions of two rules: each run of words in quotation marks, with the nearest cue verb and its subject."""

    def runs(held: Sequence[bool]) -> list[Span]:
        edges = [i for i in range(len(spans) + 1) if (i < len(spans) and held[i]) != (i > 0 and held[i - 1])]
        return list(zip(edges[::2], edges[1::2], strict=True))

    def characters(words: Span) -> Span:
        return spans[words[0]][0], spans[words[1] - 1][1]

    cues, sources = runs(cue), runs(source)
    out = []
    for first, last in runs([inside[b] > 0 for b, _ in spans]):

        def distance(words: Span, first: int = first, last: int = last) -> int:
            return min(abs(words[1] - first), abs(words[0] - last))

        parts = (min(found, key=distance, default=None) for found in (sources, cues))
        source_of, cue_of = ([characters(x)] if x is not None and distance(x) < _NEAR else [] for x in parts)
        out.append(Linked(source_of, cue_of, [characters((first, last))]))
    return out


def _role_chance(chance: np.ndarray[tuple[int], np.dtype[np.float32]], role: str) -> float:
    return sum(float(p) for name, p in zip(ROLES, chance, strict=True) if name.split("-")[-1] == role)


def _count(table: Counter[tuple[str, str]], part: str, *, chosen: bool, gold: bool) -> None:
    table[part, "right"] += chosen and gold
    table[part, "chosen"] += chosen
    table[part, "gold"] += gold


def _of(table: Counter[tuple[str, str]], part: str) -> float:
    return f1(table[part, "right"], table[part, "chosen"], table[part, "gold"])

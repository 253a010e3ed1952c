"""PolNeAR: token F1 of content, source and cue, against a quotation-mark rule and a cue-verb rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.corpora.example import records
from slantwise_models.evaluation.figures import Figure, Reliability, f1, reliability
from slantwise_models.evaluation.floors import cue_rule, words
from slantwise_models.heads._math import softmax
from slantwise_models.heads.attribution import ROLES
from slantwise_models.text import quotation_depths

if TYPE_CHECKING:
    from pathlib import Path

    from slantwise_models.evaluation.subject import Subject

PARTS = ("CONTENT", "SOURCE", "CUE")


def attribution(data: Path, split: str, subject: Subject) -> tuple[list[Figure], list[Reliability]]:
    """Return the token F1 of each part, and how far the roles' probabilities are to be trusted."""
    file = f"attribution/polnear.{split}"
    documents = list(records(data / f"{file}.jsonl"))
    ours: Counter[tuple[str, str]] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    sure: list[tuple[float, bool]] = []
    for document, (reading, scores) in zip(documents, subject.texts(d["text"] for d in documents), strict=True):
        text = document["text"]
        spans = words(text)
        gold = {part: np.zeros(len(text), bool) for part in PARTS}
        for found in document["attributions"]:
            for part in PARTS:
                for b, e in found[part.lower()]:
                    gold[part][b:e] = True
        chance = softmax(scores.pieces["role"])
        best = chance.argmax(axis=-1)
        at = np.searchsorted(reading.tokens.begins, [b for b, _ in spans])
        lines = text.splitlines(keepends=True)
        inside = b"".join(quotation_depths(lines))
        cue, source = cue_rule(text, spans)
        for i, (b, _) in enumerate(spans):
            piece = int(at[i])
            read = piece < len(best) and int(reading.tokens.begins[piece]) == b
            role = ROLES[best[piece]].split("-")[-1] if read else "O"
            by_rule = "CUE" if cue[i] else "SOURCE" if source[i] else "O"
            for part in PARTS:
                _count(ours, part, chosen=role == part, gold=bool(gold[part][b]))
                ruled = inside[b] > 0 if part == "CONTENT" else by_rule == part
                _count(rules, part, chosen=ruled, gold=bool(gold[part][b]))
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
    return figures, [reliability("attribution", file, sure)]


def _role_chance(chance: np.ndarray[tuple[int], np.dtype[np.float32]], role: str) -> float:
    return sum(float(p) for name, p in zip(ROLES, chance, strict=True) if name.split("-")[-1] == role)


def _count(table: Counter[tuple[str, str]], part: str, *, chosen: bool, gold: bool) -> None:
    table[part, "right"] += chosen and gold
    table[part, "chosen"] += chosen
    table[part, "gold"] += gold


def _of(table: Counter[tuple[str, str]], part: str) -> float:
    return f1(table[part, "right"], table[part, "chosen"], table[part, "gold"])

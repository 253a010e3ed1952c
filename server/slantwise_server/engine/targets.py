"""Targets: what a stance can be taken towards, requested or detected, with its mentions in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slantwise_server.engine.analysis import Span, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_server.engine.names import Entity, Names

MAX_DETECTED_TARGETS = 16
_PER_TITLE = 2.0  # a mention in the first tenth of the text counts so much: what a text is about, it names early


def requested(names: Sequence[str], text: str, known: Names) -> tuple[Target, ...]:
    """Return the requested targets in their order, each with its mentions: of the phrase, and of the entity it names."""
    found = []
    for name in names:
        entity = known.named(name)
        spans = [
            Span(*match.span())
            for match in re.finditer(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text, re.IGNORECASE)
        ]
        for span in entity.mentions if entity else ():
            if not any(span.begin < other.end and other.begin < span.end for other in spans):
                spans.append(span)
        found.append((name, entity.type if entity else "", tuple(sorted(spans))))
    total = sum(len(mentions) for _, _, mentions in found) or 1
    return tuple(
        Target(f"t{i}", name, "REQUESTED", kind, mentions, len(mentions) / total)
        for i, (name, kind, mentions) in enumerate(found, 1)
    )


def detected(text: str, known: Names) -> tuple[Target, ...]:
    """Return the most salient entities: named often, and early."""

    def weight(entity: Entity) -> float:
        early = len(text) / 10
        return sum(_PER_TITLE if span.begin < early else 1.0 for span in entity.mentions)

    ranked = sorted(known.entities, key=lambda e: (-weight(e), e.mentions[0]))[:MAX_DETECTED_TARGETS]
    total = sum(len(entity.mentions) for entity in ranked) or 1
    return tuple(
        Target(f"t{i}", e.name, "DETECTED", e.type, tuple(e.mentions), len(e.mentions) / total)
        for i, e in enumerate(ranked, 1)
    )

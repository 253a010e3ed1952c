"""Who is who: the mentions of one person, organisation or place, grouped under its fullest name."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slantwise_models.heads import entities as head
from slantwise_server.engine.analysis import Span

if TYPE_CHECKING:
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.backend import Floats

_WORD = re.compile(r"\w[\w'’.-]*\w|\w")
_LEADING = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:'s|’s|['’])$")
TITLES = frozenset(
    "Mr Mrs Ms Mx Dr Prof Sen Rep Gov Gen Lt Col Sgt Capt Rev Sir Dame Lord Lady President Senator Judge".split()
)
_SURE = 0.4  # probability from which a mention counts


@dataclass(slots=True)
class Entity:
    """Something that the document names.

    Attributes:
        name: Its fullest name.
        type: PERSON, ORGANIZATION, LOCATION or OTHER.
        words: The words of that name.
        mentions: Where it is named, in the order of the text.
    """

    name: str
    type: str
    words: list[str]
    mentions: list[Span] = field(default_factory=list)


class Names:
    """The entities of a document.

    Args:
        text: The document's text.
        tokens: Its pieces.
        logits: What the entity head says of them, [N, 9].
    """

    def __init__(self, text: str, tokens: Tokens, logits: Floats) -> None:
        self._text = text
        self.entities: list[Entity] = []
        self._at: list[tuple[Span, Entity]] = []  # disjoint
        self._by_last_word: defaultdict[str, list[Entity]] = defaultdict(list)
        found: list[tuple[Span, str]] = []
        for begin, end, kind, score in head.decode(logits):
            if score < _SURE:
                continue
            span = self._whole(int(tokens.begins[begin]), int(tokens.ends[end - 1]))
            if span is None or text[slice(*span)] in TITLES:
                continue
            gap = text[found[-1][0].end : span.begin] if found else "."
            if gap == "" or (gap == " " and kind == found[-1][1] == "PERSON"):  # one name that was tagged in two
                found[-1] = (Span(found[-1][0].begin, max(found[-1][0].end, span.end)), found[-1][1])
            else:
                found.append((span, kind))
        # Full names first: a later or earlier "Ilves" joins "Marta Ilves".
        for span, kind in sorted(found, key=lambda item: (-len(words(text[slice(*item[0])])), item[0])):
            self._at.append((span, self._entity(span, kind)))
        self._at.sort(key=lambda item: item[0])
        for span, entity in self._at:
            entity.mentions.append(span)
        for entities in (self.entities, *self._by_last_word.values()):
            entities.sort(key=lambda entity: entity.mentions[0])

    def _whole(self, begin: int, end: int) -> Span | None:
        """Return a mention widened to whole words, without article and possessive ending; None when nothing is left."""
        text = self._text
        while begin > 0 and (text[begin - 1].isalnum() and text[begin].isalnum()):
            begin -= 1
        while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
            end += 1
        if leading := _LEADING.match(text[begin:end]):
            begin += leading.end()
        if trailing := _TRAILING.search(text[begin:end]):
            end = begin + trailing.start()
        return Span(begin, end) if any(c.isalnum() for c in text[begin:end]) else None

    def _entity(self, span: Span, kind: str) -> Entity:
        name = " ".join(self._text[slice(*span)].split())
        mine = words(name)
        alike = self._by_last_word[mine[-1] if mine else ""]
        for entity in alike:
            if mine == entity.words or (kind == entity.type == "PERSON" and len(mine) < len(entity.words)):
                return entity
        entity = Entity(name, kind, mine)
        self.entities.append(entity)
        alike.append(entity)
        return entity

    def inside(self, span: Span) -> list[tuple[Span, Entity]]:
        """Return the mentions that overlap a span, in the order of the text."""
        first = bisect_right(self._at, span.begin, key=lambda item: item[0].end)
        return self._at[first : bisect_left(self._at, span.end, key=lambda item: item[0].begin)]

    def named(self, phrase: str) -> Entity | None:
        """Return the entity that a phrase names, by the whole name or by the last of its words."""
        wanted = words(phrase)
        alike = self._by_last_word.get(wanted[-1], []) if wanted else []
        for entity in alike:
            if entity.words == wanted:
                return entity
        for entity in alike:
            short = len(entity.words) == 1 or len(wanted) == 1
            if entity.type == "PERSON" and (short or entity.words[0] == wanted[0]):
                return entity
        return None


def words(name: str) -> list[str]:
    """Return the words of a name, in lower case, without a leading article."""
    return [word.lower() for word in _WORD.findall(_LEADING.sub("", name))]

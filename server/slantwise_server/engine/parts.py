"""Sources and cues as spans of the text, and the names of sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads._math import softmax
from slantwise_models.heads.attribution import ROLES
from slantwise_models.tokens import DEPTHS
from slantwise_server.engine.analysis import Span
from slantwise_server.engine.names import TITLES

if TYPE_CHECKING:
    from slantwise_models.text import Document
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.names import Names
    from slantwise_server.engine.scores import Scores

PRONOUNS = frozenset(
    "he she it they we i you who him her them us his hers their our my its this that these those one others some many".split()
)
_PEOPLE = frozenset({"he", "she", "him", "her", "his"})
_THINGS = frozenset({"it", "they", "its", "their", "both"})
_NEVER_LAST = frozenset({"the", "a", "an", *(title.lower() for title in TITLES)})  # in the words for a source
_NEXT_WORD = re.compile(r"\.?[ \u00a0]\w[\w’'-]*")
_POSSESSIVE = re.compile(r"['’]s$")
_NEAR = 1500  # characters within which a pronoun's person is looked for
_GOES_ON = 0.3  # probability from which a piece belongs to the part that the piece before it belongs to


class Parts:
    """The parts of attributions that the pieces of a document are tagged as.

    Args:
        document: The document.
        tokens: Its pieces.
        scores: What the model says of them.
        names: Its entities.

    Attributes:
        roles: The likeliest of `ROLES` for each piece.
        bounds: The pieces of paragraph i are `bounds[i]` to `bounds[i + 1]`.
    """

    def __init__(self, document: Document, tokens: Tokens, scores: Scores, names: Names) -> None:
        self._document, self._tokens, self._names = document, tokens, names
        self.roles = scores.pieces["role"].argmax(axis=-1)
        chances = softmax(scores.pieces["role"])
        self._chances = {
            role: chances[:, [ROLES.index(f"B-{role}"), ROLES.index(f"I-{role}")]].sum(axis=-1)
            for role in ("SOURCE", "CUE")
        }
        self.bounds = tokens.block_bounds(len(document.blocks))

    def tagged(self, block: int, role: str) -> list[int]:
        """Return the pieces of a paragraph that begin a source or cue."""
        low, high = self.bounds[block], self.bounds[block + 1]
        return (low + np.flatnonzero(self.roles[low:high] == ROLES.index(f"B-{role}"))).tolist()

    def mentioned(self, block: int, kind: str = "") -> list[int]:
        """Return the pieces of a paragraph that begin the name of an entity, of one type where it is given."""
        span = Span(self._document.blocks[block].begin, self._document.blocks[block].end)
        named = [where.begin for where, entity in self._names.inside(span) if kind in ("", entity.type)]
        pieces: list[int] = np.searchsorted(self._tokens.begins, named).tolist()
        return pieces

    def depth(self, piece: int) -> int:
        """Return how deep in quotation marks a piece stands."""
        return (int(self._tokens.pieces.layouts[piece]) - 1) % DEPTHS

    def word(self, piece: int) -> str:
        """Return the letters of a piece, in lower case."""
        return self._document.text[int(self._tokens.begins[piece]) : int(self._tokens.ends[piece])].lower()

    def first(self, piece: int, role: str) -> int:
        """Return the first piece of the part that a piece belongs to, or the piece itself."""
        while piece > 0 and self._goes_on(piece, role):
            piece -= 1
        return piece

    def span(self, piece: int, role: str) -> Span | None:
        """Return the span of the source or cue that begins at a piece, whole names and words."""
        if piece < 0:
            return None
        tokens = self._tokens
        end = piece + 1
        while end < len(tokens) and self._goes_on(end, role):
            end += 1
        b, e = int(tokens.begins[piece]), int(tokens.ends[end - 1])
        if role == "SOURCE":
            text = self._document.text
            if text[b:e].rsplit(maxsplit=1)[-1].lower().rstrip(".") in _NEVER_LAST and (
                more := _NEXT_WORD.match(text, e)
            ):
                e = more.end()
            e = max([e, *(where.end for where, _ in self._names.inside(Span(b, e)))])
        return Span(b, e)

    def _goes_on(self, piece: int, role: str) -> bool:
        """Whether a piece goes on with the part, or at least the word, of the piece before it."""
        tokens, begins = self._tokens, self.roles[piece] == ROLES.index(f"B-{role}")
        if tokens.blocks[piece - 1] != tokens.blocks[piece]:
            return False
        if tokens.begins[piece] == tokens.ends[piece - 1] and self._inner(piece):
            return True
        return (
            not begins
            and float(self._chances[role][piece]) >= _GOES_ON
            and float(self._chances[role][piece - 1]) >= _GOES_ON
        )

    def _inner(self, piece: int) -> bool:
        """Whether a piece stands inside a word: between letters, or a point between them, as in U.S."""
        text, begin, end = self._document.text, int(self._tokens.begins[piece]), int(self._tokens.ends[piece])
        before, after = text[begin - 1], text[end] if end < len(text) else " "
        if text[begin].isalnum():
            return before.isalnum() or before in ".'’-&"
        return text[begin] in ".'’-&" and before.isalnum() and (after.isalnum() or text[begin - 2 : begin - 1] == ".")

    def name(self, source: Span | None, name_piece: int) -> str:
        """Return the fullest name of a source, from the words at this point, else from where its name is pointed to."""
        own = self._titled(source)
        if own:
            return own
        far = self.span(name_piece, "SOURCE")
        return self._titled(far) or self._plain(source) or self._plain(far)

    def stands_for(self, source: Span | None, name: str) -> bool:
        """Return whether a pronoun may stand for a name: "he" for a person's, "it" and "they" for others'."""
        if source is None or not name:
            return False
        pronoun = self._document.text[slice(*source)].lower()
        entity = self._names.named(name)
        if pronoun in _PEOPLE:
            return entity is None or entity.type == "PERSON"
        return pronoun in _THINGS and (entity is None or entity.type != "PERSON")

    def person(self, pronoun: Span | None) -> str:
        """Return the person named last before a personal pronoun, outside quotation marks."""
        if pronoun is None or self._document.text[slice(*pronoun)].lower() not in _PEOPLE:
            return ""
        before = self._names.inside(Span(max(0, pronoun.begin - _NEAR), pronoun.begin))
        for where, entity in reversed(before):
            said = self.depth(int(np.searchsorted(self._tokens.begins, where.begin)))
            if entity.type == "PERSON" and not said:
                return entity.name
        return ""

    def _titled(self, span: Span | None) -> str:
        """Return the name in a source's words when they hold one that stands for the whole, such as a person's."""
        if span is None:
            return ""
        for where, entity in self._names.inside(span):
            if entity.type == "PERSON":
                return entity.name
            if where.end >= span.end and where.begin <= span.begin + 4:
                return entity.name
        words = self._words(span)
        return self._plain(span) if any(w[0].isupper() and w.lower() not in PRONOUNS for w in words[1:]) else ""

    def _plain(self, span: Span | None) -> str:
        words = self._words(span) if span is not None else []
        if not words or (len(words) == 1 and words[0].lower() in PRONOUNS):
            return ""
        return _POSSESSIVE.sub("", " ".join(words).strip("\"'“”‘’,;:()[] "))

    def _words(self, span: Span) -> list[str]:
        """Return the words of a span as they read, without markup."""
        low, high = np.searchsorted(self._tokens.begins, span).tolist()
        text, begins, ends = self._document.text, self._tokens.begins, self._tokens.ends
        read = ""
        for i in range(low, high):
            apart = i > low and any(c.isspace() for c in text[ends[i - 1] : begins[i]])
            read += (" " if apart else "") + text[begins[i] : ends[i]]
        return read.split()

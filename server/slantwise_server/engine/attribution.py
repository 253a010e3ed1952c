"""Attributions: the segments that are a source's, joined to the source, its name, the cue and the relay."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads._math import softmax
from slantwise_models.heads.attribution import CHANNELS, ROLES
from slantwise_models.tokens import DEPTHS, Tokens
from slantwise_server.engine.analysis import Attribution, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_models.text import Document
    from slantwise_server.engine.names import Names
    from slantwise_server.engine.scores import Scores
    from slantwise_server.engine.voice import Segment

SOURCE, CUE, NAME, VIA = (CHANNELS.index(name) for name in ("SOURCE", "CUE", "NAME", "VIA"))
_POSSESSIVE = re.compile(r"['’]s$")
_FOUND = 0.35  # probability from which a pointer is followed
_GOES_ON = 0.3  # probability from which a piece belongs to the part that the piece before it belongs to
_PRONOUNS = frozenset(
    "he she it they we i you who him her them us his hers their our my its this that these those one others some many"
    .split()
)  # fmt: skip


@dataclass(slots=True)
class _Citation:
    """What one segment is cited from, before segments are joined."""

    segment: int
    source: Span | None
    source_piece: int  # the piece that the source begins with, or -1
    cue: Span | None
    name: str
    score: float
    depth: int  # of quotation marks around it
    relay: str  # the name of the outer source that the model points to, or empty


@dataclass(slots=True)
class _Draft:
    """An attribution being put together."""

    first: _Citation
    citations: list[_Citation] = field(default_factory=list)
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """The attributions of a document, and for each segment the id of its own, empty when it has none."""

    attributions: tuple[Attribution, ...]
    of_segment: tuple[str, ...]


class Linker:
    """Joins the segments of one document to their sources.

    Args:
        document: The document.
        tokens: Its pieces.
        scores: What the model says of them.
        names: Its entities.
    """

    def __init__(self, document: Document, tokens: Tokens, scores: Scores, names: Names) -> None:
        self._document, self._tokens, self._scores, self._names = document, tokens, scores, names
        self._roles = scores.pieces["role"].argmax(axis=-1)
        chances = softmax(scores.pieces["role"])
        self._chances = {
            role: chances[:, [ROLES.index(f"B-{role}"), ROLES.index(f"I-{role}")]].sum(axis=-1)
            for role in ("SOURCE", "CUE")
        }
        self._bounds = np.searchsorted(tokens.blocks, np.arange(len(document.blocks) + 1)).tolist()
        self._before: list[int] = []  # for each paragraph the one before it, and before all block quotations of its run
        for index, block in enumerate(document.blocks):
            runs_on = index > 0 and document.blocks[index - 1].kind == "BLOCK_QUOTE" == block.kind
            self._before.append(self._before[-1] if runs_on else index - 1)

    def link(self, segments: Sequence[Segment]) -> Linked:
        """Return the attributions of the ATTRIBUTED and QUOTED segments."""
        drafts: list[_Draft] = []
        introducers: dict[int, int | None] = {}  # paragraph -> draft of who introduces it
        latest: dict[int | str, int] = {}  # first piece of a source, or name of one that is only implied -> draft
        last_block: dict[int, int] = {}  # draft -> paragraph in which it was last cited
        draft_of: dict[int, int] = {}
        for index, segment in enumerate(segments):
            if not segment.sources:
                continue
            citation = self._citation(index, segment)
            if segment.block not in introducers:
                opener = self._introduction(segment.block)
                if opener is not None:
                    latest[opener.source_piece] = len(drafts)
                    drafts.append(_Draft(opener))
                introducers[segment.block] = None if opener is None else len(drafts) - 1
            introducer = introducers[segment.block]
            joined = None
            if introducer is not None and citation.depth < 2 and self._given(citation, segment):
                joined, citation.score = introducer, segment.sourced  # the layout leaves no doubt about whose
            else:
                key = citation.source_piece if citation.source is not None else citation.name
                joined = latest.get(key)
                if joined is None or (
                    citation.source is None and segment.block - last_block.get(joined, segment.block) > 1
                ):
                    drafts.append(_Draft(citation, [], introducer if citation.depth > 1 else None))
                    joined = latest[key] = len(drafts) - 1
            last_block[joined] = segment.block
            draft_of[index] = joined
            drafts[joined].citations.append(citation)
        self._enclose(drafts, draft_of, segments)
        self._relays(drafts)
        return self._finish(drafts, draft_of, segments)

    def _given(self, citation: _Citation, segment: Segment) -> bool:
        """Whether a segment of an introduced paragraph is the introducer's: in a block quotation, or in quotation marks."""
        return citation.depth > 0 or self._document.blocks[segment.block].kind == "BLOCK_QUOTE"

    def _enclose(self, drafts: list[_Draft], draft_of: dict[int, int], segments: Sequence[Segment]) -> None:
        """Set the parent of a quotation within a quotation: whoever is cited for the words around it."""
        for draft in drafts:
            if draft.parent is not None or not draft.citations or draft.first.depth < 2:
                continue
            here = draft.first.segment
            around = [
                i
                for i in (here - 1, here + 1, here - 2, here + 2)
                if i in draft_of and segments[i].block == segments[here].block and drafts[draft_of[i]] is not draft
            ]
            draft.parent = draft_of[around[0]] if around else None

    def _citation(self, index: int, segment: Segment) -> _Citation:
        """Follow the pointers of one segment."""
        begin, end = segment.begin, segment.end
        if begin == end:
            return _Citation(index, None, -1, None, "", segment.score, 0, "")
        depth = self._depth(begin)
        source_piece, source_score = self._follow(begin, end, SOURCE, "SOURCE")
        if depth > 1 and (source_piece < 0 or self._depth(source_piece) == 0):
            source_piece = self._beside(segment, source_piece)
        cue_piece, _ = self._follow(begin, end, CUE, "CUE")
        name_piece, name_score = self._follow(begin, end, NAME, "SOURCE")
        via_piece, _ = self._follow(begin, end, VIA, "SOURCE")
        source = self._part(source_piece, "SOURCE")
        name = self._name(source, name_piece)
        score = segment.sourced * max(source_score, name_score)
        relay = self._name(None, via_piece)
        return _Citation(
            index, source, source_piece, self._part(cue_piece, "CUE"), name, min(score, 1.0), depth,
            "" if relay == name else relay,
        )  # fmt: skip

    def _depth(self, piece: int) -> int:
        """Return how deep in quotation marks a piece stands."""
        return (int(self._tokens.pieces.layouts[piece]) - 1) % DEPTHS

    def _beside(self, segment: Segment, otherwise: int) -> int:
        """Return the source, or else the person, that stands nearest to a quotation inside the quotation around it."""
        low, high = self._bounds[segment.block], self._bounds[segment.block + 1]
        tagged = [i for i in range(low, high) if ROLES[self._roles[i]] == "B-SOURCE"]
        span = Span(*(getattr(self._document.blocks[segment.block], edge) for edge in ("begin", "end")))
        people = [
            int(np.searchsorted(self._tokens.begins, where.begin))
            for where, entity in self._names.inside(span)
            if entity.type == "PERSON"
        ]
        for found in (tagged, people):
            near = [i for i in found if self._depth(i) > 0 and not segment.begin <= i < segment.end]
            if near:
                return min(near, key=lambda i: min(abs(i - segment.begin), abs(i - segment.end)))
        return otherwise

    def _follow(self, begin: int, end: int, channel: int, role: str) -> tuple[int, float]:
        """Return the piece pointed to, -1 for none, and the probability of the answer.

        Probabilities of pieces inside one tagged part count together.
        """
        pointed, nowhere = self._scores.pointed(begin, end, channel)
        mass: dict[int, float] = {}
        for piece, probability in pointed.items():
            first = self._first(piece, role)
            mass[first] = mass.get(first, 0.0) + probability
        if not mass:
            return -1, nowhere
        best = max(mass, key=lambda piece: mass[piece])
        return (best, mass[best]) if mass[best] >= _FOUND and mass[best] > nowhere else (-1, nowhere)

    def _first(self, piece: int, role: str) -> int:
        """Return the first piece of the part that a piece belongs to, or the piece itself."""
        while piece > 0 and self._goes_on(piece, role):
            piece -= 1
        return piece

    def _goes_on(self, piece: int, role: str) -> bool:
        """Whether a piece goes on with the part, or at least the word, of the piece before it."""
        tokens, begins = self._tokens, self._roles[piece] == ROLES.index(f"B-{role}")
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

    def _part(self, piece: int, role: str) -> Span | None:
        """Return the span of the source or cue that begins at a piece, whole names and words."""
        if piece < 0:
            return None
        tokens = self._tokens
        end = piece + 1
        while end < len(tokens) and self._goes_on(end, role):
            end += 1
        b, e = int(tokens.begins[piece]), int(tokens.ends[end - 1])
        if role == "SOURCE":
            e = max([e, *(where.end for where, _ in self._names.inside(Span(b, e)))])
        return Span(b, e)

    def _name(self, source: Span | None, name_piece: int) -> str:
        """Return the fullest name of a source, from the words at this point, else from where its name is pointed to."""
        own = self._titled(source)
        if own:
            return own
        far = self._part(name_piece, "SOURCE")
        return self._titled(far) or self._plain(source) or self._plain(far)

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
        return self._plain(span) if any(w[0].isupper() and w.lower() not in _PRONOUNS for w in words[1:]) else ""

    def _plain(self, span: Span | None) -> str:
        words = self._words(span) if span is not None else []
        if not words or (len(words) == 1 and words[0].lower() in _PRONOUNS):
            return ""
        return _POSSESSIVE.sub("", " ".join(words).strip("\"'“”‘’,;:()[] "))

    def _word(self, piece: int) -> str:
        """Return the letters of a piece, in lower case."""
        return self._document.text[int(self._tokens.begins[piece]) : int(self._tokens.ends[piece])].lower()

    def _words(self, span: Span) -> list[str]:
        """Return the words of a span as they read, without markup."""
        low, high = np.searchsorted(self._tokens.begins, span).tolist()
        text, begins, ends = self._document.text, self._tokens.begins, self._tokens.ends
        read = ""
        for i in range(low, high):
            apart = i > low and any(c.isspace() for c in text[ends[i - 1] : begins[i]])
            read += (" " if apart else "") + text[begins[i] : ends[i]]
        return read.split()

    def _introduction(self, block: int) -> _Citation | None:
        """Return who introduces a block quotation, or a quoted paragraph after a colon: a source in the paragraph before."""
        blocks = self._document.blocks
        before = self._before[block]
        if before < 0 or blocks[before].kind in ("CODE", "BOILERPLATE", "HEADING", "BLOCK_QUOTE"):
            return None
        text = self._document.text[blocks[before].begin : blocks[before].end]
        opens = self._document.text[blocks[block].begin] in "\"“«„'‘"
        if blocks[block].kind != "BLOCK_QUOTE" and not (opens and text.rstrip("*_").endswith(":")):
            return None
        low, high = self._bounds[before], self._bounds[before + 1]
        tagged = [i for i in range(low, high) if ROLES[self._roles[i]] == "B-SOURCE"]
        if not tagged:
            last = self._tokens.sentences[high - 1] if high > low else -1
            inside = [
                int(np.searchsorted(self._tokens.begins, where.begin))
                for where, _ in self._names.inside(Span(blocks[before].begin, blocks[before].end))
            ]
            tagged = [i for i in inside if i < high and self._tokens.sentences[i] == last][:1]
        if not tagged:
            return None
        own = [i for i in tagged if self._word(i) not in _PRONOUNS]  # "the audit office", before "its report"
        piece = (own or tagged)[-1]
        source = self._part(piece, "SOURCE")
        cues = [i for i in range(low, high) if ROLES[self._roles[i]] == "B-CUE"]
        return _Citation(
            -1, source, piece, self._part(cues[-1], "CUE") if cues else None, self._name(source, -1), 0.0, 0, ""
        )

    def _relays(self, drafts: list[_Draft]) -> None:
        """Set the parents that the model points to, where layout has not."""
        for draft in drafts:
            relay = draft.first.relay
            if draft.parent is None and relay:
                draft.parent = next((i for i, d in enumerate(drafts) if d is not draft and d.first.name == relay), None)
        for draft in drafts:  # no circles
            seen, current = {id(draft)}, draft
            while current.parent is not None:
                current = drafts[current.parent]
                if id(current) in seen:
                    draft.parent = None
                    break
                seen.add(id(current))

    def _finish(self, drafts: list[_Draft], draft_of: dict[int, int], segments: Sequence[Segment]) -> Linked:
        """Return the attributions in the order of what they are cited for, or at least relay; others say nothing."""
        relayed: dict[int, list[_Citation]] = {}
        for draft in drafts:
            if draft.parent is not None:
                relayed.setdefault(draft.parent, []).extend(draft.citations)
        said = {i: draft.citations or relayed.get(i, []) for i, draft in enumerate(drafts)}
        order = sorted((i for i in said if said[i]), key=lambda i: min(c.segment for c in said[i]))
        ids = {index: f"a{number}" for number, index in enumerate(order, 1)}
        out = tuple(self._attribution(drafts[i], said[i], ids, i, segments) for i in order)
        return Linked(out, tuple(ids[draft_of[i]] if i in draft_of else "" for i in range(len(segments))))

    def _attribution(
        self, draft: _Draft, said: list[_Citation], ids: dict[int, str], index: int, segments: Sequence[Segment]
    ) -> Attribution:
        cited = [segments[c.segment] for c in draft.citations]
        sizes = {
            voice: sum(s.span.end - s.span.begin for s in cited if s.voice == voice)
            for voice in ("QUOTED", "ATTRIBUTED")
        }
        return Attribution(
            id=ids[index],
            contents=tuple(s.span for s in cited),
            score=sum(c.score for c in said) / len(said),
            direct=sizes["QUOTED"] > sizes["ATTRIBUTED"],
            source=draft.first.source,
            cue=draft.first.cue,
            source_name=draft.first.name,
            parent_id=ids[draft.parent] if draft.parent is not None else "",
        )

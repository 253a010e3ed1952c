"""Attributions: the segments that are a source's, joined to the source, its name, the cue and the relay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slantwise_models.heads.attribution import CHANNELS, Settings
from slantwise_server.engine.analysis import Attribution
from slantwise_server.engine.introduction import Introductions
from slantwise_server.engine.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slantwise_models.text import Document
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.analysis import Span
    from slantwise_server.engine.introduction import Introduction
    from slantwise_server.engine.names import Names
    from slantwise_server.engine.scores import Scores
    from slantwise_server.engine.voice import Segment

SOURCE, CUE, NAME, VIA = (CHANNELS.index(name) for name in ("SOURCE", "CUE", "NAME", "VIA"))
_LATELY = 3  # paragraphs within which a pronoun goes on citing whoever was cited last
_FOUND = 0.35  # probability from which a pointer is followed


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
        settings: What scores are calibrated by.
    """

    def __init__(self, document: Document, tokens: Tokens, scores: Scores, names: Names, settings: Settings) -> None:
        self._scores, self._settings = scores, settings
        self._parts = Parts(document, tokens, scores, names)
        self._introductions = Introductions(document, tokens, self._parts)

    def link(self, segments: Sequence[Segment]) -> Linked:
        """Return the attributions of the ATTRIBUTED and QUOTED segments."""
        drafts: list[_Draft] = []
        cited: list[_Citation] = []
        introducers: dict[int, int] = {}  # piece of who introduces paragraphs -> draft
        latest: dict[int | str, int] = {}  # first piece of a source, or name of one that is only implied -> draft
        last_block: dict[int, int] = {}  # draft -> paragraph in which it was last cited
        draft_of: dict[int, int] = {}
        for index, segment in enumerate(segments):
            if not segment.sources:
                continue
            citation = self._citation(index, segment)
            if not citation.name:
                citation.name = self._speaker(segment, citation, segments, cited) or self._parts.person(citation.source)
            cited.append(citation)
            introduction = self._introductions.of(segment.block)
            introducer = None
            if introduction is not None:
                introducer = introducers.setdefault(introduction.source, len(drafts))
                if introducer == len(drafts):
                    latest[introduction.source] = introducer
                    drafts.append(_Draft(self._opener(introduction)))
            if introduction is not None and introducer is not None and introduction.covers(citation.depth):
                joined, citation.score = introducer, segment.sourced  # the layout leaves no doubt about whose
            else:
                key = citation.source_piece if citation.source is not None else citation.name
                known = latest.get(key)
                if known is None or (
                    citation.source is None and segment.block - last_block.get(known, segment.block) > 1
                ):
                    drafts.append(_Draft(citation, [], introducer if citation.depth > 1 else None))
                    known = latest[key] = len(drafts) - 1
                joined = known
            last_block[joined] = segment.block
            draft_of[index] = joined
            drafts[joined].citations.append(citation)
        self._enclose(drafts, draft_of, segments)
        self._relays(drafts)
        return self._finish(drafts, draft_of, segments)

    def _speaker(
        self, segment: Segment, citation: _Citation, segments: Sequence[Segment], before: Sequence[_Citation]
    ) -> str:
        """Return whom a pronoun stands for when it goes on citing whoever was cited last."""
        for last in reversed(before):
            if segment.block - segments[last.segment].block > _LATELY:
                break
            if self._parts.stands_for(citation.source, last.name):
                return last.name
        return ""

    def _opener(self, introduction: Introduction) -> _Citation:
        """Return what an introduction cites from."""
        source = self._parts.span(introduction.source, "SOURCE")
        cue = self._parts.span(introduction.cue, "CUE")
        return _Citation(-1, source, introduction.source, cue, self._parts.name(source, -1), 0.0, 0, "")

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
        depth = self._parts.depth(begin)
        source_piece, source_score = self._follow(begin, end, SOURCE, "SOURCE")
        if depth > 1 and (source_piece < 0 or self._parts.depth(source_piece) == 0):
            source_piece = self._beside(segment, source_piece)
        cue_piece, _ = self._follow(begin, end, CUE, "CUE")
        name_piece, name_score = self._follow(begin, end, NAME, "SOURCE")
        via_piece, _ = self._follow(begin, end, VIA, "SOURCE")
        source = self._parts.span(source_piece, "SOURCE")
        name = self._parts.name(source, name_piece)
        score = segment.sourced * max(source_score, name_score)
        relay = self._parts.name(None, via_piece)
        return _Citation(
            index, source, source_piece, self._parts.span(cue_piece, "CUE"), name, min(score, 1.0), depth,
            "" if relay == name else relay,
        )  # fmt: skip

    def _beside(self, segment: Segment, otherwise: int) -> int:
        """Return the source, or else the person, that stands nearest to a quotation inside the quotation around it."""
        for found in (self._parts.tagged(segment.block, "SOURCE"), self._parts.mentioned(segment.block, "PERSON")):
            near = [i for i in found if self._parts.depth(i) > 0 and not segment.begin <= i < segment.end]
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
            first = self._parts.first(piece, role)
            mass[first] = mass.get(first, 0.0) + probability
        if not mass:
            return -1, nowhere
        best = max(mass, key=lambda piece: mass[piece])
        return (best, mass[best]) if mass[best] >= _FOUND and mass[best] > nowhere else (-1, nowhere)

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
            score=self._settings.calibrated(sum(c.score for c in said) / len(said)),
            direct=sizes["QUOTED"] > sizes["ATTRIBUTED"],
            source=draft.first.source,
            cue=draft.first.cue,
            source_name=draft.first.name,
            parent_id=ids[draft.parent] if draft.parent is not None else "",
        )

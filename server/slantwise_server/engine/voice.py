"""Voice segments: the partition of a document's text by who is speaking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads import voice as head
from slantwise_models.tokens import DEPTHS
from slantwise_server.engine.analysis import Span
from slantwise_server.engine.transcript import directs, labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slantwise_models.text import Document
    from slantwise_models.tokens import Tokens
    from slantwise_server.engine.backend import Floats
    from slantwise_server.engine.scores import Scores

# What may not be cut: what stands between white space, ending after a dash that joins clauses.
_UNIT = re.compile(r"\S+?(?:(?:—|--)+(?=\w)|(?=\s)|\Z)")
_SETTLED = ("CODE", "BOILERPLATE")  # the layout alone says that nobody speaks
_CERTAIN = 12.0  # logit
_SET_OFF = 6.0  # added to the logit of QUOTED where a whole paragraph is set off as a quotation
_REPORTED = head.VOICES.index("REPORTED_FACT")
_LABELLED = -2  # the number of a speaker's label, among those of sentences
_WHOLE = 12  # pieces from which a paragraph in quotation marks is one, and no title


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one voice, still in pieces.

    Attributes:
        span: Where it is.
        begin: Its first piece.
        end: One past its last piece; equal to `begin` where there is none.
        block: The index of its paragraph.
        voice: Its voice.
        scores: The probabilities of `head.VOICES`.
        kinds: The probabilities of `head.KINDS`.
    """

    span: Span
    begin: int
    end: int
    block: int
    voice: str
    scores: Floats
    kinds: Floats

    @property
    def score(self) -> float:
        """The probability of its voice."""
        return float(self.scores[head.VOICES.index(self.voice)])

    @property
    def sourced(self) -> float:
        """The probability that a source speaks, in its own words or the author's."""
        return min(1.0, float(self.scores[head.VOICES.index("ATTRIBUTED")] + self.scores[head.QUOTED]))

    @property
    def authors(self) -> bool:
        """Whether the author speaks."""
        return self.voice in ("EDITORIAL", "REPORTED_FACT")

    @property
    def sources(self) -> bool:
        """Whether a source speaks."""
        return self.voice in ("ATTRIBUTED", "QUOTED")


def segments(document: Document, tokens: Tokens, scores: Scores, settings: head.Settings) -> list[Segment]:
    """Return the voice segments of a document; every character that is not white space lies in exactly one."""
    voice, kind = scores.pieces["voice"], scores.pieces["kind"]
    bounds = tokens.block_bounds(len(document.blocks))
    # A quotation within a quotation is somebody else's: it is cut off like a sentence.
    stretches = 2 * tokens.sentences + ((tokens.pieces.layouts - 1) % DEPTHS == DEPTHS - 1)
    quoted = (tokens.pieces.layouts - 1) % DEPTHS > 0
    speakers = labels(document)
    found: list[Segment] = []
    for index, block in enumerate(document.blocks):
        units = [match.span() for match in _UNIT.finditer(document.text, block.begin, block.end)]
        first, last = bounds[index], bounds[index + 1]
        starts = np.array([b for b, _ in units])
        owner = np.searchsorted(starts, tokens.begins[first:last], side="right") - 1
        marks = np.searchsorted(owner, np.arange(len(units) + 1)).tolist()  # unit i has pieces first + marks[i : i + 2]
        voices, kinds, numbers = _units(voice[first:last], kind[first:last], stretches[first:last], marks)
        if block.kind in _SETTLED:
            voices[:, head.NONE] = _CERTAIN
        elif block.kind == "BLOCK_QUOTE" or (last - first >= _WHOLE and quoted[first:last].all()):
            voices[[n >= 0 for n in numbers], head.QUOTED] += _SET_OFF
        if directs(document, block):
            voices[:, head.NONE] = _CERTAIN
        if label := speakers[index]:
            named = sum(b <= label.end for b, _ in units)
            voices[:named, _REPORTED] += 2 * _CERTAIN
            numbers[:named] = [_LABELLED] * named  # cut off from what is said
        found.extend(
            Segment(
                Span(units[run.begin][0], units[run.end - 1][1]),
                first + marks[run.begin],
                first + marks[run.end],
                index,
                head.VOICES[run.voice],
                run.scores,
                run.kinds,
            )
            for run in head.decode(voices, kinds, numbers, settings)
        )
    return found


def _units(
    voice: Floats, kind: Floats, stretches: NDArray[np.int32], marks: list[int]
) -> tuple[Floats, Floats, list[int]]:
    """Return the mean logits and the sentence, or stretch of one, of each unit; one without pieces goes with the unit before it.

    Where there is none before it, it is the syntax that opens a paragraph, such as `##`: nobody speaks, in a sentence of
    its own.
    """
    count = len(marks) - 1
    voices = np.zeros((count, voice.shape[1]), np.float32)
    kinds = np.zeros((count, kind.shape[1]), np.float32)
    numbers = [-1] * count
    read = [i for i in range(count) if marks[i + 1] > marks[i]]
    if read:
        starts = [marks[i] for i in read]
        sizes = np.diff([*starts, marks[-1]])[:, None]
        voices[read] = np.add.reduceat(voice, starts, axis=0) / sizes
        kinds[read] = np.add.reduceat(kind, starts, axis=0) / sizes
    for i in range(count):
        if marks[i + 1] > marks[i]:
            numbers[i] = int(stretches[marks[i]])
        elif i and numbers[i - 1] >= 0:
            voices[i], kinds[i], numbers[i] = voices[i - 1], kinds[i - 1], numbers[i - 1]
        else:
            voices[i, head.NONE] = _CERTAIN
    return voices, kinds, numbers

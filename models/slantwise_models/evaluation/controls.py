"""Control tests of voice and attribution: what must change when a text changes, and what must not.

- attribution-flip: a clause is the author's when it stands alone and its source's when it is cited, and the source is found.
- quote-strip: taking a quotation out leaves the voice of every other sentence as it was.
- name-swap: other people, parties or countries leave the voices of every sentence as they were.
- typography: other quotation marks, line ends and spaces leave the voice of every character as it was.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from slantwise_models.evaluation.cases import (
    AROUND,
    ARTICLES,
    COUNTRIES,
    FACTS,
    FORMS,
    JUDGEMENTS,
    PARTIES,
    PEOPLE,
    SOURCES,
)
from slantwise_models.evaluation.figures import Figure
from slantwise_models.text import read, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slantwise_server.engine import Engine
    from slantwise_server.engine.analysis import Analysis

FILE = "controls (this repository)"
_WANTED = frozenset({"VOICE", "ATTRIBUTION"})
_AUTHOR, _SOURCE = ("EDITORIAL", "REPORTED_FACT"), ("ATTRIBUTED", "QUOTED")
_QUOTATION = re.compile(r"\s?\[\[(.*?)\]\]", re.DOTALL)
_CURLY = re.compile(r'"([^"]*)"')


class _Read:
    """A text as the engine reads it."""

    def __init__(self, engine: Engine, text: str) -> None:
        self.text = text
        self.analysis: Analysis = engine.analyze(text, analyses=_WANTED)
        self.voices = [""] * len(text)
        for segment in self.analysis.voice_segments:
            self.voices[segment.span.begin : segment.span.end] = [segment.voice] * (
                segment.span.end - segment.span.begin
            )

    def of(self, phrase: str) -> str:
        """Return the voice of most of a phrase."""
        begin = self.text.index(phrase)
        inked = [v for v, c in zip(self.voices[begin:], phrase, strict=False) if not c.isspace()]
        return max(set(inked), key=inked.count)

    def source_of(self, phrase: str) -> str:
        """Return the name of the source of a phrase."""
        middle = self.text.index(phrase) + len(phrase) // 2
        middle += self.text[middle].isspace()
        ids = {s.attribution_id for s in self.analysis.voice_segments if s.span.begin <= middle < s.span.end}
        return " ".join(a.source_name for a in self.analysis.attributions if a.id in ids)

    def order(self, begin: int, end: int) -> list[str]:
        """Return the voices from one place to another, in order, each once for as long as it lasts."""
        return [voice for voice, _ in itertools.groupby(v for v in self.voices[begin:end] if v)]

    def inked(self) -> list[str]:
        """Return the voice of every character that is neither white space nor a quotation mark."""
        return [v for v, c in zip(self.voices, self.text, strict=True) if not c.isspace() and c not in "\"'“”‘’«»"]


def flips(engine: Engine) -> Iterator[bool]:
    """Yield whether each cited clause is its source's, and the author's when it is not cited."""
    for clause, (before, after) in itertools.product((*JUDGEMENTS, *FACTS), AROUND):
        upper = clause[0].upper() + clause[1:]
        alone = _Read(engine, f"{before} {upper}. {after}").of(upper) in _AUTHOR
        for number, form in enumerate(FORMS):
            source = SOURCES[(number + len(clause)) % len(SOURCES)]
            sentence = form.format(X=source[0].upper() + source[1:], x=source, C=upper, c=clause)
            read_as = _Read(engine, f"{before} {sentence} {after}")
            phrase = upper if upper in sentence else clause
            named = source.split()[-1].lower() in read_as.source_of(phrase).lower()
            yield alone and read_as.of(phrase) in _SOURCE and named


def strips(engine: Engine) -> Iterator[bool]:
    """Yield for each quotation taken out, and each sentence left, whether its voice stays."""
    for number, article in enumerate(ARTICLES):
        marked = _named(article, number)
        whole = _Read(engine, _plain(marked))
        for taken in _QUOTATION.finditer(marked):
            rest = _Read(engine, _plain(marked[: taken.start()] + marked[taken.end() :]))
            for sentence in _sentences(rest.text):
                if whole.text.count(sentence) == 1 == rest.text.count(sentence):
                    yield whole.of(sentence) == rest.of(sentence)


def swaps(engine: Engine) -> Iterator[bool]:
    """Yield for each article with other names, and each sentence, whether its voices stay in their order."""
    for article in ARTICLES:
        base = _Read(engine, _plain(_named(article, 0)))
        spans = _spans(base.text)
        for number in range(1, len(PEOPLE)):
            other = _Read(engine, _plain(_named(article, number)))
            theirs = _spans(other.text)
            if len(theirs) == len(spans):
                for mine, its in zip(spans, theirs, strict=True):
                    yield base.order(*mine) == other.order(*its)
            else:
                yield False


def typography(engine: Engine) -> Iterator[bool]:
    """Yield for each article set in another way whether the voice of every character stays."""
    for number, article in enumerate(ARTICLES):
        text = _plain(_named(article, number))
        base = _Read(engine, text).inked()
        for change in _SETTINGS:
            yield _Read(engine, change(text)).inked() == base


def _curly(text: str) -> str:
    return _CURLY.sub(r"“\1”", text)


def _straight(text: str) -> str:
    return text.replace("“", '"').replace("”", '"').replace("’", "'")


_SETTINGS: tuple[Callable[[str], str], ...] = (
    _curly,
    _straight,
    lambda text: _curly(text).replace("“", "‘").replace("”", "’"),
    lambda text: _curly(text).replace("“", "«").replace("”", "»"),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace(". ", ".  "),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: f"\n\n{text}\n\n",
)


def _plain(article: str) -> str:
    """Return an article without the marks of what can be taken out."""
    return article.replace("[[", "").replace("]]", "")


def _named(article: str, number: int) -> str:
    """Return an article with the names of a number."""
    (p, ps), (q, qs) = PEOPLE[number % len(PEOPLE)], PEOPLE[(number + 3) % len(PEOPLE)]
    o, r = PARTIES[number % len(PARTIES)]
    filled = article.format(p=p, ps=ps, q=q, qs=qs, o=o, r=r, c=COUNTRIES[number % len(COUNTRIES)])
    return re.sub(r"(?:^|(?<=[.!?\n] )|(?<=\n))the ", "The ", filled)


def _sentences(text: str) -> list[str]:
    return [text[b:e] for b, e in _spans(text)]


def _spans(text: str) -> list[tuple[int, int]]:
    blocks = read(text).blocks
    return [(block.begin + b, block.begin + e) for block in blocks for b, e in sentences(text[block.begin : block.end])]


CONTROLS = {"attribution-flip": flips, "quote-strip": strips, "name-swap": swaps, "typography": typography}


def controls(engine: Engine) -> list[Figure]:
    """Return the share of the cases of each control that hold."""
    figures = []
    for name, control in CONTROLS.items():
        held = list(control(engine))
        head = "attribution" if name == "attribution-flip" else "voice"
        figures.append(Figure(head, FILE, f"{name}: cases that hold", len(held), int8=sum(held) / len(held)))
    return figures

"""Variants of annotated documents whose labels follow from the change: the same words as somebody else's, or other names.

A model that has read few sentences of the form "X said that …" learns the topic where it should learn the form. Each
variant takes a document's own sentences and puts some of them into the mouth of a source, in the forms that reports and
columns use, or gives its people other names; what it is changed to is known to the letter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

Record = dict[str, Any]

_FIRST = (
    "Ana Marta Lena Ivan Joon Priya Tomas Grace Amir Nadia Kofi Elif Hugo Mei Sofia Pavel Ruth Diego Aisha Lars Naomi Omar "
    "Carla Viktor Yuki Bruno Helen Samir Olga Peter Fatima George Linh Claire Raj Maria Stefan Zanele Paul Ingrid"
).split()
_LAST = (
    "Ortiz Holt Ilves Okafor Lindqvist Haddad Moreau Petrenko Tanaka Brandt Mwangi Castillo Novak Rahman O’Connor Silva "
    "Kowalski Demir Fischer Nguyen Adeyemi Rossi Larsen Mehta Walsh Popescu Sato Bianchi Dubois Grant Hussein Keller Ross "
    "Vasquez Yilmaz Zhou Abbott Crane Doyle Esposito Farrow Hale Jensen Khan Lowe Marsh Nair Quinn Reyes Sharma Turner"
).split()
_TITLES = (
    "Mayor",
    "Professor",
    "Dr.",
    "Senator",
    "Judge",
    "Minister",
    "Sheriff",
    "Archbishop",
    "General",
    "Councillor",
)
_BODIES = (
    "the ministry", "critics", "a spokesman for the union", "the court", "opponents of the plan", "the opposition",
    "the company", "police", "analysts at the bank", "the agency", "campaigners", "a senior official", "the report",
    "the commission", "some economists", "the White House", "the Kremlin", "residents", "two people close to the talks",
    "the study’s authors", "the prosecutor", "Amnesty International", "the committee", "many voters", "local officials",
)  # fmt: skip

# Countries and parties, each with the words for what and who belongs to it.
_COUNTRIES = (
    ("Russia", "Russian", "Russians"), ("China", "Chinese", "Chinese"), ("Iran", "Iranian", "Iranians"),
    ("Israel", "Israeli", "Israelis"), ("Germany", "German", "Germans"), ("France", "French", "French"),
    ("Turkey", "Turkish", "Turks"), ("Britain", "British", "Britons"), ("Canada", "Canadian", "Canadians"),
    ("Mexico", "Mexican", "Mexicans"), ("Syria", "Syrian", "Syrians"), ("Nigeria", "Nigerian", "Nigerians"),
    ("India", "Indian", "Indians"), ("Brazil", "Brazilian", "Brazilians"), ("Ukraine", "Ukrainian", "Ukrainians"),
    ("Egypt", "Egyptian", "Egyptians"), ("Poland", "Polish", "Poles"), ("Japan", "Japanese", "Japanese"),
    ("America", "American", "Americans"), ("Iraq", "Iraqi", "Iraqis"),
)  # fmt: skip
_PARTIES = (
    ("Republican Party", "Republican", "Republicans"), ("Democratic Party", "Democratic", "Democrats"),
    ("Labour Party", "Labour", "Labour"), ("Conservative Party", "Conservative", "Conservatives"),
    ("Green Party", "Green", "Greens"), ("National Party", "National", "Nationalists"),
)  # fmt: skip

# Forms of attribution: {X} the source, {x} the same inside a sentence, {C} and {c} the content; the cue in brackets.
_AROUND = (
    "{X} [said] that {c}", "{X} [said] {c}", "{X} [argued] that {c}", "{X} [told] reporters that {c}",
    "[According to] {x}, {c}", "{X} [believes] that {c}", "{X} [insists] {c}", "{X} [claimed] that {c}",
    "{X} also [warned] that {c}", "{X} [is convinced] that {c}", "{X} [fears] that {c}", "{X} [has argued] that {c}",
    "{X} [complained] that {c}", "In the [view] of {x}, {c}", "[For] {x}, {c}", "{X} [concluded] that {c}",
    "From the [point of view] of {x}, {c}", "{X} [takes the view] that {c}", "{X} [found] that {c}",
    "Yet {x} [maintains] that {c}", "{X} [suggested] that {c}", "As {x} [sees it], {c}", "{X} [thinks] {c}",
    "{X}, who had refused to comment before, [said] that {c}", "{X} [denied] that {c}", "{X} [is making the case] that {c}",
    "{C}, {x} [said].", "{C}, [said] {x}.", "{C}, [according to] {x}.", "{C}, {x} [argued].", "{C}, {x} [believes].",
    "{C}, {x} [told] a radio station on Tuesday.", "{C}, {x} [wrote] last week.", "{C}, {x} [acknowledged].",
)  # fmt: skip
_QUOTING = (
    "{X} [said]: {q}", "{q} {x} [said].", "{q} [said] {x}.", "{X} [told] reporters, {q}", "{q} {x} [added].",
    "As {x} [put it]: {q}", "{X} [replied]: {q}", "{q} {x} [wrote] in a letter.",
)  # fmt: skip
_MARKS = ('""', "“”", "“”", "''", "‘’")
_RUMOUR = ("reportedly", "allegedly")

_SENTENCE = re.compile(r"[A-Z][^\n\"“”‘?!:;()]{20,240}\.")
_WITHIN = re.compile(r"[.…]\s+[\"“‘A-Z]")
_LEANS_BACK = re.compile(
    r"(?:And|But|Yet|So|Or|Nor|For|Thus|Instead|Indeed|However|Nevertheless|Still|Also|Of|No|Not|Here|There|Such|Likewise|Let|Left|Given|Meanwhile|Moreover|Again|Then|Perhaps)\b"
)
_OURS = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|we|We|us|our|Our|my|My|me)\b")
_COMMON = re.compile(
    r"(?:The|A|An|This|That|These|Those|It|He|She|They|His|Her|Their|Its|In|On|At|By|With|As|If|When|While|After|Before|To|"
    r"From|Most|Many|Some|All|Both|Each|Every|One|Two|Three|Because|Although|Since|Under|Over|More|What|Who|Last|Now|During|Despite|Until|Unless|Without|Within|Even|Only|Just|Today|Yesterday|Among|Between|Through)\b"
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will)\b(?= [a-z])")
_CUE = re.compile(r"\[([^\]]+)\]")
_CONTENT = re.compile(r"(\{c\}|\{C\},|\{q\})")
_TOKENS = re.compile(r"(\{[xX]\}|\[[^\]]+\])")
_PERSON = re.compile(r"(?:[A-Z][\w’'-]+|[A-Z]\.) (?:[A-Z]\. )?[A-Z][a-z][\w’'-]+")
_NO_PERSON = re.compile(
    r"(?:House|Party|Court|Post|Times|News|University|Committee|States|State|Council|Department|Congress|Street|Union|Bank|"
    r"Office|Ministry|Church|Army|Force|Front|Institute|Center|Centre|Press|Journal|Herald|Campaign|Act|Team)s?"
)


def renamed(record: Record, rng: random.Random) -> Record:
    """Return a document with other names for the people that it cites or takes sides on, its countries and parties."""
    phrases = {s.get("source") for s in record["voice_segments"]} | {t["name"] for t in record["targets"]}
    names: dict[str, str] = {}
    for person in sorted({m[0] for phrase in phrases if phrase for m in [_PERSON.search(phrase)] if m}):
        first, last = person.split()[0], person.split()[-1]
        if not _NO_PERSON.search(person) and not {first, last} & names.keys():
            names |= {first: rng.choice(_FIRST), last: rng.choice(_LAST)}
    for groups in (_COUNTRIES, _PARTIES):
        others = rng.sample(groups, len(groups))
        for forms, theirs in zip(groups, others, strict=True):
            for form, other in zip(forms, theirs, strict=True):
                names.setdefault(form, other)
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    edits = [(m.start(), m.end(), names[m[0]]) for m in pattern.finditer(record["content"])]
    return _edited(record, edits, lambda phrase: pattern.sub(lambda m: names[m[0]], phrase))


def cited(record: Record, rng: random.Random, share: float) -> Record:
    """Return a document in which a share of the sentences that the author speaks are a source's.

    Only sentences that are a segment of their own are changed, and none that speaks of its author or leans on the
    sentence before it. What the new words are is noted in `parts`, as (begin, end, role) with the roles SOURCE, CUE and
    CONTENT.
    """
    content, segments = record["content"], record["voice_segments"]
    own = [s["source"] for s in segments if s.get("source")]
    edits: list[tuple[int, int, str]] = []
    replaced: dict[int, list[_Piece]] = {}
    for index, segment in enumerate(segments):
        sentence = content[segment["begin"] : segment["end"]]
        if segment["voice"] in ("EDITORIAL", "REPORTED_FACT") and _fit(sentence) and rng.random() < share:
            pieces = _rumoured(sentence, rng) or _said(sentence, content, own, rng)
            replaced[index] = pieces
            edits.append((segment["begin"], segment["end"], "".join(piece.text for piece in pieces)))
    if not edits:
        return record
    changed = _edited(record, edits, lambda phrase: phrase)
    new: list[Record] = []
    number: dict[int, int] = {}  # of each old segment the new one with its words
    parts: list[tuple[int, int, str]] = []
    for index, segment in enumerate(changed["voice_segments"]):
        if index not in replaced:
            number[index] = len(new)
            new.append(segment)
            continue
        at = segment["begin"]
        for piece in replaced[index]:
            if piece.segment is not None:
                if piece.segment["voice"] in ("ATTRIBUTED", "QUOTED"):
                    number[index] = len(new)
                    parts.append((at, at + len(piece.text), "CONTENT"))
                new.append(piece.segment | {"begin": at, "end": at + len(piece.text)})
            parts.extend((at + b, at + e, role) for b, e, role in piece.parts)
            at += len(piece.text)
    said = {i: new[number[i]].get("source") for i in replaced}
    stances = [s for s in changed["segment_stance"] if s["segment"] not in replaced or said[s["segment"]]]
    return changed | {
        "voice_segments": new,
        "loaded": [
            span
            for span, (begin, end) in zip(changed["loaded"], record["loaded"], strict=True)
            if not any(b <= begin and end <= e for b, e, _ in edits)
        ],
        "segment_stance": [
            s | {"segment": number[s["segment"]]} | ({"holder": said[s["segment"]]} if s["segment"] in replaced else {})
            for s in stances
        ],
        "parts": parts,
    }


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of new text, its segment (None for white space), and the roles of what it holds."""

    text: str
    segment: Record | None
    parts: tuple[tuple[int, int, str], ...] = ()


def _fit(sentence: str) -> bool:
    return bool(
        _SENTENCE.fullmatch(sentence)
        and not _WITHIN.search(sentence)
        and not _LEANS_BACK.match(sentence)
        and not _OURS.search(sentence)
    )


def _rumoured(sentence: str, rng: random.Random) -> list[_Piece] | None:
    """Return a sentence as hearsay, with nobody named for it."""
    verb = _VERB.search(sentence)
    if verb is None or rng.random() > 0.06:
        return None
    cue = rng.choice(_RUMOUR)
    text = f"{sentence[: verb.end()]} {cue}{sentence[verb.end() :]}"
    return [_Piece(text, {"voice": "ATTRIBUTED", "source": None, "cue": cue, "via": None})]


def _said(sentence: str, content: str, own: Sequence[str], rng: random.Random) -> list[_Piece]:
    """Return a sentence as the words of a source that the document has, or of a new one."""
    chance = rng.random()
    if own and chance < 0.35:
        source = rng.choice(own)
    elif chance < 0.6:
        source = rng.choice(_BODIES)
    else:
        source = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
        source = f"{rng.choice(_TITLES)} {source}" if rng.random() < 0.4 else source
    form = rng.choice(_QUOTING if rng.random() < 0.2 else _AROUND)
    marks = rng.choice(_MARKS)
    upper = source[0].upper() + source[1:]
    first = sentence.split(maxsplit=1)[0]
    inside = _COMMON.match(sentence) or content.count(f" {first.lower()} ") > 0
    low = sentence[0].lower() + sentence[1:] if inside else sentence
    asked = sentence[:-1] + "," if form.startswith("{q}") else sentence
    words = {"{X}": upper, "{x}": source, "{c}": low, "{C}": sentence[:-1], "{q}": f"{marks[0]}{asked}{marks[1]}"}
    cue = _CUE.findall(form)[0]
    named = upper if "{X}" in form else source
    held = {"voice": "QUOTED" if "{q}" in form else "ATTRIBUTED", "source": named, "cue": cue, "via": None}
    pieces: list[_Piece] = []
    for part in _CONTENT.split(form):
        if part in ("{c}", "{q}"):
            pieces.append(_Piece(words[part], held))
        elif part == "{C},":
            pieces.append(_Piece(words["{C}"] + ",", held))
        elif part.strip():
            text, roles = "", []
            for token in _TOKENS.split(part.strip()):
                filled = words.get(token, token.strip("[]"))
                role = "SOURCE" if token in ("{x}", "{X}") else "CUE" if token.startswith("[") else ""
                if role:
                    roles.append((len(text), len(text) + len(filled), role))
                text += filled
            pieces.append(_Piece(text, {"voice": "REPORTED_FACT"}, tuple(roles)))
        if part:
            pieces.append(_Piece(" ", None))
    return pieces[:-1]


def _edited(record: Record, edits: Sequence[tuple[int, int, str]], renamed_phrase: Callable[[str], str]) -> Record:
    """Return a document with stretches of its text replaced, its offsets moved and its phrases renamed."""
    text, new, last = record["content"], [], 0
    grown = [0]  # by how much the text has grown before each edit
    for begin, end, words in edits:
        new += [text[last:begin], words]
        grown.append(grown[-1] + len(words) - (end - begin))
        last = end
    begins, ends = [b for b, _, _ in edits], [e for _, e, _ in edits]

    def at(offset: int) -> int:
        before = bisect_right(ends, offset)
        inside = before < len(edits) and begins[before] < offset
        return (begins[before] if inside else offset) + grown[before]

    def phrases(holder: Record, *names: str) -> Record:
        return holder | {name: renamed_phrase(holder[name]) for name in names if holder.get(name)}

    def moved(span: Record) -> Record:
        return span | {"begin": at(span["begin"]), "end": at(span["end"])}

    return record | {
        "content": "".join([*new, text[last:]]),
        "voice_segments": [phrases(moved(s), "source", "cue", "via") for s in record["voice_segments"]],
        "loaded": [[at(b), at(e)] for b, e in record["loaded"]],
        "targets": [phrases(t, "name") for t in record["targets"]],
        "segment_stance": [phrases(s, "target", "holder") for s in record["segment_stance"]],
        "paragraphs": [moved(p) for p in record["paragraphs"]],
    }

"""More documents annotated by our guidelines, kept as labels without the text they stand on.

The texts are train splits of public corpora, which are not ours to pass on; `models/annotations/*.jsonl` holds what
annotators said of them, as offsets, and a digest of each text. A record is made whole again from the corpus:

    {"id": "polnear:…", "end": 3212, "breaks": [], "sha256": "…", "segments": [[0, 62, "EDITORIAL", "EVALUATION"],
     [63, 99, "ATTRIBUTED", [101, 106], [107, 111], null]], "loaded": [[5, 11]], "targets": [["the council", "AGAINST"]],
     "stances": [[0, "AUTHOR", "the council", "AGAINST"]], "frames": [["POLITICAL"], []]}

The text is the first `end` characters of the corpus's, with a line break for the space at each of `breaks` (some corpora
lost theirs). Segments are offsets, voice, and the kind of an editorial one, or else the spans of source, cue and relay.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from slantwise_models.corpora.example import records

if TYPE_CHECKING:
    from pathlib import Path

Record = dict[str, Any]

_FILES = {  # where the texts of an id's corpus are
    "webis": "voice/webis_editorials.train.jsonl",
    "polnear": "attribution/polnear.train.jsonl",
    "basil": "lexical_bias/basil.train.jsonl",
    "narrframes": "framing/narrative_frames.train.jsonl",
    "vast": "stance/vast.train.jsonl",
}
_PARTS = ("source", "cue", "via")


def annotated(folder: Path, data: Path) -> list[Record]:
    """Return the documents of a folder of annotations, in the form of our gold records.

    Args:
        folder: Holds the annotations, `*.jsonl`.
        data: Holds the public corpora.

    Raises:
        ValueError: A text is not the one that was annotated.
    """
    kept = [stored for path in sorted(folder.glob("*.jsonl")) for stored in records(path)]
    corpora = {stored["id"].split(":")[0] for stored in kept}
    texts = {r["id"]: r["text"] for corpus in sorted(corpora & _FILES.keys()) for r in records(data / _FILES[corpus])}
    return [restored(stored, texts[stored["id"]] if "text" not in stored else stored["text"]) for stored in kept]


def restored(stored: Record, text: str) -> Record:
    """Return a record made whole with its corpus's text.

    Raises:
        ValueError: The text is not the one that was annotated.
    """
    characters = list(text[: stored["end"]])
    for at in stored["breaks"]:
        characters[at] = "\n"
    content = "".join(characters)
    if digest(content) != stored["sha256"]:
        raise ValueError(f"{stored['id']} is not the text that was annotated: the corpus has changed")
    segments = []
    for begin, end, voice, *rest in stored["segments"]:
        segment = {"begin": begin, "end": end, "voice": voice}
        if voice == "EDITORIAL":
            segment["kind"] = rest[0]
        elif voice in ("ATTRIBUTED", "QUOTED"):
            segment |= {name: content[slice(*span)] if span else None for name, span in zip(_PARTS, rest, strict=True)}
        segments.append(segment)
    return {
        "document_id": stored["id"],
        "content": content,
        "media_type": stored.get("media_type", "PLAIN"),
        "voice_segments": segments,
        "loaded": stored["loaded"],
        "targets": [{"name": name, "author_stance": stance} for name, stance in stored["targets"]],
        "segment_stance": [
            dict(zip(("segment", "holder", "target", "label"), stance, strict=True)) for stance in stored["stances"]
        ],
        "paragraphs": [
            {"begin": begin, "end": end, "frames": frames}
            for (begin, end), frames in zip(_lines(content), stored["frames"], strict=True)
        ],
    }


def stand_off(record: Record, identifier: str, breaks: list[int]) -> Record:
    """Return a gold record without its text, to be kept.

    Args:
        record: The record.
        identifier: The id of the document in its corpus.
        breaks: Where a line break stands for the corpus's space.
    """
    content = record["content"]

    def place(phrase: str | None, segment: Record) -> tuple[int, int] | None:
        found, at = [], content.find(phrase) if phrase else -1
        while at >= 0:
            found.append(at)
            at = content.find(phrase or "", at + 1)
        near = min(found, key=lambda b: min(abs(b - segment["begin"]), abs(b - segment["end"])), default=None)
        return None if near is None or phrase is None else (near, near + len(phrase))

    segments: list[list[Any]] = []
    for segment in record["voice_segments"]:
        rest: list[Any] = []
        if segment["voice"] == "EDITORIAL":
            rest = [segment["kind"]]
        elif segment["voice"] in ("ATTRIBUTED", "QUOTED"):
            rest = [place(segment.get(name), segment) for name in _PARTS]
        segments.append([segment["begin"], segment["end"], segment["voice"], *rest])
    return {
        "id": identifier,
        "end": len(content),
        "breaks": breaks,
        "sha256": digest(content),
        "segments": segments,
        "loaded": record["loaded"],
        "targets": [[t["name"], t["author_stance"]] for t in record["targets"]],
        "stances": [[s["segment"], s["holder"], s["target"], s["label"]] for s in record["segment_stance"]],
        "frames": [p["frames"] for p in record["paragraphs"]],
    }


def digest(content: str) -> str:
    """Return what tells one text from another."""
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _lines(content: str) -> list[tuple[int, int]]:
    """Return the lines that hold more than white space, without the white space around them."""
    spans, at = [], 0
    for line in content.split("\n"):
        if line.strip():
            spans.append((at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
        at += len(line) + 1
    return spans

"""The gold documents, through the CLI and the scorer that comes with them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from slantwise_models.corpora.example import records
from slantwise_models.corpora.silver import voices_of
from slantwise_models.evaluation.figures import Figure, Reliability, class_f1, f1, reliability
from slantwise_models.evaluation.floors import tfidf_labels
from slantwise_models.evaluation.naming import named_right, sources_of
from slantwise_models.heads.frames import FRAMES
from slantwise_models.heads.stance import STANCES
from slantwise_models.heads.voice import VOICES
from slantwise_models.text import quotation_depths

if TYPE_CHECKING:
    from pathlib import Path

    from slantwise_server.engine import Engine
    from slantwise_server.engine.analysis import Analysis, Span

Record = dict[str, Any]
Characters = Callable[[Record], NDArray[np.int64]]
FILE = "gold/dev"
_METRICS = {
    "voice_macro_f1": "voice", "author_f1": "voice", "editorial_f1": "voice", "prescription_f1": "voice",
    "segment_accuracy": "voice", "voice_ece": "voice", "source_accuracy": "attribution", "frame_micro_f1": "frames",
    "stance_macro_f1": "stance", "loaded_f1": "loaded",
}  # fmt: skip
_NONE = VOICES.index("NONE")


def gold(folder: Path, model: Path, out: Path) -> tuple[list[Figure], list[Reliability]]:
    """Score a model package on `dev.jsonl` through the CLI, beside the floors.

    Args:
        folder: Where `dev.jsonl`, `dev.requests.jsonl`, `silver.jsonl` and `score.py` are.
        model: The model package.
        out: Where the predictions are written.
    """
    cli = [
        sys.executable,
        "-m",
        "slantwise",
        "score",
        str(folder / "dev.requests.jsonl"),
        "-o",
        str(out),
        "--model",
        str(model),
    ]
    subprocess.run(cli, check=True)
    scored = _score(folder, out)
    test, train = list(records(folder / "dev.jsonl")), list(records(folder / "silver.jsonl"))
    floors = _floors(train, test)
    cases = {
        "source_accuracy": sum(1 for r in test for s in r["voice_segments"] if s.get("source")),
        "frame_micro_f1": sum(len(r["paragraphs"]) for r in test),
        "stance_macro_f1": sum(len(r["targets"]) for r in test),
    }
    segments = sum(1 for r in test for s in r["voice_segments"] if s["voice"] != "NONE")
    figures = [
        Figure(head, FILE, name, cases.get(name, segments), floors.get(name, {}), "", scored[name])
        for name, head in _METRICS.items()
    ]
    predictions = {p["documentId"]: p for p in map(json.loads, out.read_text("utf-8").splitlines())}
    return figures, _reliabilities(test, predictions)


def unquantised(folder: Path, engine: Engine, out: Path) -> dict[str, float]:
    """Return the scorer's figures of an engine on `dev.jsonl`, asked as the CLI asks it.

    Args:
        folder: Where `dev.requests.jsonl` and `score.py` are.
        engine: The engine.
        out: Where the predictions are written.
    """
    with out.open("w", encoding="utf-8") as lines:
        for request in records(folder / "dev.requests.jsonl"):
            told = engine.analyze(request["content"], media_type=request["media_type"], targets=request["targets"])
            lines.write(json.dumps({"documentId": request["document_id"], **_told(told)}) + "\n")
    scored = _score(folder, out)
    return {name: scored[name] for name in _METRICS}


def _told(analysis: Analysis) -> Record:
    """Return what the scorer reads of an analysis."""

    def span(found: Span | None) -> Record:
        return {"span": {"begin": found.begin, "end": found.end}} if found is not None else {}

    return {
        "voiceSegments": [
            span(s.span) | {"voice": s.voice, "kind": s.kind, "score": s.score, "attributionId": s.attribution_id}
            for s in analysis.voice_segments
        ],
        "attributions": [
            {"id": a.id, "source": span(a.source), "sourceName": a.source_name} for a in analysis.attributions
        ],
        "paragraphs": [
            span(p.span) | {"frames": [{"frame": f.frame, "selected": f.selected} for f in p.frames]}
            for p in analysis.paragraphs
        ],
        "stances": [
            {"target": s.target, "holder": {"kind": s.holder.kind}, "label": s.label, "scope": s.scope}
            for s in analysis.stances
        ],
        "loadedSpans": [span(found.span) for found in analysis.loaded_spans],
    }


def _score(folder: Path, predictions: Path) -> dict[str, Any]:
    scorer = [sys.executable, str(folder / "score.py"), str(folder / "dev.jsonl"), str(predictions), "--json"]
    scored: dict[str, Any] = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    if scored["missing"]:
        raise ValueError(f"the predictions lack {scored['missing']}")
    return scored


def _reliabilities(test: Sequence[Record], predictions: dict[str, Any]) -> list[Reliability]:
    """Return the reliability of each head's decisions: our segments, their sources, our frames, our stances."""
    decisions: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for record in test:
        told = predictions[record["document_id"]]
        voices, kinds, sources = voices_of(record), _gold_kinds(record), sources_of(record)
        for segment in told["voiceSegments"]:
            where = slice(int(segment["span"]["begin"]), int(segment["span"]["end"]))
            voice = Counter(voices[where].tolist()).most_common(1)[0][0]
            mine = segment["voice"].removeprefix("VOICE_")
            decisions["voice"].append((segment["score"], VOICES[voice] == mine))
            if mine == "EDITORIAL" == VOICES[voice]:
                kind = Counter(kinds[where]).most_common(1)[0][0]
                decisions["kind"].append(
                    (segment["kindScore"], kind == segment["kind"].removeprefix("EDITORIAL_KIND_"))
                )
        for attribution in told["attributions"]:
            inside = [(int(c["begin"]), int(c["end"])) for c in attribution["contents"]]
            if inside:  # others only relay
                right = named_right(sources, inside, attribution.get("sourceName") or "")
                decisions["source"].append((attribution["score"], right))
        want = {p["begin"]: set(p["frames"]) for p in record["paragraphs"]}
        for paragraph in told["paragraphs"]:
            begin = int(paragraph["span"]["begin"])
            for frame in paragraph["frames"] if begin in want else ():
                chance, holds = frame["score"], frame["frame"].removeprefix("FRAME_") in want[begin]
                decisions["frames"].append((max(chance, 1 - chance), (chance >= 0.5) == holds))
        stances = {t["name"]: t["author_stance"] for t in record["targets"]}
        for stance in told["stances"]:
            if stance["scope"].endswith("DOCUMENT") and stance["holder"]["kind"].endswith("AUTHOR"):
                label = stance["label"].removeprefix("STANCE_LABEL_")
                decisions["stance"].append((stance["score"], stances.get(stance["target"]) == label))
    return [reliability(head, FILE, found) for head, found in decisions.items()]


def _gold_kinds(record: Record) -> list[str]:
    out = [""] * len(record["content"])
    for segment in record["voice_segments"]:
        out[segment["begin"] : segment["end"]] = [segment.get("kind") or ""] * (segment["end"] - segment["begin"])
    return out


def _floors(train: Sequence[Record], test: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Return the floors of the gold figures; the bags of words are given the gold segments and paragraphs."""
    voice = {"majority": _always("EDITORIAL"), "quotation marks": _marks, "TF-IDF": _bags(train, test)}
    frames = _frame_floors(train, test)
    return {
        "voice_macro_f1": {name: _voice_f1(test, rule) for name, rule in voice.items()},
        "editorial_f1": {name: _voice_f1(test, rule, ("EDITORIAL",)) for name, rule in voice.items()},
        "frame_micro_f1": frames,
        "stance_macro_f1": _stance_floors(train, test),
        "loaded_f1": {"words seen loaded": _lexicon(train, test)},
    }


def _voice_f1(test: Sequence[Record], rule: Characters, labels: Sequence[str] = VOICES[:_NONE]) -> float:
    ink = [np.array([not c.isspace() for c in r["content"]]) for r in test]
    gold_labels = np.concatenate([voices_of(r)[i] for r, i in zip(test, ink, strict=True)])
    ours = np.concatenate([rule(r)[i] for r, i in zip(test, ink, strict=True)])
    return class_f1(gold_labels, ours, [VOICES.index(name) for name in labels])


def _always(name: str) -> Characters:
    return lambda record: np.full(len(record["content"]), VOICES.index(name))


def _marks(record: Record) -> NDArray[np.int64]:
    depths = np.frombuffer(b"".join(quotation_depths(record["content"].splitlines(keepends=True))), np.uint8)
    return np.where(depths > 0, VOICES.index("QUOTED"), VOICES.index("REPORTED_FACT")).astype(np.int64)


def _bags(train: Sequence[Record], test: Sequence[Record]) -> Characters:
    pairs = [
        (r["content"][s["begin"] : s["end"]], VOICES.index(s["voice"])) for r in train for s in r["voice_segments"]
    ]
    texts, labels = [t for t, _ in pairs], np.eye(len(VOICES), dtype=np.int64)[[label for _, label in pairs]]

    others = [(r["document_id"], r["content"][s["begin"] : s["end"]], s) for r in test for s in r["voice_segments"]]
    found = tfidf_labels(texts, labels, [text for _, text, _ in others])
    by_document: dict[str, list[tuple[Record, int]]] = defaultdict(list)
    for (name, _, segment), row in zip(others, found, strict=True):
        by_document[name].append((segment, int(row.argmax()) if row.any() else VOICES.index("REPORTED_FACT")))

    def rule(record: Record) -> NDArray[np.int64]:
        out = np.full(len(record["content"]), VOICES.index("REPORTED_FACT"))
        for segment, label in by_document[record["document_id"]]:
            out[segment["begin"] : segment["end"]] = label
        return out

    return rule


def _frame_floors(train: Sequence[Record], test: Sequence[Record]) -> dict[str, float]:
    def rows(documents: Sequence[Record]) -> tuple[list[str], NDArray[np.int64]]:
        pairs = [(r["content"][p["begin"] : p["end"]], p["frames"]) for r in documents for p in r["paragraphs"]]
        return [text for text, _ in pairs], np.array([[f in names for f in FRAMES] for _, names in pairs], np.int64)

    (texts, labels), (others, wanted) = rows(train), rows(test)
    common = np.zeros_like(wanted)
    common[:, labels.sum(axis=0).argmax()] = 1
    bags = tfidf_labels(texts, labels, others)
    return {
        name: f1(float((found & wanted).sum()), float(found.sum()), float(wanted.sum()))
        for name, found in (("majority", common), ("TF-IDF", bags))
    }


def _stance_floors(train: Sequence[Record], test: Sequence[Record]) -> dict[str, float]:
    def rows(documents: Sequence[Record]) -> tuple[list[str], list[int]]:
        pairs = [(f"{t['name']} | {r['content']}", t["author_stance"]) for r in documents for t in r["targets"]]
        return [text for text, _ in pairs], [STANCES.index(label) for _, label in pairs]

    (texts, labels), (others, wanted) = rows(train), rows(test)
    bags = tfidf_labels(texts, np.eye(len(STANCES), dtype=np.int64)[labels], others).argmax(axis=-1)
    most = Counter(labels).most_common(1)[0][0]
    every = range(len(STANCES))
    return {"majority": class_f1(wanted, [most] * len(wanted), every), "TF-IDF": class_f1(wanted, bags, every)}


def _lexicon(train: Sequence[Record], test: Sequence[Record]) -> float:
    """Return the F1 by character of marking every word that the training documents mark more often than not."""
    seen: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for record in train:
        loaded = np.zeros(len(record["content"]), bool)
        for begin, end in record["loaded"]:
            loaded[begin:end] = True
        for match in re.finditer(r"\w+", record["content"]):
            seen[match.group().lower()] += 1
            marked[match.group().lower()] += bool(loaded[match.start()])
    words = {word for word in seen if 2 * marked[word] > seen[word]}
    right = chosen = total = 0
    for record in test:
        loaded = np.zeros(len(record["content"]), bool)
        for begin, end in record["loaded"]:
            loaded[begin:end] = True
        ours = np.zeros(len(record["content"]), bool)
        for match in re.finditer(r"\w+", record["content"]):
            ours[match.start() : match.end()] = match.group().lower() in words
        right, chosen, total = right + int((ours & loaded).sum()), chosen + int(ours.sum()), total + int(loaded.sum())
    return f1(right, chosen, total)

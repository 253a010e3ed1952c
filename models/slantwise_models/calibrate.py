"""Fit what decoding is tuned by, on silver documents that were held out of training.

Temperatures minimise the negative log likelihood (Guo et al. 2017); thresholds maximise F1, a frame's drawn towards the
one best for all frames, since rare frames have few cases; the costs of a change of voice maximise the macro-F1 of voice
by character. The gold documents are never used here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from slantwise_models.corpora.example import Reader, Reading, within
from slantwise_models.corpora.silver import Record, mention_spans, voices_of
from slantwise_models.evaluation.figures import class_f1
from slantwise_models.evaluation.naming import named_right, sources_of
from slantwise_models.heads import attribution, frames, loaded, stance, voice
from slantwise_models.heads._math import sigmoid, softmax
from slantwise_server.engine.attribution import Linker
from slantwise_server.engine.names import Names
from slantwise_server.engine.scores import Runner, Scores
from slantwise_server.engine.voice import segments

if TYPE_CHECKING:
    from slantwise_server.engine.backend import Backend

Floats = NDArray[np.float32]
TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4.0), 43))
_AUTHOR = ("EDITORIAL", "REPORTED_FACT")
_PULL = 40.0  # cases that a frame's own threshold needs to count as much as the common one


def fit_temperature(logits: Floats, labels: NDArray[np.int64]) -> float:
    """Return the temperature that makes the labels most likely; logits [n, C], or [n] for yes and no."""

    def loss(temperature: float) -> float:
        if logits.ndim == 1:
            chance = np.clip(sigmoid(logits / temperature), 1e-6, 1 - 1e-6)
            return float(-np.where(labels == 1, np.log(chance), np.log(1 - chance)).mean())
        return float(-np.log(softmax(logits / temperature)[np.arange(len(labels)), labels] + 1e-9).mean())

    return float(min(TEMPERATURES, key=loss)) if len(labels) else 1.0


def best_threshold(scores: Floats, labels: NDArray[np.int64]) -> float:
    """Return the threshold from 0.1 to 0.8 with the best F1."""

    def f1(threshold: float) -> float:
        chosen = scores >= threshold
        return 2 * float((chosen & (labels == 1)).sum()) / max(1.0, float(chosen.sum() + (labels == 1).sum()))

    return float(max(np.arange(0.1, 0.81, 0.02), key=f1))


def calibrate(backend: Backend, reader: Reader, documents: Sequence[Record]) -> dict[str, Any]:
    """Return the settings of decoding, as `config.json` holds them, from documents that the model has not seen."""
    with ThreadPoolExecutor() as pool:
        runner = Runner(backend, reader.vocabulary, pool)
        read = [
            (d, r, runner.text(r.tokens, r.windows, lambda: False))
            for d, r in ((d, _read(d, reader)) for d in documents)
        ]
        stances = _stance(read, reader, runner)
    voices = _voice(read)
    return {
        "voice": asdict(voices),
        "attribution": asdict(_attribution(read, voices)),
        "loaded": asdict(_loaded(read)),
        "frames": asdict(_frames(read)),
        "stance": asdict(stances),
    }


Read = Sequence[tuple[Record, Reading, Scores]]


def _read(record: Record, reader: Reader) -> Reading:
    return reader.read(record["content"], record["media_type"])


def _join(rows: Iterable[tuple[Floats, Any]]) -> tuple[Floats, NDArray[np.int64]]:
    logits, labels = zip(*rows, strict=True)
    return np.concatenate(logits), np.concatenate([np.atleast_1d(np.asarray(label, np.int64)) for label in labels])


def _voice(read: Read) -> voice.Settings:
    """Fit the scores of decoded segments, then the costs of a change, then the kinds of those rightly found editorial."""
    first = voice.Settings(change=0.5)
    fitted = min((replace(first, temperature=float(t)) for t in TEMPERATURES[::3]), key=lambda x: _surprise(read, x))
    choices = itertools.product((0.0, 0.5, 1.0, 1.5, 2.0, 3.0), (0.0, 0.25, 0.5, 1.0))
    best = max(
        (replace(fitted, change=c, change_at_sentence=b) for c, b in choices),
        key=lambda x: (round(_macro_f1(read, x), 3), -x.change),
    )
    kinds = list(_kinds(read, best))
    return replace(best, kind_temperature=fit_temperature(*_join(kinds))) if kinds else best


def _kinds(read: Read, settings: voice.Settings) -> Iterator[tuple[Floats, int]]:
    """Yield the logits of the kinds of decoded editorial segments, and the kind that most of their characters have."""
    for record, reading, scores in read:
        gold = np.full(len(record["content"]), -1)
        for segment in record["voice_segments"]:
            if segment["voice"] == "EDITORIAL":
                gold[segment["begin"] : segment["end"]] = voice.KINDS.index(segment["kind"])
        for found in segments(reading.document, reading.tokens, scores, settings):
            kinds = gold[slice(*found.span)]
            if found.voice == "EDITORIAL" and (kinds >= 0).any():
                yield np.log(found.kinds[None] + 1e-9), int(np.bincount(kinds[kinds >= 0]).argmax())


def _attribution(read: Read, settings: voice.Settings) -> attribution.Settings:
    """Fit the probability that an attribution's contents are a source's, and this source's."""
    raw: list[float] = []
    right: list[bool] = []
    for record, reading, scores in read:
        sources = sources_of(record)
        names = Names(reading.document.text, reading.tokens, scores.pieces["entity"])
        linker = Linker(reading.document, reading.tokens, scores, names, attribution.Settings())
        voices = segments(reading.document, reading.tokens, scores, settings)
        for found in linker.link(voices).attributions:
            if found.contents:
                raw.append(found.score)
                right.append(named_right(sources, found.contents, found.source_name))
    chance = np.clip(np.array(raw), 1e-6, 1 - 1e-6)
    odds, labels = np.log(chance / (1 - chance)), np.array(right)

    def loss(choice: tuple[float, float]) -> float:
        ours = np.clip(1 / (1 + np.exp(-choice[0] * odds - choice[1])), 1e-6, 1 - 1e-6)
        return float(-np.where(labels, np.log(ours), np.log(1 - ours)).mean())

    choices = [(float(s), float(o)) for s in np.arange(0.1, 2.05, 0.05) for o in np.arange(-3.0, 3.05, 0.1)]
    return attribution.Settings(*min(choices, key=loss)) if raw else attribution.Settings()


def _surprise(read: Read, settings: voice.Settings) -> float:
    """Return the mean negative log likelihood of whether decoded segments have the voice of most of their characters."""
    losses = []
    for record, reading, scores in read:
        gold = voices_of(record)
        for found in segments(reading.document, reading.tokens, scores, settings):
            right = np.bincount(gold[slice(*found.span)]).argmax() == voice.VOICES.index(found.voice)
            losses.append(-np.log(np.clip(found.score if right else 1 - found.score, 1e-3, 1.0)))
    return float(np.mean(losses))


def _macro_f1(read: Read, settings: voice.Settings) -> float:
    table = np.zeros((len(voice.VOICES), len(voice.VOICES)))
    for record, reading, scores in read:
        text = reading.document.text
        ink = np.array([not c.isspace() for c in text])
        ours = np.full(len(text), voice.NONE)
        for found in segments(reading.document, reading.tokens, scores, settings):
            ours[slice(*found.span)] = voice.VOICES.index(found.voice)
        np.add.at(table, (voices_of(record)[ink], ours[ink]), 1)
    right = np.diag(table)
    return float((2 * right / np.maximum(1, table.sum(axis=0) + table.sum(axis=1)))[: voice.NONE].mean())


def _loaded(read: Read) -> loaded.Settings:
    def rows() -> Iterator[tuple[Floats, NDArray[np.int64]]]:
        for record, reading, scores in read:
            tokens, labels = reading.tokens, np.zeros(len(reading.tokens), np.int64)
            for begin, end in record["loaded"]:
                labels[within(tokens, begin, end)] = 1
            keep = np.zeros(len(tokens), bool)
            for segment in record["voice_segments"]:
                keep[within(tokens, segment["begin"], segment["end"])] = segment["voice"] in (
                    "EDITORIAL",
                    "REPORTED_FACT",
                )
            yield scores.pieces["loaded"][keep, 0], labels[keep]

    logits, labels = _join(rows())
    temperature = fit_temperature(logits, labels)
    return loaded.Settings(temperature, best_threshold(sigmoid(logits / temperature), labels))


def _frames(read: Read) -> frames.Settings:
    def rows() -> Iterator[tuple[Floats, NDArray[np.int64]]]:
        for record, reading, scores in read:
            for paragraph in record["paragraphs"]:
                where = within(reading.tokens, paragraph["begin"], paragraph["end"])
                if where.stop > where.start:
                    labels = np.array([[name in paragraph["frames"] for name in frames.FRAMES]], np.int64)
                    yield scores.pieces["frames"][where].mean(axis=0, keepdims=True), labels

    logits, labels = _join(rows())
    temperature = fit_temperature(logits.ravel(), labels.ravel())
    scores = sigmoid(logits / temperature)
    common = best_threshold(scores.ravel(), labels.ravel())
    cases = labels.sum(axis=0)
    own = [best_threshold(scores[:, i], labels[:, i]) for i in range(len(frames.FRAMES))]
    mixed = (np.array(own) * cases + common * _PULL) / (cases + _PULL)
    return frames.Settings(temperature, tuple(round(float(x), 3) for x in mixed))


def _stance(read: Read, reader: Reader, runner: Runner) -> stance.Settings:
    """Fit requested targets on authors over documents, detected ones on mentions and on authors over documents."""
    documents: list[tuple[Floats, int]] = []
    mentions: list[tuple[Floats, int]] = []
    by_mention: list[tuple[Floats, int]] = []
    for record, reading, scores in read:
        voices = record["voice_segments"]
        author = np.zeros(len(reading.tokens), bool)
        for segment in voices:
            author[within(reading.tokens, segment["begin"], segment["end"])] = segment["voice"] in _AUTHOR
        marked = {(s["segment"], s["target"]): s["label"] for s in record["segment_stance"]}
        for target in record["targets"]:
            name, held = target["name"], stance.STANCES.index(target["author_stance"])
            _, logits = runner.target(reading.tokens, reading.windows, reader.target(name), lambda: False)
            if author.any():
                documents.append((_pooled(logits[author]), held))
            own = np.zeros(len(reading.tokens), bool)
            for begin, end in mention_spans(record["content"], name):
                where = within(reading.tokens, begin, end)
                inside = next((i for i, s in enumerate(voices) if s["begin"] <= begin and end <= s["end"]), None)
                if inside is not None and where.stop > where.start:
                    own[where] = voices[inside]["voice"] in _AUTHOR
                    label = marked.get((inside, name), "NEUTRAL")
                    rows = scores.pieces["mention"][where].mean(axis=0, keepdims=True)
                    mentions.append((rows, stance.STANCES.index(label)))
            if own.any():
                by_mention.append((scores.pieces["mention"][own].mean(axis=0, keepdims=True), held))
    return stance.Settings(
        temperature=fit_temperature(*_join(documents)),
        mention_temperature=fit_temperature(*_join(mentions)),
        document_bias=_best_bias(*_join(documents)),
        mention_bias=_best_bias(*_join(by_mention)),
    )


def _best_bias(logits: Floats, labels: NDArray[np.int64]) -> tuple[float, ...]:
    """Return what to add to the logits of FAVOR and AGAINST for the best macro-F1, as little as possible."""
    grid = np.linspace(-2.0, 2.0, 17)
    return max(
        ((float(favor), float(against), 0.0) for favor in grid for against in grid),
        key=lambda bias: (
            class_f1(labels, (logits + np.array(bias)).argmax(axis=-1), range(len(stance.STANCES))),
            -abs(bias[0]) - abs(bias[1]),
        ),
    )


def _pooled(logits: Floats) -> Floats:
    return (softmax(logits[:, 0]) @ logits[:, 1:])[None]

"""Sentences and posts: subjectivity, bias, stance, sentiment and entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from slantwise_models.corpora.example import records, within
from slantwise_models.corpora.sentences import stance_label
from slantwise_models.evaluation.figures import Figure, Reliability, class_f1, f1, reliability
from slantwise_models.evaluation.floors import Metric, majority, tfidf
from slantwise_models.heads import stance
from slantwise_models.heads._math import sigmoid, softmax
from slantwise_models.heads.voice import VOICES
from slantwise_server.engine.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from slantwise_models.evaluation.subject import Subject

_EDITORIAL = VOICES.index("EDITORIAL")
_ALL = tuple(range(len(stance.STANCES)))
Measured = tuple[list[Figure], list[Reliability]]


def _load(data: Path, file: str) -> list[dict[str, Any]]:
    return list(records(data / f"{file}.jsonl"))


def _figure(
    head: str, file: str, metric: Metric, name: str, train: tuple[Sequence[str], Sequence[int]] | None,
    test: tuple[Sequence[str], Sequence[int]], ours: Sequence[int], published: str,
) -> Figure:  # fmt: skip
    floors = {}
    if train is not None:
        floors = {"majority": majority(train[1], test[1], metric), "TF-IDF": tfidf(*train, *test, metric)}
    return Figure(head, file, name, len(test[1]), floors, published, metric(test[1], ours))


def subjectivity(data: Path, split: str, subject: Subject) -> Measured:
    """CheckThat!: whether a sentence is the author's own judgement; never trained on, the threshold chosen on its dev split."""

    def shares(rows: Sequence[dict[str, Any]]) -> list[float]:
        temperature = subject.decoding["voice"]["temperature"]
        scored = subject.texts(r["text"] for r in rows)
        return [float(softmax(s.pieces["voice"].mean(axis=0) / temperature)[_EDITORIAL]) for _, s in scored]

    def macro(gold: Sequence[int], ours: Sequence[int]) -> float:
        return class_f1(gold, ours, (0, 1))

    file = "subjectivity/checkthat2025_en"
    dev, test, train = (_load(data, f"{file}.{name}") for name in ("dev", split, "train"))
    labels = [[int(r["label"] == "subj") for r in rows] for rows in (dev, test, train)]
    on_dev = shares(dev)
    threshold = max(np.arange(0.2, 0.8, 0.02), key=lambda t: macro(labels[0], [int(x >= t) for x in on_dev]))
    on_test = shares(test)
    ours = [int(x >= threshold) for x in on_test]
    figure = _figure(
        "voice", f"{file}.{split}", macro, "macro-F1", ([r["text"] for r in train], labels[2]),
        ([r["text"] for r in test], labels[1]), ours,
        "dev_test: 0.744 HYBRINFOX 2024 (trained on it); 0.63 MiniLM-L12 + LR (task README)",
    )  # fmt: skip
    sure = [(max(x, 1 - x), (x >= 0.5) == bool(label)) for x, label in zip(on_test, labels[1], strict=True)]
    return [figure], [reliability("voice", f"{file}.{split}", sure)]


def bias(data: Path, split: str, subject: Subject) -> Measured:
    """BABE: whether a sentence is biased."""
    file = f"lexical_bias/babe_sg2.{split}"
    train, test = _load(data, "lexical_bias/babe_sg2.train"), _load(data, file)
    gold = [int(r["label"] == "biased") for r in test]
    scores = [float(sigmoid(s.pieces["bias"].mean(axis=0))[0]) for _, s in subject.texts(r["text"] for r in test)]

    def macro(a: Sequence[int], b: Sequence[int]) -> float:
        return class_f1(a, b, (0, 1))

    figure = _figure(
        "loaded", file, macro, "macro-F1 biased", ([r["text"] for r in train], [int(r["label"] == "biased") for r in train]),
        ([r["text"] for r in test], gold), [int(x >= 0.5) for x in scores],
        "0.804 best BERT-based, five folds (Spinde et al. 2021); this split is another",
    )  # fmt: skip
    decisions = ((max(x, 1 - x), (x >= 0.5) == bool(y)) for x, y in zip(scores, gold, strict=True))
    return [figure], [reliability("loaded", file, decisions)]


STANCE_SETS = (
    ("stance/vast", "macro-F1", _ALL, "zero-shot rows 0.771 TATA (2023); BERT-base 0.66"),
    (
        "stance/semeval2016_task6a",
        "mean F1 favor, against",
        (0, 1),
        "0.729 TimeLMs; RoBERTa-base 0.68; SVM 0.673 (TweetEval)",
    ),
    ("stance/gwsd", "macro-F1", _ALL, "not verified"),
    ("stance/perspectrum", "macro-F1", (0, 1), "not verified"),
    ("target_sentiment/newsmtsc_rw", "macro-F1", _ALL, "0.831 GRU-TSC (Hamborg & Donnay 2021)"),
    ("target_sentiment/newsmtsc_mt", "macro-F1", _ALL, "0.825 GRU-TSC (Hamborg & Donnay 2021)"),
)


def stances(data: Path, split: str, subject: Subject) -> Measured:
    """Stance towards a target that is read with the text, six corpora; NewsMTSC by its mentions as well."""
    figures, reliabilities = [], []
    for name, metric_name, labels, published in STANCE_SETS:
        file = f"{name}.{split}"
        test = _load(data, file)
        train = _load(data, "target_sentiment/newsmtsc.train" if "newsmtsc" in name else f"{name}.train")
        gold = [stance_label(r["label"]) for r in test]

        def metric(a: Sequence[int], b: Sequence[int], labels: Sequence[int] = labels) -> float:
            return class_f1(a, b, labels)

        chances = list(subject.towards((r["text"], _target(r)) for r in test))
        if labels == (0, 1) and not any(y == stance.NEUTRAL for y in gold):  # a test without neutrals: the better side
            ours = [int(c[:2].argmax()) for c in chances]
        else:
            ours = [int(c.argmax()) for c in chances]
        texts = ([_paired(r) for r in train], [stance_label(r["label"]) for r in train])
        figures.append(
            _figure("stance", file, metric, metric_name, texts, ([_paired(r) for r in test], gold), ours, published)
        )
        decisions = ((float(c.max()), int(c.argmax()) == y) for c, y in zip(chances, gold, strict=True))
        reliabilities.append(reliability("stance", file, decisions))
        if name == "stance/vast":
            rows = [i for i, r in enumerate(test) if r.get("zero_shot")]
            if rows:
                value = metric([gold[i] for i in rows], [ours[i] for i in rows])
                figures.append(Figure("stance", file, "macro-F1, zero-shot rows", len(rows), {}, published, value))
        if "newsmtsc" in name:
            figures.append(_mentions(file, test, gold, figures[-1], subject))
    return figures, reliabilities


def _target(record: dict[str, Any]) -> str:
    return str(record["mention"] if "mention" in record else record["target"])


def _paired(record: dict[str, Any]) -> str:
    return f"{_target(record)} | {record['text']}"


def _mentions(
    file: str, test: Sequence[dict[str, Any]], gold: Sequence[int], beside: Figure, subject: Subject
) -> Figure:
    ours = []
    for record, (reading, scores) in zip(test, subject.texts(r["text"] for r in test), strict=True):
        where = within(reading.tokens, *record["target"])
        ours.append(int(scores.pieces["mention"][where].mean(axis=0).argmax()))
    return Figure(
        "stance", file, "macro-F1, by mention", len(test), beside.floors, beside.published, class_f1(gold, ours, _ALL)
    )


def names(data: Path, split: str, subject: Subject) -> Measured:
    """Entities: exact spans of people, organisations and places, against runs of capitalised words."""
    figures = []
    for name in ("wikigold", "uner_ewt"):
        file = f"ner/{name}.{split}"
        test = _load(data, file)
        right = chosen = total = rule_right = rule_chosen = 0
        for record, (reading, scores) in zip(test, subject.texts(r["text"] for r in test), strict=True):
            gold = {(b, e) for b, e, kind in record["entities"] if kind != "MISC"}
            known = Names(record["text"], reading.tokens, scores.pieces["entity"])
            found = {tuple(span) for entity in known.entities if entity.type != "OTHER" for span in entity.mentions}
            ruled = set(_capitalised(record["text"]))
            right, chosen, total = right + len(gold & found), chosen + len(found), total + len(gold)
            rule_right, rule_chosen = rule_right + len(gold & ruled), rule_chosen + len(ruled)
        floors = {"capitals": f1(rule_right, rule_chosen, total)}
        figures.append(
            Figure("entities", file, "span F1, untyped", total, floors, "not verified", f1(right, chosen, total))
        )
    return figures, []


def _capitalised(text: str) -> Iterator[tuple[int, int]]:
    begin = None
    last = 0
    position = 0
    for word in text.split(" "):
        bare = word.strip(".,;:!?()\"'“”‘’")
        if bare[:1].isupper():
            begin = position + word.index(bare) if begin is None else begin
            last = position + word.index(bare) + len(bare)
        elif begin is not None:
            yield begin, last
            begin = None
        position += len(word) + 1
    if begin is not None:
        yield begin, last

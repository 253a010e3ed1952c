"""Floors: what the majority class, bags of words and simple rules reach on the same test."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion

if TYPE_CHECKING:
    from numpy.typing import NDArray

Metric = Callable[[Sequence[int], Sequence[int]], float]

CUE_VERBS = frozenset(
    "said says say told tells tell according added adds wrote writes announced argued argues claimed claims asked asks "
    "noted notes stated states explained suggested suggests reported reports tweeted believes believe believed thinks think "
    "thought called calls insisted warned admitted denied declared predicted expects expected estimates hopes hope wants "
    "promised accused urged described".split()
)
_WORDS = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")


def majority(train: Sequence[int], test: Sequence[int], metric: Metric) -> float:
    """Return the metric of always answering the commonest training label."""
    return metric(test, [Counter(train).most_common(1)[0][0]] * len(test))


def _features() -> FeatureUnion:
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=3, sublinear_tf=True)),
        ]
    )


def tfidf(
    train: Sequence[str], labels: Sequence[int], test: Sequence[str], gold: Sequence[int], metric: Metric
) -> float:
    """Return the metric of a balanced logistic regression on word and character n-grams."""
    features = _features()
    model = LogisticRegression(max_iter=1000, class_weight="balanced", C=4.0)
    model.fit(features.fit_transform(train), np.asarray(labels))
    return metric(gold, model.predict(features.transform(test)).tolist())


def tfidf_labels(train: Sequence[str], labels: NDArray[np.int64], test: Sequence[str]) -> NDArray[np.int64]:
    """Return the labels that such a model, one a label, gives the test texts: [texts, labels]."""
    features = _features()
    model = OneVsRestClassifier(LogisticRegression(max_iter=1000, class_weight="balanced", C=4.0))
    model.fit(features.fit_transform(train), labels)
    return np.asarray(model.predict(features.transform(test)), np.int64)


def words(text: str) -> list[tuple[int, int]]:
    """Return the words and punctuation marks of a text: the tokens of token F1."""
    return [match.span() for match in _WORDS.finditer(text)]


def cue_rule(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[bool], list[bool]]:
    """Return which words a cue-verb rule takes for cues, and for sources: the capitalised run or pronoun beside one."""
    surface = [text[b:e] for b, e in spans]
    cue = [word.lower() in CUE_VERBS for word in surface]
    source = [False] * len(spans)
    for i, found in enumerate(cue):
        if not found:
            continue
        for step in (-1, 1):
            j = i + step
            while 0 <= j < len(surface) and (
                surface[j][0].isupper() or surface[j].lower() in ("he", "she", "they", "it")
            ):
                source[j] = True
                j += step
            if source[min(max(i + step, 0), len(source) - 1)]:
                break
    return cue, source

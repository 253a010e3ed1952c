"""A figure: one metric on one file, ours beside the floors and what others have published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

BINS = 10


@dataclass(slots=True)
class Figure:
    """One row of the table; every value in [0, 1], None where there is none.

    Attributes:
        head: The head that is measured.
        file: The test file, such as `stance/vast.test`.
        metric: What is measured.
        cases: How many cases it is measured on.
        floors: The floors by name: majority, TF-IDF, rules.
        published: What others have published on it, with the source.
        int8: Ours, as shipped.
        fp32: Ours, with the weights as trained, when they were at hand.
    """

    head: str
    file: str
    metric: str
    cases: int
    floors: dict[str, float] = field(default_factory=dict)
    published: str = ""
    int8: float | None = None
    fp32: float | None = None


def f1(right: float, chosen: float, gold: float) -> float:
    """Return the F1 of so many right among those chosen and those that there are."""
    return 2 * right / (chosen + gold) if chosen + gold else 0.0


def class_f1(gold: ArrayLike, ours: ArrayLike, labels: Sequence[int]) -> float:
    """Return the mean F1 over some of the labels."""
    a, b = np.asarray(gold), np.asarray(ours)
    return float(np.mean([f1(((a == k) & (b == k)).sum(), (b == k).sum(), (a == k).sum()) for k in labels]))


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the probabilities of a head are to be trusted on one file.

    Attributes:
        head: The head.
        file: The test file.
        cases: How many decisions.
        ece: Expected calibration error over ten bins of equal width.
        brier: Mean squared distance between the probability of the decision and whether it was right.
        bins: For each bin that holds any: mean probability, share right, cases.
    """

    head: str
    file: str
    cases: int
    ece: float
    brier: float
    bins: tuple[tuple[float, float, int], ...]


def reliability(head: str, file: str, decisions: Iterable[tuple[float, bool]]) -> Reliability:
    """Return the reliability of decisions, each with its probability and whether it was right."""
    pairs = np.array(list(decisions), dtype=float).reshape(-1, 2)
    chance: NDArray[np.float64] = pairs[:, 0]
    right: NDArray[np.float64] = pairs[:, 1]
    where = np.minimum((chance * BINS).astype(int), BINS - 1)
    bins = []
    for index in range(BINS):
        inside = where == index
        if inside.any():
            bins.append(
                (round(float(chance[inside].mean()), 4), round(float(right[inside].mean()), 4), int(inside.sum()))
            )
    cases = len(pairs)
    ece = sum(abs(p - r) * n for p, r, n in bins) / max(cases, 1)
    brier = float(((chance - right) ** 2).mean()) if cases else 0.0
    return Reliability(head, file, cases, round(ece, 4), round(brier, 4), tuple(bins))

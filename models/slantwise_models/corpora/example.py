"""Training examples: windows with the labels that some corpus gives them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from slantwise_models.heads._math import IGNORED
from slantwise_models.text import Document, read
from slantwise_models.window import TARGET_LIMIT, Inputs, Window, inputs, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from slantwise_models.tokens import Pieces, Tokens, WordPieces

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces with one label between them: which of the window's positions, and the label or labels."""

    where: Bools
    label: Any


@dataclass(frozen=True, slots=True)
class Pointer:
    """From a position, in a channel, any of the positions `to` is right."""

    channel: int
    start: int
    to: Bools


@dataclass(slots=True)
class Example:
    """A window and its labels, by head output: for pieces arrays of the window's length, for groups lists."""

    inputs: Inputs
    heads: tuple[str, ...]
    pieces: dict[str, Ints] = field(default_factory=dict)
    groups: dict[str, list[Group]] = field(default_factory=dict)
    pointers: list[Pointer] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read as the service reads it: its tokens and windows."""

    document: Document
    tokens: Tokens
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the texts of corpora into windows of the model's size."""

    vocabulary: WordPieces
    size: int
    context: int

    def read(self, text: str, media_type: str = "PLAIN") -> Reading:
        """Return a text's tokens and windows."""
        document = read(text, media_type)
        tokens = self.vocabulary.read(document)
        return Reading(document, tokens, tuple(windows(tokens, self.size, self.context)))

    def inputs(self, reading: Reading, window: Window, target: str | None = None) -> Inputs:
        """Return a window as the encoder takes it."""
        return inputs(reading.tokens, window, self.vocabulary, self.target(target) if target else None)

    def target(self, name: str) -> Pieces:
        """Return the pieces of a target."""
        return self.vocabulary.phrase(name, TARGET_LIMIT)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def within(tokens: Tokens, begin: int, end: int) -> slice:
    """Return the tokens that begin inside `[begin, end)`."""
    low, high = np.searchsorted(tokens.begins, (begin, end))
    return slice(int(low), int(high))


def tags(tokens: Tokens, spans: Sequence[tuple[int, int, int]]) -> Ints:
    """Return begin and inside tags of spans with labels (begin, end, number of the begin tag); the rest is 0."""
    out = np.zeros(len(tokens), np.int64)
    for begin, end, label in spans:
        where = within(tokens, begin, end)
        out[where] = label + 1
        out[where.start : min(where.start + 1, where.stop)] = label
    return out


def to_window(per_token: Ints, shown: Inputs, window: Window, fill: int = IGNORED) -> Ints:
    """Return per-token labels at a window's positions; what is not scored there gets `fill`."""
    out = np.full(len(shown), fill, np.int64)
    where = shown.scored(window)
    out[where] = per_token[shown.tokens[where]]
    return out

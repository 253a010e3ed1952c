"""A document's windows run through the model, and the logits put back in the order of its pieces."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads import OUTPUTS
from slantwise_models.heads._math import softmax
from slantwise_models.window import Inputs, Window, inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from slantwise_models.tokens import Pieces, Tokens, WordPieces
    from slantwise_server.engine.backend import Backend, Floats

TEXT_OUTPUTS = tuple(name for name in OUTPUTS if name != "stance")


class EngineCancelled(Exception):  # noqa: N818 - it is no error
    """The caller took the document back."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """One window's pointers: `logits`, [channels, L, L], over positions that hold `tokens`, [L], -1 for none."""

    window: Window
    tokens: NDArray[np.int32]
    logits: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """A document's logits.

    Attributes:
        pieces: By output [N, width], one row a piece.
        pointers: By window, in order.
    """

    pieces: Mapping[str, Floats]
    pointers: tuple[Pointers, ...]

    def pointed(self, begin: int, end: int, channel: int) -> tuple[dict[int, float], float]:
        """Return where the pieces `begin` to `end` point: the probability of each piece, and of none, averaged."""
        found: dict[int, float] = {}
        nowhere = 0.0
        for at in range(bisect_right(self.pointers, begin, key=lambda part: part.window.end), len(self.pointers)):
            part = self.pointers[at]
            low, high = max(begin, part.window.begin), min(end, part.window.end)
            if low >= high:
                break
            rows = (part.tokens >= low) & (part.tokens < high)
            share = softmax(part.logits[channel][rows]).mean(axis=0) * ((high - low) / (end - begin))
            for position in np.flatnonzero(share > 0.01).tolist():
                token = int(part.tokens[position])
                if token < 0:
                    nowhere += float(share[position])
                else:
                    found[token] = found.get(token, 0.0) + float(share[position])
        return found, nowhere


class Runner:
    """Runs windows of documents on a pool of threads.

    Args:
        backend: What runs the model.
        vocabulary: The encoder's word pieces.
        pool: Where windows run.
    """

    def __init__(self, backend: Backend, vocabulary: WordPieces, pool: Executor) -> None:
        self._backend, self._vocabulary, self._pool = backend, vocabulary, pool

    def text(self, tokens: Tokens, windows: Sequence[Window], cancelled: Callable[[], bool]) -> Scores:
        """Return what the heads say of a document.

        Raises:
            EngineCancelled: `cancelled` came true.
        """
        pieces = {name: np.zeros((len(tokens), OUTPUTS[name]), np.float32) for name in TEXT_OUTPUTS}
        shown = [inputs(tokens, window, self._vocabulary) for window in windows]
        pointers = []
        for window, read, result in self._run(windows, shown, (*TEXT_OUTPUTS, "pointer"), cancelled):
            where = read.scored(window)
            for name, rows in pieces.items():
                rows[window.begin : window.end] = result[name][where]
            pointers.append(Pointers(window, read.tokens, result["pointer"]))
        return Scores(pieces, tuple(pointers))

    def target(
        self, tokens: Tokens, windows: Sequence[Window], target: Pieces, cancelled: Callable[[], bool]
    ) -> tuple[NDArray[np.int32], Floats]:
        """Return what the stance head says of windows read with a target: the pieces read, [n], and logits, [n, 4].

        Raises:
            EngineCancelled: `cancelled` came true.
        """
        shown = [inputs(tokens, window, self._vocabulary, target) for window in windows]
        read_pieces, logits = [], []
        for window, read, result in self._run(windows, shown, ("stance",), cancelled):
            where = read.scored(window)
            read_pieces.append(read.tokens[where])
            logits.append(result["stance"][where])
        return np.concatenate(read_pieces), np.concatenate(logits)

    def _run(
        self, windows: Sequence[Window], shown: Sequence[Inputs], outputs: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterable[tuple[Window, Inputs, Mapping[str, Floats]]]:
        def run(read: Inputs) -> Mapping[str, Floats]:
            if cancelled():
                raise EngineCancelled
            return self._backend.run(read, outputs)

        return zip(windows, shown, self._pool.map(run, shown), strict=True)

"""A document's windows run through the model, and the logits put back in the order of its pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from slantwise_models.heads import OUTPUTS
from slantwise_models.heads._math import softmax
from slantwise_models.heads.attribution import CHANNELS, ROLES
from slantwise_models.heads.voice import VOICES
from slantwise_models.window import Inputs, Window, inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from slantwise_models.tokens import Pieces, Tokens, WordPieces
    from slantwise_server.engine.backend import Backend, Floats

TEXT_OUTPUTS = tuple(name for name in OUTPUTS if name != "stance")
GOALS = 8  # of a piece's pointers that are kept: whole windows of them would take gigabytes for a long document
_CITED = [VOICES.index("ATTRIBUTED"), VOICES.index("QUOTED")]
_CONTENT = [ROLES.index("B-CONTENT"), ROLES.index("I-CONTENT")]
_HARDLY = 0.02  # probability below which a piece is no source's, and its pointers do not matter


class EngineCancelled(Exception):  # noqa: N818 - it is no error
    """The caller took the document back."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A document's logits.

    Attributes:
        pieces: By output [N, width], one row a piece.
        pointed_to: Where each piece points, by channel: its likeliest goals, as pieces or -1 for none, [N, channels, GOALS].
        chances: Their probabilities, [N, channels, GOALS]; all 0 for pieces that are no source's words.
    """

    pieces: Mapping[str, Floats]
    pointed_to: NDArray[np.int32]
    chances: Floats

    def pointed(self, begin: int, end: int, channel: int) -> tuple[dict[int, float], float]:
        """Return where the pieces `begin` to `end` point: the probability of each piece, and of none, averaged."""
        goals, where = np.unique(self.pointed_to[begin:end, channel], return_inverse=True)
        shares = np.bincount(where.ravel(), self.chances[begin:end, channel].ravel()) / (end - begin)
        found = dict(zip(goals.tolist(), shares.tolist(), strict=True))
        return {goal: share for goal, share in found.items() if goal >= 0 and share > 0.0}, found.get(-1, 0.0)


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
        pointed_to = np.full((len(tokens), len(CHANNELS), GOALS), -1, np.int32)
        chances = np.zeros((len(tokens), len(CHANNELS), GOALS), np.float32)
        shown = [inputs(tokens, window, self._vocabulary) for window in windows]
        for window, read, result in self._run(windows, shown, (*TEXT_OUTPUTS, "pointer"), cancelled):
            where = read.scored(window)
            for name, rows in pieces.items():
                rows[window.begin : window.end] = result[name][where]
            sourced = softmax(result["voice"])[:, _CITED].sum(axis=-1) + softmax(result["role"])[:, _CONTENT].sum(
                axis=-1
            )
            cited = np.flatnonzero(sourced * where > _HARDLY)
            share = softmax(result["pointer"][:, cited].swapaxes(0, 1))  # [cited, channels, L]
            kept = min(GOALS, len(read))
            best = np.argpartition(-share, kept - 1, axis=-1)[..., :kept]
            at = read.tokens[cited]
            pointed_to[at, :, :kept] = read.tokens[best]
            chances[at, :, :kept] = np.take_along_axis(share, best, axis=-1)
        return Scores(pieces, pointed_to, chances)

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

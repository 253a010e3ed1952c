"""What is being measured: a model with its reader, asked about whole documents or single sentences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from slantwise_models.heads import stance
from slantwise_server.engine.scores import Runner, Scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slantwise_models.corpora.example import Reader, Reading
    from slantwise_server.engine.backend import Backend

Floats = NDArray[np.float32]


class Subject:
    """A model under test.

    Args:
        backend: What runs it.
        reader: Reads texts as it does.
        decoding: The settings of decoding of its `config.json`.
    """

    def __init__(self, backend: Backend, reader: Reader, decoding: dict[str, Any]) -> None:
        self.reader, self.decoding = reader, decoding
        self._outer = ThreadPoolExecutor()
        self._runner = Runner(backend, reader.vocabulary, ThreadPoolExecutor())

    def texts(self, texts: Iterable[str]) -> Iterator[tuple[Reading, Scores]]:
        """Yield each text's reading and scores, in order."""

        def run(text: str) -> tuple[Reading, Scores]:
            reading = self.reader.read(text)
            return reading, self._runner.text(reading.tokens, reading.windows, lambda: False)

        return self._outer.map(run, texts)

    def towards(self, pairs: Iterable[tuple[str, str]]) -> Iterator[Floats]:
        """Yield, for each text and target, the probabilities of `STANCES` over the whole text."""

        def run(pair: tuple[str, str]) -> Floats:
            reading = self.reader.read(pair[0])
            phrase = self.reader.target(pair[1])
            _, logits = self._runner.target(reading.tokens, reading.windows, phrase, lambda: False)
            return stance.over(logits, self.decoding["stance"]["temperature"])

        return self._outer.map(run, pairs)

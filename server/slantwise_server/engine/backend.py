"""What runs the model: one window in, every head's logits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slantwise_models.window import Inputs

Floats = NDArray[np.float32]


class Backend(Protocol):
    """Runs the model on single windows; safe to call from several threads at once."""

    name: str

    def run(self, window: Inputs, outputs: Sequence[str]) -> Mapping[str, Floats]:
        """Return the logits of the named outputs: [L, width], and `pointer`, [channels, L from, L to]."""
        ...

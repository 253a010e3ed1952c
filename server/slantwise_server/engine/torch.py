"""The torch backend, for GPUs and for comparison: the same weights, activations in full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from safetensors.numpy import load_file

from slantwise_models.encoder import SlantwiseConfig, SlantwiseModel, linear_names
from slantwise_models.weights import floats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slantwise_models.window import Inputs
    from slantwise_server.engine.backend import Floats


class TorchBackend:
    """Runs the model in torch, on a GPU where there is one.

    Args:
        model: The model with its weights.
    """

    name = "torch"

    def __init__(self, model: SlantwiseModel) -> None:
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = model.to(self._device).eval()

    @classmethod
    def load(cls, folder: Path, encoder: Mapping[str, Any]) -> TorchBackend:
        """Return a backend with the weights of a verified model package; `encoder` is the shape of its encoder."""
        model = SlantwiseModel(SlantwiseConfig(encoder=dict(encoder)))
        weights = floats(load_file(str(folder / "model.safetensors")), linear_names(model))
        model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
        return cls(model)

    def run(self, window: Inputs, outputs: Sequence[str]) -> Mapping[str, Floats]:
        """Return the logits of the named outputs."""
        arguments = [
            torch.from_numpy(array).long()[None].to(self._device)
            for array in (window.ids, window.types, window.shapes, window.layouts)
        ]
        with torch.inference_mode():
            results = self._model(*arguments)
        return {name: results[name][0].float().cpu().numpy() for name in outputs}

"""The ONNX Runtime backend, the default on CPUs.

One session serves all threads, each call on one of them: for windows of a few hundred pieces that is faster than
splitting a call over cores, and never makes the result depend on the load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slantwise_models.window import Inputs
    from slantwise_server.engine.backend import Floats


class OnnxBackend:
    """Runs `model.onnx`.

    Args:
        folder: A verified model package.
    """

    name = "onnx"

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._run_options = onnxruntime.RunOptions()
        self._run_options.only_execute_path_to_fetches = True

    def run(self, window: Inputs, outputs: Sequence[str]) -> Mapping[str, Floats]:
        """Return the logits of the named outputs."""
        feed = {
            "ids": window.ids[None].astype("int64"),
            "types": window.types[None].astype("int64"),
            "shapes": window.shapes[None].astype("int64"),
            "layouts": window.layouts[None].astype("int64"),
        }
        results = self._session.run(list(outputs), feed, self._run_options)
        return {name: result[0] for name, result in zip(outputs, results, strict=True)}

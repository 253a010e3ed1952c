"""Write a trained model as `model.safetensors` and `model.onnx`.

The graph is traced from torch, then every product with a large weight becomes an integer one: activations are quantised
as they come, uint8 with one scale a piece, weights are int8 with one scale a column. A scale a piece costs a seventh of
the speed of one a tensor, as `quantize_dynamic` makes it, and takes three fifths off its error; and what is computed of a
piece does not depend on what else is in the batch.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file
from torch import Tensor, nn

from slantwise_models.encoder import LARGE, SlantwiseModel, linear_names
from slantwise_models.heads import OUTPUTS
from slantwise_models.weights import SCALE, floats, places, quantise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEIGHTS, GRAPH = "model.safetensors", "model.onnx"
INPUTS = ("ids", "types", "shapes", "layouts")
OPSET = 17
# Of quantised activations: 127 steps either way around 128.
_CONSTANTS = {
    "q.levels": np.float32(127.0), "q.least": np.float32(1e-9), "q.unit": np.float32(1.0), "q.middle": np.uint8(128),
}  # fmt: skip


class _Traced(nn.Module):
    """The model with its outputs in a fixed order, for tracing."""

    def __init__(self, model: SlantwiseModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, types: Tensor, shapes: Tensor, layouts: Tensor) -> tuple[Tensor, ...]:
        outputs = self.model(ids, types, shapes, layouts)
        return tuple(outputs[name] for name in (*OUTPUTS, "pointer"))


def export(model: SlantwiseModel, folder: Path) -> None:
    """Write the weights and the graph of a model into a folder."""
    model = model.cpu().eval()
    linear = linear_names(model)
    stored: dict[str, np.ndarray[Any, Any]] = {}
    for name, tensor in model.state_dict().items():
        value = tensor.float().numpy()
        if name in linear:
            stored[name], stored[name + SCALE] = quantise(np.ascontiguousarray(value.T), axis=0)
        elif value.ndim == 2 and value.size >= LARGE:
            stored[name], stored[name + SCALE] = quantise(value, axis=1)
        else:
            stored[name] = value
    save_file(stored, str(folder / WEIGHTS))
    model.load_state_dict({name: torch.from_numpy(value) for name, value in floats(stored, linear).items()})
    graph = _trace(model)
    _rewrite(graph.graph, stored, linear)
    _externalise(graph.graph, stored, places(folder / WEIGHTS))
    onnx.save(graph, str(folder / GRAPH))


def _trace(model: SlantwiseModel) -> onnx.ModelProto:
    sample = torch.ones((1, 8), dtype=torch.int64)
    axes = {name: {1: "length"} for name in (*INPUTS, *OUTPUTS)} | {"pointer": {2: "length", 3: "length"}}
    buffer: Any = io.BytesIO()  # which torch writes to, though its types say a path
    torch.onnx.export(
        _Traced(model).eval(),
        (sample,) * len(INPUTS),
        buffer,
        input_names=list(INPUTS),
        output_names=[*OUTPUTS, "pointer"],
        dynamic_axes=axes,
        opset_version=OPSET,
        do_constant_folding=True,
        dynamo=False,
    )
    return onnx.load_from_string(buffer.getvalue())


def _parameter(node: onnx.NodeProto) -> str:
    """Return the weight that a traced product belongs to: `/model/a/b/MatMul` multiplies by `a.b.weight`."""
    return node.name.removeprefix("/model/").rsplit("/", 1)[0].replace("/", ".") + ".weight"


def _rewrite(graph: onnx.GraphProto, stored: dict[str, np.ndarray[Any, Any]], linear: frozenset[str]) -> None:
    """Turn products with quantised weights, and look-ups in quantised embeddings, into integer ones."""
    nodes: list[onnx.NodeProto] = []
    quantised: set[str] = set()
    done: set[str] = set()

    def activation(name: str) -> Iterator[onnx.NodeProto]:
        if name not in quantised:
            quantised.add(name)
            q = f"{name}.q"
            yield helper.make_node("Abs", [name], [f"{q}.abs"])
            yield helper.make_node("ReduceMax", [f"{q}.abs"], [f"{q}.most"], axes=[-1], keepdims=1)
            yield helper.make_node("Div", [f"{q}.most", "q.levels"], [f"{q}.share"])
            yield helper.make_node("Max", [f"{q}.share", "q.least"], [f"{q}.scale"])
            yield helper.make_node("Div", [name, f"{q}.scale"], [f"{q}.scaled"])
            yield helper.make_node("QuantizeLinear", [f"{q}.scaled", "q.unit", "q.middle"], [q])

    for node in graph.node:
        name = _parameter(node)
        if node.op_type == "MatMul" and name in linear:
            x, y = node.input[0], node.output[0]
            nodes += activation(x)
            nodes += [
                helper.make_node("MatMulInteger", [f"{x}.q", name, "q.middle"], [f"{y}.sum"]),
                helper.make_node("Cast", [f"{y}.sum"], [f"{y}.float"], to=TensorProto.FLOAT),
                # In this order: a product of both scales would be fused as if the first were one number.
                helper.make_node("Mul", [f"{y}.float", name + SCALE], [f"{y}.columns"]),
                helper.make_node("Mul", [f"{y}.columns", f"{x}.q.scale"], [y]),
            ]
            done.add(name)
        elif node.op_type == "Gather" and node.input[0].removeprefix("model.") + SCALE in stored:
            name = node.input[0].removeprefix("model.")
            y = node.output[0]
            nodes += [
                helper.make_node("Gather", [name, node.input[1]], [f"{y}.q"], axis=0),
                helper.make_node("Cast", [f"{y}.q"], [f"{y}.float"], to=TensorProto.FLOAT),
                helper.make_node("Gather", [name + SCALE, node.input[1]], [f"{y}.scale"], axis=0),
                helper.make_node("Mul", [f"{y}.float", f"{y}.scale"], [y]),
            ]
            done.add(name)
        else:
            nodes.append(node)
    left = {name.removesuffix(SCALE) for name in stored if name.endswith(SCALE)} - done
    if left:
        raise ValueError(f"the traced graph does not use {sorted(left)} as expected")
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in _CONSTANTS.items())


def _externalise(
    graph: onnx.GraphProto, stored: dict[str, np.ndarray[Any, Any]], where: dict[str, tuple[int, int]]
) -> None:
    """Let the graph's weights be the bytes of the safetensors file, and drop its own copies."""
    used = {name for node in graph.node for name in node.input}
    kept = []
    for tensor in graph.initializer:
        if tensor.name not in used:
            continue
        name = tensor.name.removeprefix("model.")
        if name in stored and np.array_equal(numpy_helper.to_array(tensor), stored[name]):
            kept.append(_external(tensor.name, stored[name], where[name]))
        else:
            kept.append(tensor)
    kept += [_external(name, stored[name], where[name]) for name in stored if name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _external(name: str, array: np.ndarray[Any, Any], place: tuple[int, int]) -> TensorProto:
    tensor = TensorProto(
        name=name,
        dims=array.shape,
        data_type=helper.np_dtype_to_tensor_dtype(array.dtype),
        data_location=TensorProto.EXTERNAL,
    )
    for key, value in (("location", WEIGHTS), ("offset", place[0]), ("length", place[1])):
        tensor.external_data.add(key=key, value=str(value))
    return tensor

"""One set of weights, two backends: what is written, and that both read the same in it."""

import io
import zipfile

import numpy as np
import onnx
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from slantwise_models import encoder as encoder_module
from slantwise_models.heads import OUTPUTS
from slantwise_models.package import FILES
from slantwise_models.text import read
from slantwise_models.weights import SCALE, floats, places, quantise
from slantwise_models.window import inputs, windows
from slantwise_server.engine.onnx import OnnxBackend
from slantwise_server.engine.torch import TorchBackend

TOLERANCE = 0.1  # of the spread of the logits
ALL = (*OUTPUTS, "pointer")
TEXT = (
    "Ana Ortiz, the mayor, said on Monday that the bridge must have a plan. “We will vote,” she told Reuters. Shameful!"
)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000), rows=st.integers(1, 6), columns=st.integers(1, 6), axis=st.sampled_from((0, 1)),
    spread=st.sampled_from((1e-6, 1.0, 1e4)), blank=st.booleans(),
)  # fmt: skip
def test_quantised_weights_are_off_by_at_most_half_a_step(seed, rows, columns, axis, spread, blank):
    matrix = (spread * np.random.default_rng(seed).normal(size=(rows, columns))).astype(np.float32)
    if blank:
        matrix[0], matrix[:, 0] = 0.0, 0.0
    stored, scale = quantise(matrix, axis)
    assert (stored.dtype, scale.dtype) == (np.int8, np.float32)
    assert scale.shape == tuple(1 if i == axis else size for i, size in enumerate(matrix.shape))
    assert (np.abs(stored * scale - matrix) <= scale * 0.5001).all()
    assert (np.abs(stored.astype(int)).max(axis=axis) <= 127).all()
    step = np.abs(matrix).max(axis=axis, keepdims=True) / 127
    assert np.allclose(scale[step > 0], step[step > 0])
    assert not stored[matrix == 0].any()


def test_large_matrices_are_stored_as_integers_and_read_back_as_the_model_has_them(
    tiny_package, tiny_encoder, random_model
):
    stored = load_file(tiny_package / "model.safetensors")
    model = random_model(tiny_encoder)
    linear = encoder_module.linear_names(model)
    original = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    read_back = floats(stored, linear)
    assert set(read_back) == set(original)
    large = {name for name, value in original.items() if value.ndim == 2 and value.size >= encoder_module.LARGE}
    assert {name for name in original if stored[name].dtype == np.int8} == large
    assert linear < large  # the embedding of pieces is large, and no linear layer
    assert linear
    for name, value in original.items():
        assert read_back[name].shape == value.shape
        if name not in large:
            assert np.array_equal(read_back[name], value)
        else:
            bound = np.abs(value).max(axis=1, keepdims=True) / 127
            assert (np.abs(read_back[name] - value) <= 0.51 * bound).all()
            assert (read_back[name] != value).any()


def test_places_are_where_the_bytes_are(tiny_package):
    content = (tiny_package / "model.safetensors").read_bytes()
    stored = load_file(tiny_package / "model.safetensors")
    where = places(tiny_package / "model.safetensors")
    assert set(where) == set(stored)
    for name, (offset, length) in where.items():
        assert content[offset : offset + length] == stored[name].tobytes()


def test_the_graph_takes_its_weights_from_the_safetensors_file(tiny_package):
    graph = onnx.load(tiny_package / "model.onnx", load_external_data=False).graph
    where = places(tiny_package / "model.safetensors")
    external = [tensor for tensor in graph.initializer if tensor.data_location == onnx.TensorProto.EXTERNAL]
    own = [tensor for tensor in graph.initializer if tensor.data_location != onnx.TensorProto.EXTERNAL]
    constants = [a.t for node in graph.node if node.op_type == "Constant" for a in node.attribute if a.HasField("t")]
    for tensor in external:
        told = {entry.key: entry.value for entry in tensor.external_data}
        assert told["location"] == "model.safetensors"
        assert (int(told["offset"]), int(told["length"])) == where[tensor.name.removeprefix("model.")]
    assert {tensor.name.removeprefix("model.") for tensor in external} >= {n for n in where if n.endswith(SCALE)}
    assert max(int(np.prod(tensor.dims)) for tensor in (*own, *constants)) < encoder_module.LARGE
    assert sum(node.op_type == "MatMulInteger" for node in graph.node) == len(
        [n for n in where if n.endswith(SCALE) and "embeddings" not in n]
    )


def test_nothing_in_a_package_is_pickled(tiny_package):
    for name in FILES:
        content = (tiny_package / name).read_bytes()
        assert not content.startswith(b"\x80")
        assert not zipfile.is_zipfile(io.BytesIO(content))


def difference(folder, encoder, vocabulary):
    """Return by output how far the backends' logits are apart, as a share of how far the logits themselves spread."""
    backends = OnnxBackend(folder), TorchBackend.load(folder, encoder)
    tokens = vocabulary.read(read(TEXT), "The bridge")
    apart = {}
    for target in (None, vocabulary.phrase("the plan", 32)):
        for window in windows(tokens, 112, 33):
            ours, theirs = (backend.run(inputs(tokens, window, vocabulary, target), ALL) for backend in backends)
            for name in ALL:
                assert ours[name].shape == theirs[name].shape
                far = np.abs(ours[name] - theirs[name]).max() / theirs[name].std()
                apart[name] = max(apart.get(name, 0.0), float(far))
    return apart


def test_backends_agree_where_nothing_is_quantised(tmp_path, tiny_encoder, vocabulary, random_model, export):
    small = tiny_encoder | {"hidden_size": 16, "intermediate_size": 24}
    export(random_model(small), tmp_path)
    assert not any(name.endswith(SCALE) for name in load_file(tmp_path / "model.safetensors"))
    assert max(difference(tmp_path, small, vocabulary).values()) < 1e-5


def test_backends_agree_but_for_the_rounding_of_activations(tiny_package, tiny_encoder, vocabulary):
    apart = difference(tiny_package, tiny_encoder, vocabulary)
    assert max(apart.values()) < TOLERANCE, apart
    assert max(apart.values()) > 1e-3, "nothing was rounded"


def test_only_what_is_asked_for_is_computed(tiny_package, vocabulary):
    tokens = vocabulary.read(read(TEXT))
    shown = inputs(tokens, windows(tokens, 112, 33)[0], vocabulary)
    backend = OnnxBackend(tiny_package)
    whole = backend.run(shown, ALL)
    for name in ALL:
        assert np.array_equal(backend.run(shown, [name])[name], whole[name])

"""From corpora to a model package: a training run, taken up where it was left, packed and served."""

import json
import sys
import warnings

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from slantwise_models import pack, package, train
from slantwise_models.calibrate import best_threshold, fit_temperature
from slantwise_models.corpora import silver
from slantwise_models.corpora.annotated import annotated
from slantwise_models.encoder import SlantwiseModel
from slantwise_models.heads import HEADS
from slantwise_models.heads._math import softmax
from slantwise_server.engine import Engine


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Let torch use one thread: for a model this small more of them only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory, tokenizer_file, tiny_encoder):
    """Return a folder with a pretrained checkpoint of a tiny encoder, and its vocabulary."""
    folder = tmp_path_factory.mktemp("encoder")
    shape = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "intermediate_size": 64,
        "max_position_embeddings": train.WINDOW,
    }
    torch.manual_seed(1)
    BertModel(BertConfig(**tiny_encoder | shape), add_pooling_layer=False).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    return folder


def run(monkeypatch, main, *arguments):
    """Run a command."""
    monkeypatch.setattr(sys, "argv", ["command", *map(str, arguments)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own age and of what it traces
        main()


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data, silver_file, annotations, encoder):
    """Return the folder of a finished training run."""
    out = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as monkeypatch:
        run(
            monkeypatch, train.main, "--data", data, "--silver", silver_file, "--annotations", annotations,
            "--encoder", encoder, "--out", out,
        )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def documents(data, silver_file, annotations):
    """Return the documents with every kind of label."""
    return silver.silver(silver_file, annotated(annotations, data))


@pytest.fixture(scope="module")
def steps(data, documents, reader):
    """Return the batches of the whole recipe."""
    return list(train.batches(train.corpora(data, reader), documents, reader, train.RECIPE))


def same(ours, theirs):
    """Tell whether two sets of weights are equal to the bit."""
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_the_same_seed_gives_the_same_batches(data, documents, reader, steps):
    again = list(train.batches(train.corpora(data, reader), documents, reader, train.RECIPE))
    assert len(again) == len(steps)
    for ours, theirs in zip(steps, again, strict=True):
        assert [e.heads for e in ours] == [e.heads for e in theirs]
        assert all(np.array_equal(a.inputs.ids, b.inputs.ids) for a, b in zip(ours, theirs, strict=True))


def test_the_recipe_trains_every_head_on_every_corpus(data, reader, steps):
    assert {head for batch in steps for example in batch for head in example.heads} == set(HEADS)
    made = train.corpora(data, reader)
    assert all(made.values())
    assert all(set(phase) == {*made, "silver", "silver_stance"} for phase in train.RECIPE)


def test_a_run_reads_train_splits_alone_and_writes_a_model(trained, encoder):
    """No other split here can be read, so a run that looked at one would have failed."""
    weights = torch.load(trained / "model.pt", weights_only=True)
    told = json.loads((trained / "training.json").read_text("utf-8"))
    fresh = SlantwiseModel.pretrained(encoder)
    fresh.load_state_dict(weights)
    assert (told["window"], told["context"], told["seed"]) == (train.WINDOW, train.CONTEXT, train.SEED)
    assert told["steps"] > 10
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    before = SlantwiseModel.pretrained(encoder).state_dict()
    moved = [name for name in weights if name.startswith("encoder.") and not torch.equal(weights[name], before[name])]
    assert len(moved) > 10


class Interrupted(list):
    """Batches of which one cannot be had, as when the machine goes away."""

    def __init__(self, steps, last):
        super().__init__(steps)
        self._last = last

    def __getitem__(self, step):
        if step == self._last:
            raise KeyboardInterrupt
        return super().__getitem__(step)


@pytest.mark.parametrize("last", [1, 5])
def test_a_run_taken_up_again_ends_with_the_weights_of_an_uninterrupted_one(tmp_path, encoder, steps, last):
    def model(seed):
        torch.manual_seed(seed)
        return SlantwiseModel.pretrained(encoder)

    few = steps[:8]
    (tmp_path / "whole").mkdir()
    (tmp_path / "halves").mkdir()
    whole = train.fit(model(0), few, tmp_path / "whole")
    assert not (tmp_path / "whole" / "checkpoint.pt").exists()
    with pytest.raises(KeyboardInterrupt):
        train.fit(model(0), Interrupted(few, last), tmp_path / "halves", checkpoint_minutes=0)
    state = torch.load(tmp_path / "halves" / "checkpoint.pt", weights_only=True)
    assert state["step"] == last
    assert not same(whole, state["model"])
    assert same(whole, train.fit(model(99), few, tmp_path / "halves"))


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path, encoder, steps):
    model = SlantwiseModel.pretrained(encoder)
    with torch.no_grad():
        model.encoder.embeddings.LayerNorm.weight.fill_(float("inf"))
    with pytest.raises(FloatingPointError, match="step 0"):
        train.fit(model, steps[:1], tmp_path)


@pytest.fixture(scope="module")
def packed(tmp_path_factory, trained, data, silver_file, annotations, encoder):
    """Return the folder of a package made from the run."""
    out = tmp_path_factory.mktemp("packed") / "model"
    with pytest.MonkeyPatch.context() as monkeypatch:
        run(
            monkeypatch, pack.main, "--run", trained, "--data", data, "--silver", silver_file,
            "--annotations", annotations, "--encoder", encoder, "--out", out, "--version", "0.0.9",
        )  # fmt: skip
    return out


def test_a_packed_run_is_a_model(packed, document_text):
    model = package.load(str(packed))
    assert (model.name, model.version) == (package.DEFAULT, "0.0.9")
    engine = Engine.load(str(packed), threads=1)
    analysis = engine.analyze(document_text, targets=["the council"])
    engine.close()
    assert analysis.voice_segments
    assert [target.name for target in analysis.targets] == ["the council"]


def test_decoding_is_tuned_on_what_was_held_out(packed):
    decoding = json.loads((packed / "config.json").read_text("utf-8"))["decoding"]
    assert set(decoding) == {"voice", "attribution", "loaded", "frames", "stance"}
    assert 0.5 <= decoding["voice"]["temperature"] <= 4.0
    assert 0.1 <= decoding["loaded"]["threshold"] <= 0.81
    assert len(decoding["frames"]["thresholds"]) == 15
    assert len(decoding["stance"]["document_bias"]) == 3


@pytest.fixture
def document_text(silver_file):
    """Return the text of a held-out document."""
    return silver.silver(silver_file, calibration=True)[0]["content"]


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.5])
def test_the_fitted_temperature_is_the_one_that_answers_were_drawn_with(temperature):
    rng = np.random.default_rng(0)
    logits = rng.normal(0.0, 3.0, (6000, 4)).astype(np.float32)
    labels = (softmax(logits / temperature).cumsum(axis=1) < rng.random((6000, 1))).sum(axis=1).clip(max=3)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.12)
    yes = rng.random(6000) < 1 / (1 + np.exp(-logits[:, 0] / temperature))
    assert fit_temperature(logits[:, 0], yes.astype(np.int64)) == pytest.approx(temperature, rel=0.12)


@pytest.mark.parametrize("cut", [0.25, 0.5, 0.7])
def test_the_best_threshold_parts_right_from_wrong(cut):
    scores = np.random.default_rng(0).random(500).astype(np.float32)
    threshold = best_threshold(scores, (scores >= cut).astype(np.int64))
    assert ((scores >= threshold) == (scores >= cut)).mean() > 0.97

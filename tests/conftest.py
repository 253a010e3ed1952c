"""What the tests of the models and of the engine share: a tiny model package, made once, and the shipped model."""

import json
import string
import warnings

import pytest

from slantwise_models import package
from slantwise_models.tokens import WordPieces

WINDOW = {"size": 112, "context": 33}  # small, so that short texts take several windows
ENCODER = {
    "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 256,
    "max_position_embeddings": 112, "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "pad_token_id": 0,
}  # fmt: skip
DECODING = {
    "voice": {"temperature": 1.5, "kind_temperature": 1.2, "change": 1.0, "change_at_sentence": 0.25},
    "attribution": {"slope": 0.8, "offset": 0.3},
    "loaded": {"temperature": 1.1, "threshold": 0.6},
    "frames": {"temperature": 1.3, "thresholds": [0.5] * 15},
    "stance": {"temperature": 1.2, "mention_temperature": 1.4, "document_bias": [0.25, -0.25, 0.0]},
}
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    "the a an of to in on and but for with that this it he she they we you was were is are be had has have not no "
    "said says told wrote asked according mayor council bridge ferry river town people plan vote monday friday "
    "shameful wonderful disaster would will must should may because after before over under their his her our "
    "ana ortiz marta rivertown reuters harbour station paper minister government company money police court"
).split()


@pytest.fixture(scope="session")
def tokenizer_file(tmp_path_factory):
    """Return a `tokenizer.json` of the encoder's kind with a few words, and the letters to spell any other."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    letters = string.ascii_lowercase + string.digits + "αβγдежøßאب"
    single = string.punctuation + letters + "“”‘’«»—–…§€中文日"
    pieces = [*SPECIALS, *single, *(f"##{c}" for c in letters), *WORDS, "##s", "##ed", "##ing"]
    numbers = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.add_special_tokens(list(SPECIALS))
    path = tmp_path_factory.mktemp("vocabulary") / "tokenizer.json"
    tokenizer.save(str(path))
    return path


@pytest.fixture(scope="session")
def vocabulary(tokenizer_file):
    """Return the word pieces of the tiny model."""
    return WordPieces(tokenizer_file)


@pytest.fixture(scope="session")
def tiny_encoder(tokenizer_file):
    """Return the shape of the tiny model's encoder."""
    words = len(json.loads(tokenizer_file.read_text("utf-8"))["model"]["vocab"])
    return ENCODER | {"vocab_size": words}


def random_model(encoder, seed=7):
    """Return a model with random weights, such that answers differ from word to word, and the pieces of a window agree
    on where they point.
    """
    import torch

    from slantwise_models.encoder import SlantwiseConfig, SlantwiseModel

    model = SlantwiseModel(SlantwiseConfig(encoder=encoder))
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            if weight.ndim == 2:
                spread = 0.4 if name.startswith("outputs") or name.endswith("word_embeddings.weight") else 0.06
                weight.normal_(0.0, spread, generator=generator)
        model.pointer_from.bias.normal_(0.0, 1.5, generator=generator)
    return model.eval()


@pytest.fixture(name="random_model", scope="session")
def random_model_fixture():
    """Return the function that makes a model with random weights."""
    return random_model


def export(model, folder):
    """Write a model's weights and graph."""
    from slantwise_models.export import export

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own age and of what it traces
        export(model, folder)


@pytest.fixture(name="export", scope="session")
def export_fixture():
    """Return the function that writes a model's weights and graph."""
    return export


def describe(folder, encoder, **changes):
    """Write what a package holds beside weights, graph and vocabulary."""
    config = {
        "name": "slantwise-tiny",
        "version": "0.0.1",
        "languages": ["en"],
        "license": "Apache-2.0",
        "encoder": encoder,
        "window": WINDOW,
        "decoding": DECODING,
        "training_data": [{"name": "nothing", "license": "none", "heads": ["voice"]}],
    }
    figures = [{"head": "voice", "dataset": "nothing", "ece": 0.25, "cases": 4}]
    (folder / "config.json").write_text(json.dumps(config | changes), "utf-8")
    (folder / "metrics.json").write_text(json.dumps({"calibration": figures, "figures": []}), "utf-8")
    (folder / "README.md").write_text("A model with random weights.\n", "utf-8")


@pytest.fixture(scope="session")
def tiny_package(tmp_path_factory, tokenizer_file, tiny_encoder):
    """Return the folder of a package with a tiny random model; some of its matrices are quantised, some are not."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    describe(folder, tiny_encoder)
    export(random_model(tiny_encoder), folder)
    package.seal(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_engine(tiny_package):
    """Return an engine that runs the tiny model."""
    from slantwise_server.engine import Engine

    engine = Engine.load(str(tiny_package), threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def shipped():
    """Return the name of the shipped model where it is installed."""
    if package.DEFAULT not in package.installed():
        pytest.skip(f"the model package {package.DEFAULT} is not installed")
    return package.DEFAULT

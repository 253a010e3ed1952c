"""Both backends come to the same decisions with the shipped model."""

from pathlib import Path

import numpy as np
import pytest

from slantwise_server.engine import Engine

SEEDS = Path(__file__).parents[2] / "seeds"
MEDIA_TYPES = {".md": "MARKDOWN", ".txt": "PLAIN", ".html": "HTML"}
SAMPLES = sorted(path.name for path in SEEDS.iterdir() if path.suffix in MEDIA_TYPES and path.name != "README.md")


@pytest.fixture(scope="module")
def backends(shipped):
    """Return engines that run the shipped model in ONNX Runtime and in torch."""
    engines = [Engine.load(shipped, backend=name) for name in ("onnx", "torch")]
    yield engines
    for engine in engines:
        engine.close()


@pytest.fixture(scope="module")
def agreement(backends):
    """Return, for each sample, for how many of its characters both backends heard the same voice."""

    def voices(engine, name):
        path = SEEDS / name
        analysis = engine.analyze(
            path.read_text("utf-8"), media_type=MEDIA_TYPES[path.suffix], analyses=frozenset({"VOICE"})
        )
        heard = np.full(len(analysis.text), "", "U16")
        for segment in analysis.voice_segments:
            heard[slice(*segment.span)] = segment.voice
        return heard[[not character.isspace() for character in analysis.text]]

    return {name: voices(backends[0], name) == voices(backends[1], name) for name in SAMPLES}


def test_there_are_samples_of_every_media_type():
    assert {Path(name).suffix for name in SAMPLES} == set(MEDIA_TYPES)


def test_the_same_voice_is_heard_in_99_of_100_characters(agreement):
    shares = {name: float(same.mean()) for name, same in agreement.items()}
    assert np.concatenate(list(agreement.values())).mean() >= 0.99, shares

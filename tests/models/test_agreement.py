"""Agreement of two annotators."""

import pytest

from slantwise_models.evaluation.agreement import agreement


def document(*voices, frames=("ECONOMIC",)):
    """Return a document of ten letters a segment."""
    text = "abcdefghij" * len(voices)
    segments = [{"begin": 10 * i, "end": 10 * i + 10, "voice": voice} for i, voice in enumerate(voices)]
    return {"content": text, "voice_segments": segments, "paragraphs": [{"frames": list(frames)}]}


def test_two_alike_agree_in_full():
    one = [document("EDITORIAL", "QUOTED"), document("REPORTED_FACT", "ATTRIBUTED", frames=())]
    told = agreement(one, one)
    assert (told["documents"], told["same voice"], told["kappa"], told["F1 frames"]) == (2, 1, 1, 1)


def test_what_differs_counts_by_character_and_beyond_chance():
    one = [document("EDITORIAL", "EDITORIAL", "REPORTED_FACT", "REPORTED_FACT")]
    other = [document("EDITORIAL", "REPORTED_FACT", "REPORTED_FACT", "REPORTED_FACT", frames=("POLITICAL", "ECONOMIC"))]
    told = agreement(one, other)
    assert told["same voice"] == pytest.approx(0.75)
    assert told["kappa"] == pytest.approx(0.5)
    assert told["F1 EDITORIAL"] == pytest.approx(2 / 3)
    assert told["F1 frames"] == pytest.approx(2 / 3)

"""Whether a source is the right one, and how sure to be of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slantwise_models.evaluation.naming import named_right, same_name, sources_of
from slantwise_models.heads.attribution import Settings

RECORD = {
    "content": "Ilves said it was over. It was.",
    "voice_segments": [
        {"begin": 0, "end": 10, "voice": "REPORTED_FACT"},
        {"begin": 11, "end": 23, "voice": "ATTRIBUTED", "source": "Marta Ilves"},
        {"begin": 24, "end": 31, "voice": "QUOTED", "source": None},
    ],
}


@pytest.mark.parametrize(
    ("gold", "ours", "same"),
    [
        ("Marta Ilves", "Ilves", True),
        ("President Marta Ilves", "Marta Ilves", True),
        ("Ilves", "the mayor", False),
        ("the mayor of Tarn", "the mayor", True),
        ("Dr. Holt", "Lena Holt", True),
        ("the", "the", False),
    ],
)
def test_names_that_share_enough_words_are_one(gold, ours, same):
    assert same_name(gold, ours) == same


@pytest.mark.parametrize(
    ("contents", "ours", "right"),
    [
        ([(11, 23)], "Ilves", True),
        ([(11, 23)], "", False),
        ([(11, 23), (24, 26)], "Marta Ilves", True),
        ([(24, 31)], "", True),
        ([(24, 31)], "Ilves", False),
        ([(0, 10)], "Ilves", False),
        ([(0, 10)], "", False),
    ],
)
def test_contents_belong_to_who_has_most_of_them(contents, ours, right):
    assert named_right(sources_of(RECORD), contents, ours) == right


@given(score=st.floats(0.0, 1.0), slope=st.floats(0.1, 2.0), offset=st.floats(-3.0, 3.0))
def test_a_calibrated_score_is_a_probability_and_keeps_the_order(score, slope, offset):
    settings = Settings(slope, offset)
    assert 0.0 < settings.calibrated(score) < 1.0
    assert settings.calibrated(score) <= settings.calibrated(min(1.0, score + 0.1))


@given(score=st.floats(0.001, 0.999))
def test_without_calibration_a_score_stays(score):
    assert Settings().calibrated(score) == pytest.approx(score)

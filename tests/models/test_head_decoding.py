"""How the answers of the heads are read."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slantwise_models.heads import HEADS, OUTPUTS, entities, stance, voice
from slantwise_models.heads._math import sigmoid, softmax

COSTS = st.sampled_from((0.0, 0.25, 1.0, 2.0, 6.0))
SEEDS = st.integers(0, 10_000)
SENTENCES = st.lists(st.integers(0, 1), max_size=12).map(lambda steps: np.cumsum([0, *steps]).tolist())


def logits(seed, *shape):
    return np.random.default_rng(seed).normal(0.0, 2.0, shape).astype(np.float32)


@settings(max_examples=80, deadline=None)
@given(seed=SEEDS, sentences=SENTENCES, change=COSTS, between=COSTS)
def test_runs_partition_the_units_and_never_cross_sentences(seed, sentences, change, between):
    units = len(sentences)
    runs = voice.decode(
        logits(seed, units, 5), logits(seed + 1, units, 5), sentences, voice.Settings(1.3, 1.1, change, between)
    )
    assert [unit for run in runs for unit in range(run.begin, run.end)] == list(range(units))
    assert all(sentences[run.begin] == sentences[run.end - 1] for run in runs)
    for before, after in pairwise(runs):
        assert sentences[before.end - 1] != sentences[after.begin] or before.voice != after.voice
    for run in runs:
        assert run.scores.sum() == pytest.approx(1.0, abs=1e-5)
        assert run.kinds.sum() == pytest.approx(1.0, abs=1e-5)


def test_no_units_have_no_runs():
    assert voice.decode(logits(0, 0, 5), logits(0, 0, 5), [], voice.Settings()) == []


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, sentences=SENTENCES, temperature=st.sampled_from((0.5, 1.0, 3.0)))
def test_when_changes_are_free_every_unit_takes_its_most_probable_voice(seed, sentences, temperature):
    table = logits(seed, len(sentences), 5)
    runs = voice.decode(table, table, sentences, voice.Settings(temperature, 1.0, 0.0, 0.0))
    assert [run.voice for run in runs for _ in range(run.begin, run.end)] == table.argmax(axis=1).tolist()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, sentences=SENTENCES.filter(lambda s: len(s) <= 5), change=COSTS, between=COSTS)
def test_the_path_is_the_best_of_all(seed, sentences, change, between):
    units = len(sentences)
    chances = np.log(softmax(logits(seed, units, 5)) + 1e-9)
    costs = np.array([change if a == b else between for a, b in pairwise(sentences)])
    paths = np.array(list(product(range(5), repeat=units)))
    values = chances[np.arange(units), paths].sum(axis=1) - ((paths[:, 1:] != paths[:, :-1]) * costs).sum(axis=1)
    runs = voice.decode(
        logits(seed, units, 5), logits(seed, units, 5), sentences, voice.Settings(1.0, 1.0, change, between)
    )
    ours = [run.voice for run in runs for _ in range(run.begin, run.end)]
    assert values[(paths == ours).all(axis=1)][0] == pytest.approx(values.max(), abs=1e-4)


def test_a_run_of_one_voice_is_worth_a_doubtful_word():
    sure, doubtful = [4.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0, 0.0]
    table = np.array([sure, doubtful, sure], np.float32)
    voices = {
        change: [run.voice for run in voice.decode(table, table, [0, 0, 0], voice.Settings(1.0, 1.0, change, 0.0))]
        for change in (0.0, 1.0)
    }
    assert voices == {0.0: [0, 1, 0], 1.0: [0]}


@pytest.mark.parametrize(
    ("tags", "mentions"),
    [
        ("", []),
        ("O O", []),
        ("B-PERSON", [(0, 1, "PERSON")]),
        ("O B-PERSON I-PERSON O", [(1, 3, "PERSON")]),
        ("B-PERSON B-PERSON", [(0, 1, "PERSON"), (1, 2, "PERSON")]),
        ("B-PERSON I-LOCATION", [(0, 1, "PERSON"), (1, 2, "LOCATION")]),
        ("I-OTHER I-OTHER O I-ORGANIZATION", [(0, 2, "OTHER"), (3, 4, "ORGANIZATION")]),
        ("B-LOCATION I-LOCATION B-LOCATION I-LOCATION", [(0, 2, "LOCATION"), (2, 4, "LOCATION")]),
    ],
)
def test_mentions_from_tags(tags, mentions):
    numbers = [entities.TAGS.index(tag) for tag in tags.split()]
    table = np.full((len(numbers), len(entities.TAGS)), -2.0, np.float32)
    table[np.arange(len(numbers)), numbers] = 6.0
    found = entities.decode(table)
    assert [(begin, end, kind) for begin, end, kind, _ in found] == mentions
    assert all(0.9 < score <= 1.0 for *_, score in found)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, pieces=st.integers(1, 9), temperature=st.sampled_from((0.5, 1.0, 4.0)))
def test_stances_are_distributions(seed, pieces, temperature):
    for chances in (
        stance.over(logits(seed, pieces, 4), temperature, (0.5, -0.5, 0.0)),
        stance.over_mentions(logits(seed, pieces, 3), temperature),
    ):
        assert chances.shape == (3,)
        assert chances.sum() == pytest.approx(1.0, abs=1e-5)
        assert (chances >= 0).all()


def test_a_weighty_piece_decides_a_stance():
    table = np.array([[9.0, 5.0, 0.0, 0.0], [0.0, 0.0, 5.0, 0.0], [0.0, 0.0, 5.0, 0.0]], np.float32)
    assert stance.STANCES[stance.over(table, 1.0).argmax()] == "FAVOR"
    assert stance.STANCES[stance.over(table[1:], 1.0).argmax()] == "AGAINST"
    assert stance.STANCES[stance.over(table, 1.0, (0.0, 9.0, 0.0)).argmax()] == "AGAINST"


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, scale=st.sampled_from((1.0, 100.0, 1e4)))
def test_probabilities_of_any_logits(seed, scale):
    table = logits(seed, 6, 5) * np.float32(scale)
    assert softmax(table).sum(axis=-1) == pytest.approx(np.ones(6), abs=1e-5)
    assert softmax(table).argmax(axis=-1).tolist() == table.argmax(axis=-1).tolist()
    assert ((sigmoid(table) >= 0) & (sigmoid(table) <= 1)).all()
    assert sigmoid(table) + sigmoid(-table) == pytest.approx(np.ones((6, 5)), abs=1e-5)


def test_every_output_belongs_to_one_head():
    names = [name for head in HEADS.values() for name in head.SIZES]
    assert sorted(names) == sorted(OUTPUTS)
    assert len(names) == len(set(names))

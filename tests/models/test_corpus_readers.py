"""The corpora as examples: every label stands at the pieces that it was given to."""

import json
import random

import numpy as np
import pytest

from slantwise_models.batch import collate, plan
from slantwise_models.corpora import attribution, sentences, silver
from slantwise_models.corpora.example import Reader
from slantwise_models.heads._math import IGNORED
from slantwise_models.heads.attribution import CHANNELS, ROLES
from slantwise_models.heads.entities import TAGS
from slantwise_models.heads.frames import FRAMES
from slantwise_models.heads.stance import STANCES
from slantwise_models.heads.voice import KINDS, VOICES


def texts_of(path):
    """Return the texts of the records of a file."""
    records = map(json.loads, path.read_text("utf-8").splitlines())
    return [record["text"] if "text" in record else record["content"] for record in records]


def runs(reader, text, shown, chosen):
    """Return the words of a text at the chosen positions of a window, runs of pieces joined."""
    tokens = reader.read(text).tokens
    found = []
    for position in np.flatnonzero(chosen).tolist():
        at = int(shown.tokens[position])
        assert at >= 0, "a label where no piece is"
        begin, end = int(tokens.begins[at]), int(tokens.ends[at])
        if found and not text[found[-1][1] : begin].strip():
            found[-1][1] = end
        else:
            found.append([begin, end])
    return [text[b:e] for b, e in found]


def labelled(reader, text, example, name, labels):
    """Return the words that bear each label of a head."""
    values = example.pieces[name]
    return {
        labels[value]: runs(reader, text, example.inputs, values == value)
        for value in sorted(set(values.tolist()) - {IGNORED, 0})
    }


def test_people_told_who_is_cited_for_what(data, reader):
    (text,) = texts_of(data / "attribution/polnear.train.jsonl")
    (example,) = attribution.polnear(data, reader, "train")
    assert example.heads == ("attribution", "entities")
    roles = labelled(reader, text, example, "role", ROLES)
    assert roles["B-SOURCE"] == ["The", "Reuters"]
    assert roles["I-SOURCE"] == ["mayor of Rivertown"]
    assert roles["B-CUE"] == ["said", "wrote"]
    assert roles["B-CONTENT"] == ["that", "that"]
    assert roles["I-CONTENT"] == ["the council must vote", "Ana Ortiz has a plan"]


def test_content_points_to_its_source_its_cue_and_its_name(data, reader):
    (text,) = texts_of(data / "attribution/polnear.train.jsonl")
    (example,) = attribution.polnear(data, reader, "train")
    goals = {
        (CHANNELS[p.channel], runs(reader, text, example.inputs, np.arange(len(example)) == p.start)[0]):
        runs(reader, text, example.inputs, p.to)
        for p in example.pointers
    }  # fmt: skip
    assert goals[("SOURCE", "must")] == goals[("NAME", "must")] == ["The"]
    assert goals[("CUE", "must")] == ["said"]
    assert {tuple(goal) for (channel, start), goal in goals.items() if start in ("Ana", "has")} <= {
        ("Reuters",),
        ("wrote",),
    }
    assert not any(channel == "VIA" for channel, _ in goals)


@pytest.mark.parametrize(
    "read",
    [lambda d, r: attribution.polnear(d, r, "train"), lambda d, r: sentences.entities(d, r, "wikigold", "train")],
)
def test_entities_are_tagged(data, reader, read):
    (text,) = texts_of(data / "ner/wikigold.train.jsonl")
    (example,) = read(data, reader)
    assert labelled(reader, text, example, "entity", TAGS) == {
        "B-PERSON": ["Ana"],
        "I-PERSON": ["Ortiz"],
        "B-ORGANIZATION": ["Reuters"],
        "B-LOCATION": ["Rivertown"],
    }


def test_biased_words_and_biased_sentences(data, reader):
    texts = texts_of(data / "lexical_bias/babe_sg2.train.jsonl")
    examples = list(sentences.loaded(data, reader, "babe_sg2", "train"))
    assert [runs(reader, t, e.inputs, e.pieces["loaded"] == 1) for t, e in zip(texts, examples, strict=True)] == [
        ["shameful"],
        [],
    ]
    for text, example, label in zip(texts, examples, (1, 0), strict=True):
        (group,) = example.groups["bias"]
        assert group.label == label
        assert runs(reader, text, example.inputs, group.where) == [text]


def test_a_target_is_read_before_its_text(data, reader):
    texts = texts_of(data / "stance/vast.train.jsonl")
    examples = list(sentences.pairs(data, reader, "stance/vast.train"))
    assert [STANCES[e.groups["stance"][0].label] for e in examples] == ["FAVOR", "AGAINST", "NEUTRAL"]
    for text, example in zip(texts, examples, strict=True):
        target = example.inputs.ids[example.inputs.types == 1].tolist()
        assert target == [*reader.target("the bridge").ids.tolist(), reader.vocabulary.sep]
        assert runs(reader, text, example.inputs, example.groups["stance"][0].where) == [text]


def test_a_mention_bears_what_is_felt_of_it(data, reader):
    texts = texts_of(data / "target_sentiment/newsmtsc.train.jsonl")
    examples = list(sentences.mentions(data, reader, "target_sentiment/newsmtsc.train"))
    found = [
        (STANCES[g.label], runs(reader, t, e.inputs, g.where))
        for t, e in zip(texts, examples, strict=True)
        for g in e.groups["mention"]
    ]
    assert found == [("AGAINST", ["plan"]), ("FAVOR", ["Ana Ortiz"])]


@pytest.fixture
def analysed(silver_file, reader):
    """Return a silver document and its one example."""
    record = silver.silver(silver_file)[0]
    (example,) = silver.analyses(record, reader)
    return record, example


def test_silver_voices_and_kinds(reader, analysed):
    record, example = analysed
    text = record["content"]
    assert example.heads == ("voice", "attribution", "loaded", "frames", "stance")
    voices = {
        name: runs(reader, text, example.inputs, example.pieces["voice"] == VOICES.index(name)) for name in VOICES
    }
    assert voices == {
        "EDITORIAL": ["It is a shameful plan. The council must vote on Monday."],
        "REPORTED_FACT": ["said Ana Ortiz. Reuters wrote it."],
        "QUOTED": ["“We have no money,”"],
        "ATTRIBUTED": [],
        "NONE": [],
    }
    kinds = {name: runs(reader, text, example.inputs, example.pieces["kind"] == i) for i, name in enumerate(KINDS)}
    assert {name: words for name, words in kinds.items() if words} == {
        "EVALUATION": ["It is a shameful plan."],
        "PRESCRIPTION": ["The council must vote on Monday."],
    }


def test_silver_loaded_words_are_the_authors(reader, analysed):
    record, example = analysed
    loaded = example.pieces["loaded"]
    assert runs(reader, record["content"], example.inputs, loaded == 1) == ["shameful"]
    ignored = (loaded == IGNORED) & (example.inputs.tokens >= 0)
    assert runs(reader, record["content"], example.inputs, ignored) == ["“We have no money,”"]


def test_silver_pointers(reader, analysed):
    record, example = analysed
    goals = {}
    for pointer in example.pointers:
        (start,) = runs(reader, record["content"], example.inputs, np.arange(len(example)) == pointer.start)
        assert start in "“We have no money,”"
        goals.setdefault(CHANNELS[pointer.channel], set()).update(
            runs(reader, record["content"], example.inputs, pointer.to)
        )
    assert goals == {"SOURCE": {"Ana"}, "CUE": {"said"}, "NAME": {"Ana"}, "VIA": {"Reuters"}}


def test_silver_frames_and_mentions(reader, analysed):
    record, example = analysed
    text = record["content"]
    first, second = example.groups["frames"]
    assert {FRAMES[i] for i in np.flatnonzero(first.label)} == {"POLITICAL", "MORALITY"}
    assert not second.label.any()
    assert runs(reader, text, example.inputs, first.where) == [
        "It is a shameful plan. The council must vote on Monday."
    ]
    mentions = {(STANCES[g.label], *runs(reader, text, example.inputs, g.where)) for g in example.groups["mention"]}
    assert mentions == {("NEUTRAL", "Ana Ortiz"), ("FAVOR", "council")}


def test_silver_stances_are_the_authors_over_the_window_and_the_segments(silver_file, reader):
    record = silver.silver(silver_file)[0]
    found = {}
    for example in silver.stances(record, reader, random.Random(0), 1.1):
        target = tuple(example.inputs.ids[example.inputs.types == 1][:-1].tolist())
        name = next(t["name"] for t in record["targets"] if tuple(reader.target(t["name"]).ids.tolist()) == target)
        found[name] = [
            (STANCES[g.label], runs(reader, record["content"], example.inputs, g.where))
            for g in example.groups["stance"]
        ]
    own = ["It is a shameful plan. The council must vote on Monday.", "said Ana Ortiz. Reuters wrote it."]
    assert found["the plan"][-1] == ("AGAINST", own)
    assert found["council"][-1] == ("FAVOR", own)
    assert found["Ana Ortiz"][-1] == ("NEUTRAL", own)
    assert ("AGAINST", ["It is a shameful plan."]) in found["the plan"]
    assert ("FAVOR", ["The council must vote on Monday."]) in found["council"]


def test_in_a_long_document_a_piece_is_learned_from_once(silver_file, vocabulary):
    record = silver.silver(silver_file)[0]
    short = Reader(vocabulary, 40 + 34 + 12, 40)
    examples = list(silver.analyses(record, short))
    seen = sorted(int(t) for e in examples for t in e.inputs.tokens[e.pieces["voice"] != IGNORED])
    assert len(examples) > 1
    assert seen == list(range(len(short.read(record["content"]).tokens)))


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("Ana Ortiz", "Ana Ortiz said no. Ortiz left. Ortizes stayed. ana ortiz!", ["Ana Ortiz", "Ortiz", "ana ortiz"]),
        ("the plan", "The plan is the plan, a plan.", ["The plan", "the plan"]),
        ("bridge (old)", "A bridge (old) is an old bridge.", ["bridge (old)"]),
        ("NATO", "NATO, nato, NATO's", ["NATO", "nato", "NATO"]),
    ],
)
def test_mentions_of_a_target(name, content, found):
    spans = silver.mention_spans(content, name)
    assert [content[b:e] for b, e in spans] == found
    assert spans == sorted(spans)


def test_held_out_documents_are_never_trained_on(silver_file):
    kept, held = silver.silver(silver_file), silver.silver(silver_file, calibration=True)
    names = {record["document_id"] for record in kept}, {record["document_id"] for record in held}
    assert names[0].isdisjoint(names[1])
    assert (len(kept), len(held)) == (6, 2)
    assert kept == silver.silver(silver_file)


def test_one_document_in_twelve_is_held_out_for_good():
    names = [f"document-{i}" for i in range(2400)]
    held = [name for name in names if silver.held_out(name)]
    assert 150 < len(held) < 250
    assert held[:5] == ["document-3", "document-4", "document-8", "document-19", "document-25"]


@pytest.mark.parametrize("split", ["dev", "test"])
@pytest.mark.parametrize(
    "read",
    [
        attribution.polnear,
        lambda d, r, s: sentences.entities(d, r, "wikigold", s),
        lambda d, r, s: sentences.loaded(d, r, "babe_sg2", s),
        lambda d, r, s: sentences.pairs(d, r, f"stance/vast.{s}"),
        lambda d, r, s: sentences.mentions(d, r, f"target_sentiment/newsmtsc.{s}"),
    ],
    ids=["polnear", "wikigold", "babe", "vast", "newsmtsc"],
)
def test_the_other_splits_here_cannot_be_read(data, reader, read, split):
    with pytest.raises(json.JSONDecodeError):
        list(read(data, reader, split))


def test_batches_are_of_one_kind_and_within_budget(data, silver_file, reader):
    examples = [e for record in silver.silver(silver_file) for e in silver.analyses(record, reader)]
    examples += list(sentences.pairs(data, reader, "stance/vast.train")) * 3
    examples += list(attribution.polnear(data, reader, "train")) * 2
    planned = plan(examples, 120, random.Random(0))
    assert sorted(i for batch in planned for i in batch) == list(range(len(examples)))
    for batch in planned:
        assert len({examples[i].heads for i in batch}) == 1
        assert len(batch) == 1 or len(batch) * max(len(examples[i]) for i in batch) <= 120
    assert planned == plan(examples, 120, random.Random(0))
    assert planned != plan(examples, 120, random.Random(1))
    assert max(map(len, planned)) > 1


def test_a_batch_holds_the_labels_of_its_examples(silver_file, reader):
    examples = [e for record in silver.silver(silver_file)[:2] for e in silver.analyses(record, reader)]
    cut = examples[0]
    arguments, labels, heads = collate([cut, examples[1]])
    assert heads == cut.heads
    assert arguments["mask"].sum().item() == sum(map(len, examples))
    for row, example in enumerate(examples):
        length = len(example)
        assert arguments["ids"][row, :length].tolist() == example.inputs.ids.tolist()
        assert labels["voice"][row, :length].tolist() == example.pieces["voice"].tolist()
        assert (labels["voice"][row, length:] == IGNORED).all()
    assert labels["mention_row"].tolist() == [row for row, e in enumerate(examples) for _ in e.groups["mention"]]
    assert labels["frames"].shape == (4, len(FRAMES))
    pointers = [(row, p.channel, p.start) for row, e in enumerate(examples) for p in e.pointers]
    assert [tuple(p) for p in labels["pointer_from"].tolist()] == pointers
    assert labels["pointer_to"].sum(1).min() >= 1

"""Corpora as the readers expect them, in a few invented sentences."""

import json

import pytest

from slantwise_models.corpora.annotated import stand_off
from slantwise_models.corpora.example import Reader
from slantwise_models.corpora.silver import held_out

ARTICLE = (
    "The mayor of Rivertown said on Monday that the council must vote.\n\nReuters wrote that Ana Ortiz has a plan."
)
COLUMN = (
    "It is a shameful plan. The council must vote on Monday.\n\n“We have no money,” said Ana Ortiz. Reuters wrote it."
)


def within(text, phrase, after=0):
    """Return the place of a phrase in a text."""
    begin = text.index(phrase, after)
    return [begin, begin + len(phrase)]


def silver_record(document_id):
    """Return a document with every kind of label."""
    voices = [
        ("It is a shameful plan.", {"voice": "EDITORIAL", "kind": "EVALUATION"}),
        ("The council must vote on Monday.", {"voice": "EDITORIAL", "kind": "PRESCRIPTION"}),
        ("“We have no money,”", {"voice": "QUOTED", "source": "Ana Ortiz", "cue": "said", "via": "Reuters"}),
        ("said Ana Ortiz.", {"voice": "REPORTED_FACT"}),
        ("Reuters wrote it.", {"voice": "REPORTED_FACT"}),
    ]
    empty = {"kind": None, "source": None, "cue": None, "via": None}
    places = [within(COLUMN, phrase) for phrase, _ in voices]
    break_ = COLUMN.index("\n\n")
    return {
        "document_id": document_id,
        "content": COLUMN,
        "media_type": "PLAIN",
        "voice_segments": [
            {"begin": b, "end": e, **empty, **labels} for (b, e), (_, labels) in zip(places, voices, strict=True)
        ],
        "loaded": [within(COLUMN, "shameful")],
        "targets": [
            {"name": "the plan", "author_stance": "AGAINST"},
            {"name": "Ana Ortiz", "author_stance": "NEUTRAL"},
            {"name": "council", "author_stance": "FAVOR"},
        ],
        "segment_stance": [
            {"segment": 0, "holder": "AUTHOR", "target": "the plan", "label": "AGAINST"},
            {"segment": 1, "holder": "AUTHOR", "target": "council", "label": "FAVOR"},
        ],
        "paragraphs": [
            {"begin": 0, "end": break_, "frames": ["POLITICAL", "MORALITY"]},
            {"begin": break_ + 2, "end": len(COLUMN), "frames": []},
        ],
    }


ATTRIBUTIONS = [
    {
        "source": [within(ARTICLE, "The mayor of Rivertown")],
        "cue": [within(ARTICLE, "said")],
        "content": [within(ARTICLE, "that the council must vote")],
    },
    {"source": [within(ARTICLE, "Reuters")], "cue": [within(ARTICLE, "wrote")], "content": [within(ARTICLE, "that Ana Ortiz has a plan")]},
]  # fmt: skip
ENTITIES = [
    [*within(ARTICLE, "Rivertown"), "LOC"],
    [*within(ARTICLE, "Reuters"), "ORG"],
    [*within(ARTICLE, "Ana Ortiz"), "PER"],
]
BIASED = "It is a shameful plan."
RECORDS = {
    "attribution/polnear": [{"id": "polnear:a", "text": ARTICLE, "attributions": ATTRIBUTIONS}],
    "ner/polnear_silver": [{"id": "polnear:a", "text": ARTICLE, "entities": ENTITIES}],
    "ner/wikigold": [{"id": "w", "text": ARTICLE, "entities": ENTITIES}],
    "lexical_bias/babe_sg2": [
        {"text": BIASED, "label": "biased", "biased_spans": [within(BIASED, "shameful")]},
        {"text": "The council will vote.", "label": "non-biased", "biased_spans": []},
    ],
    "target_sentiment/newsmtsc": [
        {"text": BIASED, "target": within(BIASED, "plan"), "mention": "plan", "label": "negative"},
        {"text": "Ana Ortiz has a wonderful plan.", "target": [0, 9], "mention": "Ana Ortiz", "label": "positive"},
    ],
} | {
    f"stance/{name}": [
        {"text": "We must have the bridge.", "target": "the bridge", "label": "favor"},
        {"text": "No money for it.", "target": "the bridge", "label": "against"},
        {"text": "It is monday.", "target": "the bridge", "label": "none"},
    ]
    for name in ("vast", "semeval2016_task6a", "gwsd", "perspectrum")
}


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Return a folder of corpora whose train splits can be read, and whose other splits cannot."""
    folder = tmp_path_factory.mktemp("data")
    for name, made in RECORDS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.train.jsonl").write_text("".join(json.dumps(record) + "\n" for record in made), "utf-8")
        for split in ("dev", "test"):
            (folder / f"{name}.{split}.jsonl").write_text("not for training\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def silver_file(tmp_path_factory):
    """Return silver documents, some of which are held out."""
    path = tmp_path_factory.mktemp("silver") / "silver.jsonl"
    names = [f"document-{i}" for i in range(200)]
    chosen = [n for n in names if not held_out(n)][:6] + [n for n in names if held_out(n)][:2]
    path.write_text("".join(json.dumps(silver_record(name)) + "\n" for name in chosen), "utf-8")
    return path


@pytest.fixture(scope="session")
def annotations(tmp_path_factory):
    """Return a folder with annotations of a corpus's text, which stays with the corpus."""
    folder = tmp_path_factory.mktemp("annotations")
    record = silver_record("polnear:a") | {"content": ARTICLE, "loaded": [], "segment_stance": []}
    begin, break_ = ARTICLE.index("that the council"), ARTICLE.index("\n\n")
    cited = {"voice": "ATTRIBUTED", "source": "The mayor of Rivertown", "cue": "said", "via": None}
    record["voice_segments"] = [
        {"begin": 0, "end": begin - 1, "voice": "REPORTED_FACT"},
        {"begin": begin, "end": break_, **cited},
        {"begin": break_ + 2, "end": len(ARTICLE), "voice": "REPORTED_FACT"},
    ]
    record["paragraphs"] = [
        {"begin": 0, "end": break_, "frames": ["POLITICAL"]},
        {"begin": break_ + 2, "end": len(ARTICLE), "frames": []},
    ]
    (folder / "polnear.jsonl").write_text(json.dumps(stand_off(record, "polnear:a", [])) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def reader(vocabulary):
    """Return a reader of windows long enough for the sentences here."""
    return Reader(vocabulary, 352, 96)

"""Annotations without their text: kept, they are made whole again from the corpus, or refused."""

import json

import pytest

from slantwise_models.corpora.annotated import annotated, restored, stand_off

TEXT = "A mill shuts. Ilves said it was time. It was not."
RECORD = {
    "document_id": "polnear:1",
    "content": "A mill shuts.\nIlves said it was time. It was not.",
    "media_type": "PLAIN",
    "voice_segments": [
        {"begin": 0, "end": 13, "voice": "REPORTED_FACT"},
        {"begin": 14, "end": 24, "voice": "REPORTED_FACT"},
        {"begin": 25, "end": 37, "voice": "ATTRIBUTED", "source": "Ilves", "cue": "said", "via": None},
        {"begin": 38, "end": 49, "voice": "EDITORIAL", "kind": "EVALUATION"},
    ],
    "loaded": [[45, 48]],
    "targets": [{"name": "the mill", "author_stance": "FAVOR"}],
    "segment_stance": [{"segment": 3, "holder": "AUTHOR", "target": "the mill", "label": "FAVOR"}],
    "paragraphs": [{"begin": 0, "end": 13, "frames": ["ECONOMIC"]}, {"begin": 14, "end": 49, "frames": []}],
}


@pytest.fixture
def folders(tmp_path):
    """Return a folder of annotations and one of corpora."""
    kept, data = tmp_path / "annotations", tmp_path / "data" / "attribution"
    kept.mkdir()
    data.mkdir(parents=True)
    (kept / "polnear.jsonl").write_text(json.dumps(stand_off(RECORD, "polnear:1", [13])) + "\n", "utf-8")
    (data / "polnear.train.jsonl").write_text(json.dumps({"id": "polnear:1", "text": TEXT + " More."}) + "\n", "utf-8")
    return kept, tmp_path / "data"


def test_a_record_survives_without_its_text(folders):
    assert annotated(*folders) == [RECORD]


def test_what_is_kept_holds_no_word_of_the_text(folders):
    kept = (folders[0] / "polnear.jsonl").read_text("utf-8")
    assert not any(word in kept for word in ("Ilves", "shuts", "said", "time"))


def test_written_documents_bring_their_own_text(tmp_path):
    kept = stand_off(RECORD, "written:1", []) | {"text": RECORD["content"]}
    (tmp_path / "written.jsonl").write_text(json.dumps(kept) + "\n", "utf-8")
    assert annotated(tmp_path, tmp_path) == [RECORD | {"document_id": "written:1"}]


def test_another_text_is_refused(folders):
    kept = json.loads((folders[0] / "polnear.jsonl").read_text("utf-8"))
    with pytest.raises(ValueError, match="polnear:1 is not the text"):
        restored(kept, TEXT.replace("time", "late"))

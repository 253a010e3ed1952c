"""Variants of annotated documents: what they change is labelled to the letter, the rest is left alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from slantwise_models.corpora import variants

SENTENCES = (
    ("The mill has closed for good this winter.", {"voice": "REPORTED_FACT"}),
    ("Marta Ilves said", {"voice": "REPORTED_FACT"}),
    ("the town would cope.", {"voice": "ATTRIBUTED", "source": "Marta Ilves", "cue": "said", "via": None}),
    ("The council has failed its workers for years.", {"voice": "EDITORIAL", "kind": "EVALUATION"}),
    ("We should be ashamed.", {"voice": "EDITORIAL", "kind": "PRESCRIPTION"}),
    ("“It was time,” Ilves added.", {"voice": "QUOTED", "source": "Marta Ilves", "cue": "added", "via": None}),
    ("Winters are long in the valley and the roads are bad.", {"voice": "REPORTED_FACT"}),
)


def made():
    """Return a document of single segments, some of which can be cited."""
    content, segments = "", []
    for text, labels in SENTENCES:
        begin = len(content)
        content += text + " "
        segments.append({"begin": begin, "end": begin + len(text), **labels})
    failed = content.index("failed")
    return {
        "document_id": "d",
        "content": content.rstrip(),
        "media_type": "PLAIN",
        "voice_segments": segments,
        "loaded": [[failed, failed + 6]],
        "targets": [
            {"name": "Marta Ilves", "author_stance": "NEUTRAL"},
            {"name": "council", "author_stance": "AGAINST"},
        ],
        "segment_stance": [{"segment": 3, "holder": "AUTHOR", "target": "council", "label": "AGAINST"}],
        "paragraphs": [{"begin": 0, "end": len(content.rstrip()), "frames": ["ECONOMIC"]}],
    }


def words(record, segment):
    """Return the text of a segment."""
    return record["content"][segment["begin"] : segment["end"]]


def check_whole(record):
    """Check that segments cover the text in order, and that what labels copy from it is there."""
    last = 0
    for segment in record["voice_segments"]:
        assert record["content"][last : segment["begin"]].strip() == ""
        assert words(record, segment).strip() == words(record, segment) != ""
        for part in ("source", "cue", "via"):
            assert not segment.get(part) or segment[part] in record["content"]
        last = segment["end"]
    assert last == len(record["content"])
    assert (record["paragraphs"][0]["begin"], record["paragraphs"][0]["end"]) == (0, last)
    assert all(0 <= s["segment"] < len(record["voice_segments"]) for s in record["segment_stance"])


@given(seed=st.integers(0, 5000))
def test_cited_sentences_are_a_sources_and_the_rest_stays(seed):
    before = made()
    after = variants.cited(before, random.Random(seed), 0.7)
    check_whole(after)
    kept = [words(before, s) for s in before["voice_segments"] if s["voice"] not in ("EDITORIAL", "REPORTED_FACT")]
    assert [text for text in kept if text not in after["content"]] == []
    assert "We should be ashamed." in after["content"]  # its author's own, whoever says it
    for begin, end, role in after.get("parts", ()):
        segment = next(s for s in after["voice_segments"] if s["begin"] <= begin and end <= s["end"])
        assert (role == "CONTENT") == (segment["voice"] in ("ATTRIBUTED", "QUOTED"))
    for stance in after["segment_stance"]:
        segment = after["voice_segments"][stance["segment"]]
        assert "failed" in words(after, segment)
        assert stance["holder"] == ("AUTHOR" if segment["voice"] == "EDITORIAL" else segment["source"])
    assert [after["content"][b:e] for b, e in after["loaded"]] in ([], ["failed"])


@given(seed=st.integers(0, 5000))
def test_renamed_people_have_one_new_name_everywhere(seed):
    document = made()
    after = variants.renamed(document, random.Random(seed))
    check_whole(after)
    name = after["targets"][0]["name"]
    assert len(name.split()) == 2
    assert {s["source"] for s in after["voice_segments"] if s.get("source")} == {name}
    assert after["content"].count(name.split()[1]) >= 2
    assert [s["voice"] for s in after["voice_segments"]] == [s["voice"] for s in document["voice_segments"]]
    assert [after["content"][b:e] for b, e in after["loaded"]] == ["failed"]


def test_nothing_changes_where_nothing_is_to_be_cited():
    assert variants.cited(made(), random.Random(1), 0.0) == made()

"""What the shipped model makes of the sample documents."""

import json
import re

import pytest

from slantwise import slice_span
from slantwise.v1 import slantwise_pb2 as pb

BLOCK_QUOTED = ("Harbour Ministry", "Tidewater Ledger", "audit office", "Guild of Sound Pilots")


@pytest.fixture(scope="module")
def samples(root):
    lines = (root / "seeds" / "expected.jsonl").read_text("utf-8").splitlines()
    return {sample["file"]: sample for sample in map(json.loads, lines)}


@pytest.fixture(scope="module")
def column(root):
    return (root / "seeds" / "column.md").read_text("utf-8")


@pytest.fixture(scope="module", params=["UTF32", "UTF16", "UTF8"])
def read(request, client, column):
    """Return the analysis of the column with the text of every span, taken by its offsets."""
    analysis = client.analyze(column, media_type="MARKDOWN", encoding=request.param)
    return analysis, lambda span: slice_span(column, span, request.param)


def holding(analysis, text, phrase):
    """Return the voice segment that holds the start of a phrase."""
    return next(s for s in analysis.voice_segments if phrase in text(s.span))


def source_of(analysis, segment):
    return next(a for a in analysis.attributions if a.id == segment.attribution_id)


def test_the_closing_prescription_the_disclaimer_and_the_link(read):
    analysis, text = read
    last = [s for s in analysis.voice_segments if s.voice != pb.VOICE_NONE][-1]
    assert text(last.span).startswith("The province must stop")
    assert (last.voice, last.kind) == (pb.VOICE_EDITORIAL, pb.EDITORIAL_KIND_PRESCRIPTION)
    after = [s for s in analysis.voice_segments if s.span.begin >= last.span.end]
    assert "views" in text(after[0].span)
    assert text(after[-1].span).startswith("https://")


def test_the_block_quotations_are_their_introducers(read):
    analysis, _ = read
    quoted = [i for i, p in enumerate(analysis.paragraphs) if p.kind == pb.PARAGRAPH_KIND_BLOCK_QUOTE]
    assert len(quoted) == len(BLOCK_QUOTED)
    for index, name in zip(quoted, BLOCK_QUOTED, strict=True):
        inside = [s for s in analysis.voice_segments if s.paragraph_index == index and s.voice != pb.VOICE_NONE]
        assert {s.voice for s in inside} == {pb.VOICE_QUOTED}
        assert all(name in source_of(analysis, s).source_name for s in inside)


def test_the_nested_quotation_is_relayed(read):
    analysis, text = read
    inner = source_of(analysis, holding(analysis, text, "‘"))
    assert "Ilves" in inner.source_name
    outer = next(a for a in analysis.attributions if a.id == inner.parent_id)
    assert "Radio Revelsund" in outer.source_name


def test_careful_readers_agree_with_most_of_it(client, root, samples):
    """Voices and kinds that no careful reader would dispute: 118 over five documents."""
    right = total = 0
    for name, sample in samples.items():
        content = (root / "seeds" / name).read_text("utf-8")
        analysis = client.analyze(content, media_type=sample["media_type"], include_content=True)
        whole = analysis.text or content
        for expected in sample["expect"]:
            votes = votes_of(analysis, whole, expected["text"])
            right += votes == pb.Voice.Value(f"VOICE_{expected['voice']}")
            total += 1
    assert right >= 0.8 * total, f"{right} of {total}"


def votes_of(analysis, whole, phrase):
    """Return the voice of most characters of a phrase, whose white space may differ in the text."""
    found = re.search(r"\s+".join(map(re.escape, phrase.split())), whole)
    assert found, phrase
    sizes = {}
    for segment in analysis.voice_segments:
        size = min(segment.span.end, found.end()) - max(segment.span.begin, found.start())
        if size > 0:
            sizes[segment.voice] = sizes.get(segment.voice, 0) + size
    return max(sizes, key=sizes.get)


def test_most_sources_are_named(client, root, samples):
    """Sources that no careful reader would dispute, by the name the document gives them."""
    right = total = 0
    for name, sample in samples.items():
        content = (root / "seeds" / name).read_text("utf-8")
        analysis = client.analyze(content, media_type=sample["media_type"], include_content=True)
        names = {a.id: a.source_name.lower() for a in analysis.attributions}
        for expected in sample["expect"]:
            if expected["source"] and expected["voice"] in ("QUOTED", "ATTRIBUTED"):
                found = re.search(r"\s+".join(map(re.escape, expected["text"].split())), analysis.text or content)
                inside = [
                    s for s in analysis.voice_segments if s.span.begin < found.end() and found.start() < s.span.end
                ]
                told = {names.get(s.attribution_id, "") for s in inside}
                right += any(expected["source"].lower().split()[-1] in one for one in told)
                total += 1
    assert right >= 0.7 * total, f"{right} of {total}"

"""The document the project was born from, and the gold documents: read where they lie beside the project."""

import json
import subprocess
import sys

import pytest

from slantwise import slice_span

QUOTED = ("State Department", "Russian Foreign Ministry", "Institute for the Study of War", "Associated Press")


@pytest.fixture(scope="module")
def seed(shared):
    (path,) = (shared / "seeds").glob("*.txt")
    return path


@pytest.fixture(scope="module")
def analysis(seed, address):
    command = [
        sys.executable,
        "-m",
        "slantwise",
        "analyze",
        "--json",
        "--media-type",
        "markdown",
        "--server",
        address,
        seed,
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def voiced(analysis, voice):
    return [s for s in analysis["voiceSegments"] if (s["voice"] == "VOICE_NONE") is (voice == "NONE")]


def test_the_ending(seed, analysis):
    text = seed.read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip()]
    begins = [text.rindex(line) for line in lines[-3:]]
    last = [s for s in analysis["voiceSegments"] if begins[0] <= s["span"]["begin"] < begins[1]]
    assert [(s["voice"], s["kind"]) for s in last] == [("VOICE_EDITORIAL", "EDITORIAL_KIND_PRESCRIPTION")]
    rest = [s for s in analysis["voiceSegments"] if s["span"]["begin"] >= begins[1]]
    assert {s["voice"] for s in rest} == {"VOICE_NONE"}
    assert rest[-1]["span"]["end"] == len(text.rstrip())


def test_the_block_quotations(analysis):
    sources = {a["id"]: a for a in analysis["attributions"]}
    blocks = [i for i, p in enumerate(analysis["paragraphs"]) if p["kind"] == "PARAGRAPH_KIND_BLOCK_QUOTE"]
    assert len(blocks) == len(QUOTED)
    for block, name in zip(blocks, QUOTED, strict=True):
        inside = [s for s in voiced(analysis, "") if s["paragraphIndex"] == block]
        assert {s["voice"] for s in inside} == {"VOICE_QUOTED"}
        assert all(name in sources[s["attributionId"]]["sourceName"] for s in inside)


def test_the_nested_quotation(seed, analysis):
    text = seed.read_text("utf-8")
    sources = {a["id"]: a for a in analysis["attributions"]}
    begin = text.index("‘")
    (inner, *_) = [s for s in analysis["voiceSegments"] if s["span"]["begin"] <= begin < s["span"]["end"]]
    attribution = sources[inner["attributionId"]]
    assert "Zelensky" in attribution["sourceName"]
    assert "Just the News" in sources[attribution["parentId"]]["sourceName"]


@pytest.mark.parametrize("encoding", ["UTF32", "UTF16", "UTF8"])
def test_every_span_is_exact(seed, client, encoding):
    text = seed.read_text("utf-8")
    found = client.analyze(text, media_type="MARKDOWN", encoding=encoding, include_content=True)
    spans = (
        [s.span for s in found.voice_segments]
        + [p.span for p in found.paragraphs]
        + [x.span for x in found.loaded_spans]
    )
    spans += [span for a in found.attributions for span in a.contents]
    spans += [part.span for a in found.attributions for part in (a.source, a.cue) if part.span.content]
    spans += [span for t in found.targets for span in t.mentions]
    assert len(spans) > 100
    assert all(slice_span(text, span, encoding) == span.content for span in spans)


def test_the_gold_documents(shared, address, tmp_path):
    gold, out = shared / "gold", tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "slantwise", "score", gold / "dev.requests.jsonl", "-o", out, "--server", address]
    subprocess.run(command, check=True)
    scorer = [sys.executable, gold / "score.py", gold / "dev.jsonl", out, "--json"]
    scored = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    assert scored["missing"] == []
    assert scored["voice_macro_f1"] >= 0.70
    assert scored["source_accuracy"] >= 0.55

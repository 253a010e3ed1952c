"""What holds of every analysis, whatever the text and whatever the model makes of it."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slantwise_models.heads.frames import FRAMES
from slantwise_models.heads.stance import STANCES
from slantwise_models.heads.voice import KINDS, VOICES
from slantwise_models.text import read
from slantwise_server.engine import ANALYSES, MAX_DETECTED_TARGETS, EmptyText

WORD = re.compile(r"[^\W_]+")
FRAGMENTS = (
    " ", " ", "\n", "\n\n", "\r\n", "\u2028", "\t", "> ", "# ", "## ", "- ", "1. ", "---\n", "```\n", "    ", "|", "*", "**", "_",
    "`", "[x](y)", "<p>", "</p>", "<blockquote>", "</blockquote>", "<li>", "<pre>", "<b>", "</b>", "&amp;", "&", "<", "\\",
    "“", "”", "‘", "’", '"', "'", ":", ": ", ". ", "! ", "? ", ", ", " — ", "—", "--", "…", "U.S. ", "Mr. ", "No. 7 ",
    "Ana Ortiz", "Ortiz", "Reuters", "the mayor", "she", "Rivertown’s ", " said ", " wrote ", "the bridge ", "shameful ",
    "believe", "9th", "naïve", "İstanbul ", "e\u0301", "\u0301", "한국", "日本語", "𝒳", "👩‍👩‍👧", "\u200b", "\u202e", "\x00", "[SEP]", "[CLS] ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), min_size=1, max_size=50).map("".join)
TARGETS = st.lists(
    st.sampled_from(("the bridge", "Ortiz", "Ana Ortiz", "nobody", "bridge", "Zürich", "👩", ".", "\u200b")) | st.text(min_size=1, max_size=5),
    max_size=3, unique_by=str.casefold,
).filter(lambda names: all(name.strip() for name in names))  # fmt: skip


def laws(check):
    """Turn a law of one analysis into a test of any text, read by the tiny model and by dice."""

    @pytest.mark.parametrize("name", ["tiny", "dice"])
    @settings(max_examples=25, deadline=None)
    @given(
        before=st.booleans(), content=TEXTS, media_type=st.sampled_from(("PLAIN", "MARKDOWN", "HTML")), targets=TARGETS
    )
    @example(before=True, content="", media_type="MARKDOWN", targets=[])
    def test(engines, document, name, before, content, media_type, targets):
        text = document + content if before else content
        try:
            analysis = engines[name].analyze(text, media_type=media_type, targets=targets)
        except EmptyText:
            assert not read(text, media_type).blocks
        else:
            check(analysis, targets)

    return test


def scores(analysis):
    """Yield every score of an analysis."""
    for segment in analysis.voice_segments:
        yield segment.score
        yield segment.kind_score
    for item in (*analysis.attributions, *analysis.stances, *analysis.loaded_spans):
        yield item.score
    for paragraph in analysis.paragraphs:
        yield from (frame.score for frame in paragraph.frames)
    for target in analysis.targets:
        yield target.salience


def ranked(pairs, labels):
    """Tell whether scores are a distribution over labels, the largest first."""
    values = [value for _, value in pairs]
    return (
        sorted(label for label, _ in pairs) == sorted(labels)
        and values == sorted(values, reverse=True)
        and all(0.0 <= value <= 1.0 for value in values)
        and sum(values) == pytest.approx(1.0, abs=1e-5)
    )


@laws
def test_segments_partition_the_text(analysis, targets):
    seen = Counter(at for segment in analysis.voice_segments for at in range(*segment.span))
    assert max(seen.values()) == 1
    assert {at for at, character in enumerate(analysis.text) if not character.isspace()} <= set(seen)
    assert all(a.span.end <= b.span.begin for a, b in pairwise(analysis.voice_segments))
    assert all(
        analysis.text[slice(*s.span)].strip() == analysis.text[slice(*s.span)] != "" for s in analysis.voice_segments
    )
    assert [segment.id for segment in analysis.voice_segments] == [
        f"s{i + 1}" for i in range(len(analysis.voice_segments))
    ]


@laws
def test_segments_lie_in_their_paragraphs(analysis, targets):
    for segment in analysis.voice_segments:
        paragraph = analysis.paragraphs[segment.paragraph_index].span
        assert paragraph.begin <= segment.span.begin < segment.span.end <= paragraph.end


@laws
def test_segments_cut_no_word(analysis, targets):
    inside = {at for word in WORD.finditer(analysis.text) for at in range(word.start() + 1, word.end())}
    inside -= {paragraph.span.begin for paragraph in analysis.paragraphs}  # two paragraphs may touch
    assert inside.isdisjoint(segment.span.begin for segment in analysis.voice_segments)


@laws
def test_scores_are_probabilities(analysis, targets):
    assert all(0.0 <= score <= 1.0 for score in scores(analysis))
    for segment in analysis.voice_segments:
        assert ranked(segment.scores, VOICES)
        assert dict(segment.scores)[segment.voice] == segment.score
        assert (
            segment.kind in KINDS if segment.voice == "EDITORIAL" else (segment.kind, segment.kind_score) == ("", 0.0)
        )
    for stance in analysis.stances:
        assert ranked(stance.scores, STANCES)
        assert stance.scores[0] == (stance.label, stance.score)
    for shares in (analysis.summary.voice_shares, *(paragraph.voice_shares for paragraph in analysis.paragraphs)):
        assert ranked(shares, VOICES)


@laws
def test_attributions_and_segments_name_each_other(analysis, targets):
    by_id = {attribution.id: attribution for attribution in analysis.attributions}
    assert list(by_id) == [f"a{i + 1}" for i in range(len(analysis.attributions))]
    contents = {name: [] for name in by_id}
    for segment in analysis.voice_segments:
        assert bool(segment.attribution_id) == (segment.voice in ("ATTRIBUTED", "QUOTED"))
        if segment.attribution_id:
            contents[segment.attribution_id].append(segment)
    for name, attribution in by_id.items():
        assert attribution.contents == tuple(segment.span for segment in contents[name])
        sizes = Counter()
        for segment in contents[name]:
            sizes[segment.voice] += segment.span.end - segment.span.begin
        assert attribution.direct == (sizes["QUOTED"] > sizes["ATTRIBUTED"])
        for part in (attribution.source, attribution.cue):
            assert part is None or 0 <= part.begin < part.end <= len(analysis.text)


@laws
def test_attributions_come_in_the_order_of_what_they_are_cited_for(analysis, targets):
    firsts = [attribution.contents[0] for attribution in analysis.attributions if attribution.contents]
    assert firsts == sorted(firsts)
    relays = {attribution.parent_id for attribution in analysis.attributions}
    assert all(attribution.contents or attribution.id in relays for attribution in analysis.attributions)


@laws
def test_relays_have_no_circles(analysis, targets):
    parents = {attribution.id: attribution.parent_id for attribution in analysis.attributions}
    assert set(parents.values()) <= {"", *parents}
    reached = {""}  # the ids that are known to end outside
    while more := {name for name, parent in parents.items() if parent in reached} - reached:
        reached |= more
    assert reached == {"", *parents}


@laws
def test_targets_are_the_requested_ones_or_the_most_salient(analysis, targets):
    origin = "REQUESTED" if targets else "DETECTED"
    assert [target.id for target in analysis.targets] == [f"t{i + 1}" for i in range(len(analysis.targets))]
    assert {target.origin for target in analysis.targets} <= {origin}
    if targets:
        assert [target.name for target in analysis.targets] == targets
    else:
        assert len(analysis.targets) <= MAX_DETECTED_TARGETS
        assert all(target.mentions for target in analysis.targets)
    total = sum(len(target.mentions) for target in analysis.targets)
    for target in analysis.targets:
        assert target.salience == len(target.mentions) / max(total, 1)
        assert all(a.end <= b.begin for a, b in pairwise(target.mentions))
        assert all(0 <= m.begin < m.end <= len(analysis.text) for m in target.mentions)


@laws
def test_every_target_has_one_stance_of_the_author_over_the_document(analysis, targets):
    scopes = ("DOCUMENT", "PARAGRAPH", "SEGMENT")
    order = [(int(stance.target_id[1:]), scopes.index(stance.scope)) for stance in analysis.stances]
    assert order == sorted(order)
    own = [s for s in analysis.stances if s.scope == "DOCUMENT" and s.holder.kind == "AUTHOR"]
    assert [s.target_id for s in own] == [target.id for target in analysis.targets]
    assert [(s.label, s.score) for s in own] == [(t.author_label, t.author_score) for t in analysis.summary.targets]
    keys = [(s.target_id, s.scope, s.holder.kind, s.holder.name, s.span) for s in analysis.stances]
    assert len(keys) == len(set(keys))


@laws
def test_a_stance_is_judged_over_the_words_of_its_holder(analysis, targets):
    by_span = {segment.span: segment for segment in analysis.voice_segments}
    names = {attribution.id: attribution.source_name for attribution in analysis.attributions}
    paragraphs = {paragraph.span for paragraph in analysis.paragraphs}
    for stance in analysis.stances:
        if stance.scope == "DOCUMENT":
            assert stance.span is None
            assert stance.holder.kind == "AUTHOR" or stance.holder.name in names.values()
            continue
        assert stance.label != "NEUTRAL"
        if stance.scope == "PARAGRAPH":
            assert stance.holder.kind == "AUTHOR"
            assert stance.span in paragraphs
            continue
        segment = by_span[stance.span]
        if stance.holder.kind == "AUTHOR":
            assert segment.voice in ("EDITORIAL", "REPORTED_FACT")
        else:
            assert segment.voice in ("ATTRIBUTED", "QUOTED")
            assert stance.holder.attribution_id == segment.attribution_id
            assert stance.holder.name == names[segment.attribution_id]


@laws
def test_loaded_words_are_whole_and_the_authors(analysis, targets):
    own = [segment.span for segment in analysis.voice_segments if segment.voice in ("EDITORIAL", "REPORTED_FACT")]
    for loaded in analysis.loaded_spans:
        assert any(span.begin <= loaded.span.begin < loaded.span.end <= span.end for span in own)
    assert all(a.span.end <= b.span.begin for a, b in pairwise(analysis.loaded_spans))


@laws
def test_paragraphs_of_prose_have_every_frame(analysis, targets):
    for paragraph in analysis.paragraphs:
        scores = [frame.score for frame in paragraph.frames]
        framed = paragraph.kind not in ("CODE", "BOILERPLATE")
        assert sorted(frame.frame for frame in paragraph.frames) == (sorted(FRAMES) if framed else [])
        assert scores == sorted(scores, reverse=True)
        for frame in paragraph.frames:
            assert bool(frame.evidence) == frame.selected
            assert len(frame.evidence) <= 3
            assert all(paragraph.span.begin <= b < e <= paragraph.span.end for b, e in frame.evidence)
    selected = {frame.frame for paragraph in analysis.paragraphs for frame in paragraph.frames if frame.selected}
    assert {frame for frame, _ in analysis.summary.frames} == selected
    assert all(0.0 < share <= 1.0 for _, share in analysis.summary.frames)


@laws
def test_sources_share_the_text_of_their_attributions(analysis, targets):
    cited = Counter(attribution.source_name for attribution in analysis.attributions)
    assert {source.source_name: source.attributions for source in analysis.summary.sources} == cited
    ink = len("".join(analysis.text.split()))
    by_id = {attribution.id: attribution.source_name for attribution in analysis.attributions}
    said = Counter()
    for segment in analysis.voice_segments:
        if segment.attribution_id:
            said[by_id[segment.attribution_id]] += len("".join(analysis.text[slice(*segment.span)].split()))
    shares = [source.share for source in analysis.summary.sources]
    assert shares == sorted(shares, reverse=True)
    assert {s.source_name: pytest.approx(s.share) for s in analysis.summary.sources} == {
        n: said[n] / ink for n in cited
    }


def test_the_laws_speak_of_something(engines, document):
    """The document that every law is tried on, a few times over, has something of everything."""
    texts = [document.replace("bridge", name) for name in ("bridge", "ferry", "harbour", "police")]
    analyses = [engine.analyze(text, media_type="MARKDOWN") for engine in engines.values() for text in texts]
    segments = [segment for analysis in analyses for segment in analysis.voice_segments]
    stances = {(s.scope, s.holder.kind) for analysis in analyses for s in analysis.stances}
    attributions = [attribution for analysis in analyses for attribution in analysis.attributions]
    assert {segment.voice for segment in segments} == set(VOICES)
    assert {segment.kind for segment in segments} == {"", *KINDS}
    assert stances == {(s, h) for s in ("DOCUMENT", "PARAGRAPH", "SEGMENT") for h in ("AUTHOR", "SOURCE")} - {
        ("PARAGRAPH", "SOURCE")
    }
    assert any(attribution.source and attribution.cue and attribution.source_name for attribution in attributions)
    assert any(attribution.parent_id for attribution in attributions)
    assert any(len(attribution.contents) > 1 for attribution in attributions)
    assert all(analysis.loaded_spans and analysis.summary.frames and analysis.summary.sources for analysis in analyses)


@pytest.mark.parametrize(
    "chosen", [set(), {"ATTRIBUTION"}, {"STANCE"}, {"FRAMING"}, {"LOADED_LANGUAGE"}, set(ANALYSES)], ids=sorted
)
@pytest.mark.parametrize("name", ["tiny", "dice"])
def test_what_is_not_asked_for_stays_empty_and_voice_is_the_same(engines, document, name, chosen):
    whole = engines[name].analyze(document, media_type="MARKDOWN")
    part = engines[name].analyze(document, media_type="MARKDOWN", analyses=frozenset(chosen | {"VOICE"}))
    voice = [(s.id, s.span, s.voice, s.scores, s.kind, s.kind_score, s.paragraph_index) for s in whole.voice_segments]
    assert voice == [
        (s.id, s.span, s.voice, s.scores, s.kind, s.kind_score, s.paragraph_index) for s in part.voice_segments
    ]
    assert part.attributions == (whole.attributions if "ATTRIBUTION" in chosen else ())
    assert any(s.attribution_id for s in part.voice_segments) == ("ATTRIBUTION" in chosen)
    assert part.targets == (whole.targets if "STANCE" in chosen else ())
    assert part.loaded_spans == (whole.loaded_spans if "LOADED_LANGUAGE" in chosen else ())
    assert [p.frames for p in part.paragraphs] == [p.frames if "FRAMING" in chosen else () for p in whole.paragraphs]
    assert part.summary.voice_shares == whole.summary.voice_shares
    assert part.summary.targets == (whole.summary.targets if "STANCE" in chosen else ())
    assert part.summary.frames == (whole.summary.frames if "FRAMING" in chosen else ())
    assert part.summary.sources == (whole.summary.sources if "ATTRIBUTION" in chosen else ())
    assert len(part.stances) == (len(whole.stances) if "STANCE" in chosen else 0)

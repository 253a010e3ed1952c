"""How an engine comes up, what it says of itself, and what it does without."""

import json
import shutil
import subprocess
import sys

import pytest

from slantwise.v1 import slantwise_pb2
from slantwise_models import package
from slantwise_server.engine import ANALYSES, EmptyText, Engine, ModelError


def test_the_engine_needs_neither_torch_nor_transformers(tiny_package):
    program = """
import sys
from slantwise_server.engine import Engine
engine = Engine.load(sys.argv[1])
engine.warm()
assert engine.analyze("<p>Ana said no.</p>", media_type="HTML").voice_segments
engine.close()
print(sorted(name for name in ("torch", "transformers", "onnx", "sklearn", "grpc") if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tiny_package)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_the_engine_describes_its_model(tiny_engine, tiny_package):
    info = tiny_engine.info
    model = package.load(str(tiny_package))
    assert (info.name, info.version, info.digest) == ("slantwise-tiny", "0.0.1", model.digest)
    assert (info.languages, info.license, info.backend) == (("en",), "Apache-2.0", "onnx")
    assert [(c.head, c.dataset, c.ece, c.cases) for c in info.calibrations] == [("voice", "nothing", 0.25, 4)]
    assert [(c.name, c.license, c.heads) for c in info.training_data] == [("nothing", "none", ("voice",))]
    assert set(info.labels) == ANALYSES


@pytest.mark.parametrize(("analysis", "enums"), [
    ("VOICE", ("Voice", "EditorialKind")), ("STANCE", ("StanceLabel",)), ("FRAMING", ("Frame",)), ("ATTRIBUTION", ()), ("LOADED_LANGUAGE", ()),
])  # fmt: skip
def test_its_labels_are_those_of_the_contract(tiny_engine, analysis, enums):
    names = [
        name for enum in enums for name in slantwise_pb2.DESCRIPTOR.enum_types_by_name[enum].values_by_name
        if not name.endswith("_UNSPECIFIED")
    ]  # fmt: skip
    assert list(tiny_engine.info.labels[analysis]) == names


def test_both_backends_bring_up_the_same_model(tiny_engine, tiny_package, document):
    engine = Engine.load(str(tiny_package), backend="torch", threads=1)
    ours, theirs = (each.analyze(document, media_type="MARKDOWN") for each in (tiny_engine, engine))
    engine.close()
    assert engine.info.backend == "torch"
    assert engine.info.digest == tiny_engine.info.digest
    assert ours.paragraphs != ()
    assert [p.span for p in ours.paragraphs] == [p.span for p in theirs.paragraphs]


@pytest.mark.parametrize("backend", ["cuda", "", "ONNX"])
def test_an_unknown_backend_is_refused(tiny_package, backend):
    with pytest.raises(ModelError, match="onnx or torch"):
        Engine.load(str(tiny_package), backend=backend)


def test_a_damaged_model_is_not_run(tiny_package, tmp_path):
    folder = shutil.copytree(tiny_package, tmp_path / "model")
    (folder / "model.onnx").write_bytes(b"")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        Engine.load(str(folder))


def author_labels(analysis):
    """Return the labels of the author's stances over the document."""
    return {s.label for s in analysis.stances if (s.scope, s.holder.kind) == ("DOCUMENT", "AUTHOR")}


def voices(analysis):
    """Return for each paragraph the voices in it."""
    found = [set() for _ in analysis.paragraphs]
    for segment in analysis.voice_segments:
        found[segment.paragraph_index].add(segment.voice)
    return found


@pytest.mark.parametrize(
    ("head", "settings", "holds"),
    [
        ("loaded", {"threshold": 1.1}, lambda a: not a.loaded_spans),
        ("frames", {"thresholds": [1.1] * 15}, lambda a: not a.summary.frames),
        ("stance", {"document_bias": [0.0, 99.0, 0.0]}, lambda a: author_labels(a) == {"AGAINST"}),
        ("stance", {"document_bias": [99.0, 0.0, 0.0]}, lambda a: author_labels(a) == {"FAVOR"}),
        (
            "voice",
            {"change": 999.0, "change_at_sentence": 999.0},
            lambda a: all(len(v - {"NONE"}) <= 1 for v in voices(a)),
        ),
        (
            "voice",
            {"temperature": 1e4},
            lambda a: all(s.score < 0.21 for s in a.voice_segments if s.paragraph_index == 1),
        ),
        ("voice", {"kind_temperature": 1e4}, lambda a: all(s.kind_score < 0.21 for s in a.voice_segments)),
    ],
)
def test_settings_of_decoding_come_with_the_model(tiny_engine, tiny_package, tmp_path, document, head, settings, holds):
    folder = shutil.copytree(tiny_package, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["decoding"][head] |= settings
    (folder / "config.json").write_text(json.dumps(config))
    package.seal(folder)
    engine = Engine.load(str(folder), threads=1)
    analysis, usual = (
        e.analyze(document, media_type="MARKDOWN", targets=["the bridge"]) for e in (engine, tiny_engine)
    )
    engine.close()
    assert holds(analysis)
    assert analysis != usual


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ("", "PLAIN"),
        (" \n\t\u2003", "PLAIN"),
        ("\n\n", "MARKDOWN"),
        ("", "HTML"),
        ("<p> </p>", "HTML"),
        ("<script>x</script>", "HTML"),
    ],
)
def test_a_document_with_nothing_to_read_is_empty(tiny_engine, content, media_type):
    with pytest.raises(EmptyText):
        tiny_engine.analyze(content, media_type=media_type)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [("!", "PLAIN"), ("---", "MARKDOWN"), ("```\nx = 1\n```", "MARKDOWN"), ("<pre>x</pre>", "HTML")],
)
def test_where_nobody_speaks_there_is_no_voice(tiny_engine, content, media_type):
    analysis = tiny_engine.analyze(content, media_type=media_type, targets=["x", "the bridge"])
    assert {segment.voice for segment in analysis.voice_segments} == {"NONE"}
    assert [(s.label, s.scope) for s in analysis.stances] == [("NEUTRAL", "DOCUMENT")] * 2
    assert (analysis.attributions, analysis.loaded_spans, analysis.summary.frames) == ((), (), ())


@pytest.mark.parametrize(("asked", "answered"), [("", "en"), ("en", "en"), ("en-GB", "en-GB")])
def test_the_language_is_the_one_asked_for(tiny_engine, asked, answered):
    assert tiny_engine.analyze("Ana said no.", language_code=asked).language_code == answered


@pytest.mark.parametrize(
    ("content", "warned"),
    [
        ("The mayor said that it was not for the council to say what is to be done with the bridge. " * 3, False),
        ("Borgmästaren sade att kommunen inte längre hade några pengar kvar till bron och färjan. " * 3, True),
        ("Borgmästaren sade att kommunen inte hade några pengar.", False),
    ],
    ids=["english", "swedish", "too short to tell"],
)
def test_a_text_that_does_not_look_like_english_is_warned_of(tiny_engine, content, warned):
    assert bool(tiny_engine.analyze(content).warnings) == warned


def test_a_title_is_read_but_not_analysed(tiny_engine, document):
    plain, titled = (
        tiny_engine.analyze(document, media_type="MARKDOWN", title=title) for title in ("", "A police plan")
    )
    assert titled.text == plain.text == document
    assert [segment.scores for segment in titled.voice_segments] != [segment.scores for segment in plain.voice_segments]
    assert [paragraph.span for paragraph in titled.paragraphs] == [paragraph.span for paragraph in plain.paragraphs]

"""Transcripts: the layout says who speaks, whatever the model makes of the words."""

import pytest

from slantwise_models.text import read
from slantwise_server.engine.transcript import directs, labels

TRANSCRIPT = """Ana Ortiz spoke to the station on Monday.

HOST: Mayor, will the bridge reopen?

ORTIZ: It will. We must close it first.

(CROSSTALK)

"HOST: When?"

"ORTIZ: In May."
"""


def test_labels_are_reported_and_directions_are_nobodys(engines):
    for engine in engines.values():
        analysis = engine.analyze(TRANSCRIPT)
        voices = {TRANSCRIPT[slice(*s.span)]: s.voice for s in analysis.voice_segments}
        assert {voices[label] for label in ("HOST:", "ORTIZ:", '"HOST:', '"ORTIZ:')} == {"REPORTED_FACT"}
        assert voices["(CROSSTALK)"] == "NONE"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (TRANSCRIPT, ["HOST", "ORTIZ", "HOST", "ORTIZ"]),
        ("Pence: Flowers will not come.\n\nThe governor said so on Sunday.", []),
        ("# HOST: a title\n\nHOST: Yes.\n\nORTIZ: No.", ["HOST", "ORTIZ"]),
        ("HOST: Yes.\n\nHOST: Indeed.", []),
    ],
)
def test_two_speakers_make_a_transcript(content, named):
    document = read(content, "MARKDOWN" if content.startswith("#") else "PLAIN")
    assert [document.text[slice(*span)] for span in labels(document) if span] == named


@pytest.mark.parametrize(
    ("content", "directed"),
    [
        ("(CROSSTALK.)", True),
        ('"(APPLAUSE)"', True),
        ("[END VIDEO CLIP]", True),
        ("(He laughed.)", False),
        ("(UN)", True),
    ],
)
def test_what_is_a_stage_direction(content, directed):
    document = read(content)
    assert directs(document, document.blocks[0]) == directed

"""The command line, against a scripted server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from google.protobuf import json_format

from slantwise.cli import main
from slantwise.cli._engine import REQUIREMENTS
from slantwise.v1 import slantwise_pb2 as pb

if TYPE_CHECKING:
    from slantwise import DocumentAnalysis


def run(*arguments: object, **options):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False, **options)


TEXT = "Tolls rise\r\n\r\nThe scheme is a disgrace. “We need it,” said Ann Example."


def rich_analysis(request: pb.AnalyzeDocumentRequest) -> pb.DocumentAnalysis:
    """Of TEXT: a heading, an editorial sentence with a loaded word, and a quotation."""

    def span(words: str) -> pb.Span:
        begin = TEXT.index(words)
        return pb.Span(begin=begin, end=begin + len(words))

    body = TEXT[TEXT.index("The scheme") :]
    return pb.DocumentAnalysis(
        warnings=["The text is short."],
        paragraphs=[
            pb.Paragraph(span=span("Tolls rise"), kind=pb.PARAGRAPH_KIND_HEADING),
            pb.Paragraph(span=span(body), kind=pb.PARAGRAPH_KIND_BODY),
        ],
        voice_segments=[
            pb.VoiceSegment(span=span("Tolls rise"), voice=pb.VOICE_REPORTED_FACT),
            pb.VoiceSegment(span=span("The scheme is a disgrace."), voice=pb.VOICE_EDITORIAL, paragraph_index=1),
            pb.VoiceSegment(span=span("“We need it,”"), voice=pb.VOICE_QUOTED, attribution_id="a1", paragraph_index=1),
            pb.VoiceSegment(span=span("said Ann Example."), voice=pb.VOICE_REPORTED_FACT, paragraph_index=1),
        ],
        attributions=[pb.Attribution(id="a1", source_name="Ann \x1b[31mExample", contents=[span("“We need it,”")])],
        loaded_spans=[pb.LoadedSpan(span=span("disgrace"), score=0.9)],
        summary=pb.Summary(
            voice_shares=[pb.VoiceShare(voice=pb.VOICE_EDITORIAL, share=0.5), pb.VoiceShare(voice=99, share=0.5)],
            targets=[
                pb.TargetSummary(
                    target="the [b]scheme",
                    author_label=pb.STANCE_LABEL_AGAINST,
                    author_score=0.91,
                    sources=[pb.SourceStance(source_name="Ann Example", label=pb.STANCE_LABEL_FAVOR, score=0.8)],
                )
            ],
            frames=[pb.FrameShare(frame=pb.FRAME_QUALITY_OF_LIFE, share=0.8)],
            sources=[pb.SourceShare(source_name="", share=0.2, attributions=3)],
        ),
    )


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.md"
    path.write_bytes(TEXT.encode())
    return path


def test_a_view_tells_who_is_speaking_and_how_it_leans(script, article) -> None:
    script.analysis = rich_analysis
    found = run("analyze", article, "--server", script.target, "--target", "a", "-t", "b", "--title", "T")
    assert found.exit_code == 0
    (request,) = script.requests
    assert request.document.content == TEXT  # line ends too, so that offsets hold in the file
    assert request.document.media_type == pb.MEDIA_TYPE_MARKDOWN
    assert (list(request.targets), request.document.title) == (["a", "b"], "T")
    lines = found.stdout.splitlines()
    assert lines[0] == "warning: The text is short."
    assert "[reported fact] Tolls rise" in lines
    for words in (
        "[editorial] The scheme is a disgrace.",
        "[quoted] “We need it,” (Ann \N{REPLACEMENT CHARACTER}[31mExample)",
        "editorial 50%  99 50%  loaded language ×1",
        "quality of life  80%",
    ):
        assert words in found.stdout.replace("\n", " "), words
    (stance,) = (line for line in lines if "[b]scheme" in line)
    assert re.split(r"\s{2,}", stance.strip()) == ["the [b]scheme", "against 0.91", "Ann Example favor 0.80"]
    assert "\x1b" not in found.stdout


def test_a_view_on_a_terminal_is_coloured(script, article) -> None:
    script.analysis = rich_analysis
    found = run("analyze", article, "--server", script.target, env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b[35mThe scheme is a \x1b[0m" in found.stdout
    assert "\x1b[4;35mdisgrace" in found.stdout
    assert "[editorial]" not in found.stdout
    assert "\x1b[31mExample" not in found.stdout


def test_json_shows_every_offset_and_letter(script, article) -> None:
    script.analysis = rich_analysis
    found = run("analyze", article, "--json", "--server", script.target)
    parsed = json.loads(found.stdout)
    assert parsed["paragraphs"][0]["span"] == {"begin": 0, "end": 10, "content": ""}
    analysis = json_format.Parse(found.stdout, pb.DocumentAnalysis())
    assert analysis == rich_analysis(script.requests[0])


@pytest.mark.parametrize(
    ("name", "option", "expected"),
    [
        ("a.txt", "auto", pb.MEDIA_TYPE_PLAIN),
        ("a.HTM", "auto", pb.MEDIA_TYPE_HTML),
        ("a", "auto", pb.MEDIA_TYPE_PLAIN),
        ("a.md", "plain", pb.MEDIA_TYPE_PLAIN),
        ("-", "HTML", pb.MEDIA_TYPE_HTML),
        ("-", "auto", pb.MEDIA_TYPE_PLAIN),
    ],
)
def test_how_a_file_is_written(script, tmp_path, name: str, option: str, expected: int) -> None:
    if name != "-":
        (tmp_path / name).write_text("Rain.")
    arguments = (name if name == "-" else tmp_path / name, "--media-type", option)
    assert run("analyze", *arguments, env={"SLANTWISE_SERVER": script.target}, input="Rain.").exit_code == 0
    assert script.requests[0].document == pb.Document(content="Rain.", media_type=expected)


def test_a_failed_call_is_one_message(script, article) -> None:
    script.failures.append(script.empty)
    found = run("analyze", article, "--server", script.target)
    assert (found.exit_code, found.stderr) == (1, "Error: document.content: Nothing to read.\n")


def test_a_file_that_is_not_utf8_is_told_by_its_byte(script, tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Caf\xe9 talk")
    found = run("analyze", path, "--server", script.target)
    assert (found.exit_code, found.stderr) == (1, f"Error: {path}: not UTF-8 at byte 3\n")


def test_models_are_listed(script) -> None:
    script.models = [[pb.Model(name="slantwise-en", version="1.2.3", language_codes=["en", "nl"], backend="onnx")]]
    found = run("models", "--server", script.target)
    assert found.exit_code == 0
    assert found.stdout.splitlines()[1].split() == ["slantwise-en", "1.2.3", "en", "nl", "onnx"]


def analyses(text: str) -> list[DocumentAnalysis]:
    return [json_format.Parse(line, pb.DocumentAnalysis()) for line in text.splitlines()]


def test_scores_come_in_the_order_of_the_input_a_line_each(script, tmp_path) -> None:
    folder = tmp_path / "press"
    (folder / "deep").mkdir(parents=True)
    for name in ("b.txt", "a.html", "deep/c.md", "d.pdf", "deep/e.HTM"):
        (folder / name).write_text(f"In {name}.")
    lines = tmp_path / "more.jsonl"
    records = [
        {"content": "One.", "document_id": "1", "media_type": "HTML", "targets": ["x", "y"], "year": 1999},
        {"content": "Two.", "title": "T", "language_code": "en"},
    ]
    lines.write_text("\n\n".join(map(json.dumps, records)))
    found = run("score", folder, lines, tmp_path / "more.jsonl", "-t", "z", "--model", "m", "--server", script.target)
    assert (found.exit_code, found.stderr) == (0, "")
    read = ["In a.html.", "In b.txt.", "In deep/c.md.", "In deep/e.HTM.", "One.", "Two.", "One.", "Two."]
    assert [analysis.language_code for analysis in analyses(found.stdout)] == read
    requests = [item.request for item in script.requests]
    assert [request.document.document_id for request in requests[:2]] == [str(folder / "a.html"), str(folder / "b.txt")]
    kinds = [pb.MEDIA_TYPE_HTML, pb.MEDIA_TYPE_PLAIN, pb.MEDIA_TYPE_MARKDOWN, pb.MEDIA_TYPE_HTML]
    assert [request.document.media_type for request in requests[:4]] == kinds
    assert {request.model for request in requests} == {"m"}
    assert [list(request.targets) for request in requests[3:6]] == [["z"], ["x", "y"], ["z"]]
    assert requests[4].document == pb.Document(content="One.", document_id="1", media_type=pb.MEDIA_TYPE_HTML)
    assert (requests[5].document.title, requests[5].document.language_code) == ("T", "en")


def test_every_failure_of_the_input_is_one_line_and_the_rest_is_scored(script, tmp_path) -> None:
    script.faults["empty"] = script.empty
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff")
    lines = tmp_path / "in.jsonl"
    rows = [
        b'{"content": "one"}', b"not JSON", b'["one"]', b'{"document_id": "2"}', b'{"content": 3}',
        b'{"content": "x", "targets": "y"}', b'{"content": "x", "media_type": "PDF"}', b'{"content": "\xff"}',
        b"[" * 100_000, b'{"content": "empty"}', b'{"content": "half \\ud800"}', b'{"content": "two"}',
    ]  # fmt: skip
    lines.write_bytes(b"\r\n".join(rows))
    output = tmp_path / "out.jsonl"
    found = run("score", bad, lines, "-o", output, "--server", script.target)
    assert (found.exit_code, found.stdout) == (3, "")
    assert [analysis.language_code for analysis in analyses(output.read_text())] == ["one", "two"]
    places = {line.removeprefix(str(tmp_path)).split(": ")[0] for line in found.stderr.splitlines()}
    assert places == {"/bad.txt", *(f"/in.jsonl:{number}" for number in range(2, 12))}
    assert len(found.stderr.splitlines()) == 11
    assert f"{lines}:10: document.content: Nothing to read." in found.stderr.splitlines()


def test_a_file_that_cannot_be_read_is_a_failure_of_its_own(script, tmp_path) -> None:
    folder = tmp_path / "press"
    folder.mkdir()
    (folder / "a.txt").symlink_to("nowhere")
    (folder / "b.txt").write_text("Rain.")
    (folder / "c.txt").write_bytes(b"x" * (17 << 20))
    found = run("score", folder, "--server", script.target)
    assert found.exit_code == 3
    assert found.stderr.splitlines() == [
        f"{folder / 'a.txt'}: No such file or directory",
        f"{folder / 'c.txt'}: larger than any document may be",
    ]
    assert len(analyses(found.stdout)) == 1


@pytest.mark.parametrize(
    "arguments", [(), ("nowhere.txt",), ("{article}", "-o", "{article}"), ("{article}", "-o", "/nowhere/out.jsonl")]
)
def test_a_wrong_call_of_score_is_a_usage_error(script, article, arguments) -> None:
    found = run("score", *(each.format(article=article) for each in arguments), "--server", script.target)
    assert found.exit_code == 2
    assert article.read_bytes() == TEXT.encode()
    assert not script.calls


def test_a_server_that_cannot_be_reached_is_one_message(article) -> None:
    found = run("score", article, "--server", "unix:/nowhere/s.sock")
    assert found.exit_code == 1
    assert found.stderr.startswith("Error: ")


def test_a_token_does_not_travel_in_the_clear(article) -> None:
    found = run("analyze", article, "--server", "example.org:1", "--no-tls", env={"SLANTWISE_TOKEN": "t0k"})
    assert found.exit_code == 2
    assert "in the clear" in found.stderr
    assert "t0k" not in found.stderr


def test_the_server_extra_is_what_the_engine_asks_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extra = {line.split(">")[0] for line in project["optional-dependencies"]["server"]}
    assert {name for module in REQUIREMENTS for name in packages_distributions()[module]} == extra
    assert len(REQUIREMENTS) == len(extra)


@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["serve", "--help"], ["models"]])
def test_without_the_servers_requirements_the_extra_is_named(command: list[str]) -> None:
    code = f"import sys; sys.modules['onnxruntime'] = None; from slantwise.cli import main; main({command})"
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert found.returncode == 2
    assert "onnxruntime" in found.stderr
    assert "pip install 'slantwise[server]'" in found.stderr


def test_serve_is_the_server_with_its_own_options() -> None:
    command = [sys.executable, "-m", "slantwise", "serve", "--help"]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "--exit-with-parent" in found.stdout

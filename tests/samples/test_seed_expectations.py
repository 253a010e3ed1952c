"""The sample documents and what is expected of them agree, before any model reads them."""

import json
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2] / "seeds"
RECORDS: list[dict[str, Any]] = [
    json.loads(line) for line in (SEEDS / "expected.jsonl").read_text(encoding="utf-8").splitlines()
]
KINDS = {"PRESCRIPTION", "PREDICTION", "QUESTION", "INTERPRETATION", "EVALUATION"}
VOICES = {"EDITORIAL", "REPORTED_FACT", "ATTRIBUTED", "QUOTED", "NONE"}
SUFFIXES = {"MARKDOWN": ".md", "PLAIN": ".txt", "HTML": ".html"}


class VisibleText(HTMLParser):
    """Collects the text of a page outside its head."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base class names it
        self.in_head |= tag == "head"

    def handle_endtag(self, tag: str) -> None:
        self.in_head &= tag != "head"

    def handle_data(self, data: str) -> None:
        if not self.in_head:
            self.pieces.append(data)


def visible(record: dict[str, Any]) -> str:
    content = (SEEDS / record["file"]).read_text(encoding="utf-8")
    if record["media_type"] != "HTML":
        return content
    page = VisibleText()
    page.feed(content)
    page.close()
    return "".join(page.pieces)


each_document = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["file"])


def test_every_document_has_expectations_and_its_own_media_type() -> None:
    documents = {path.name for path in SEEDS.iterdir()} - {"README.md", "expected.jsonl"}
    assert sorted(record["file"] for record in RECORDS) == sorted(documents)
    assert all(Path(record["file"]).suffix == SUFFIXES[record["media_type"]] for record in RECORDS)


@each_document
def test_every_passage_occurs_exactly_once_within_a_paragraph(record: dict[str, Any]) -> None:
    text = visible(record)
    counts = {item["text"]: text.count(item["text"]) for item in record["expect"]}
    assert counts == dict.fromkeys(counts, 1)
    assert len(counts) == len(record["expect"])
    assert not any("\n" in passage or passage != passage.strip() for passage in counts)


@each_document
def test_no_two_passages_overlap(record: dict[str, Any]) -> None:
    text = visible(record)
    spans = sorted((text.index(item["text"]), len(item["text"])) for item in record["expect"])
    assert all(begin + length <= after for (begin, length), (after, _) in pairwise(spans))


@each_document
def test_only_the_words_of_others_have_a_source_and_it_is_in_the_document(record: dict[str, Any]) -> None:
    text = visible(record)
    for item in record["expect"]:
        named = [name for name in (item["source"], item["via"]) if name is not None]
        assert not named or item["voice"] in {"QUOTED", "ATTRIBUTED"}, item
        assert item["via"] is None or item["source"] not in {None, item["via"]}, item
        assert all(name in text for name in named), item


@each_document
def test_only_editorial_passages_have_a_kind(record: dict[str, Any]) -> None:
    for item in record["expect"]:
        assert item["kind"] is None or (item["voice"] == "EDITORIAL" and item["kind"] in KINDS), item


@each_document
def test_targets_are_those_of_the_author_stances(record: dict[str, Any]) -> None:
    assert record["targets"] == list(record["author_stance"])
    assert set(record["author_stance"].values()) <= {"FAVOR", "AGAINST", "NEUTRAL"}


def test_every_voice_and_kind_is_expected_somewhere_at_least_twice() -> None:
    items = [item for record in RECORDS for item in record["expect"]]
    voices = Counter(item["voice"] for item in items)
    kinds = Counter(item["kind"] for item in items if item["kind"] is not None)
    assert set(voices) == VOICES
    assert set(kinds) == KINDS
    assert min((voices + kinds).values()) >= 2

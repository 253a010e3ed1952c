"""What holds of every document, whatever it is made of."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from slantwise_models.text import Block, Document, Prose, read

if TYPE_CHECKING:
    from markdown_it.token import Token

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
KINDS = {"HEADING", "BODY", "BLOCK_QUOTE", "LIST_ITEM", "CODE", "BOILERPLATE"}

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def made_of(*parts: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=40).map("".join)


markdown_text = made_of(
    *("a", "b", "é", "😀", "word", ".", "1", "1. ", " ", "\t", "\xa0", "\0", "\f", "\u2028", '"', "'", ":", ";", "="),
    *("\n", "\r", "\r\n", "\n\n", "  \n", "\\\n", "\n> ", "\n- ", "\n    ", "\n# ", " ##\n", "\n---\n", "\n===\n"),
    *("*", "**", "_", "`", "``", "```", "~~~", "~~", "~", "\\", "&", "&amp;", "&#65;", "&nbsp;", "#", ">", "+", "-"),
    *("[", "]", "(", ")", "![", "](", '](u "t")', "\n[a]: /u\n", "<", "<http://a.b>", "<b c='d'>", "<!-- ", "-->"),
    *("<div>", "!", "|", "\n| a | b |\n|---|---|\n"),
)
html_text = made_of(
    *("a", "b", "é", "😀", "word", " ", "\n", "\0", "\x1b", "\x85", "<", ">", "&", ";", '"', "'", "/", "=", "!", "-"),
    *("<p>", "</p>", "<br>", "<q>", "</q>", "<ul><li>", "</li>", "<li value=²>", "<h1>", "</h1>", "<pre>", "</pre>"),
    *("<blockquote>", "</blockquote>", "<table><tr><td>", "<td>", "</td>", "<form>", "<nav>", "</nav>", "<header>"),
    *("<script>", "</script>", "<style>", "<title>", "<textarea>", "<template>", "<svg>", "<a href=u>", "<b>" * 300),
    *("<p style='display:none;margin-top:9999em'>", "<!--", "-->", "<?x", "?>", "<![CDATA["),
    *("&amp;lt;", "&nbsp;", "&#1;", "&#0;"),
)
plain_text = made_of(
    *"ab >-*.“”\"'",
    *BREAKS,
    "\n\n",
    "\r\n",
    "> ",
    "word " * 12 + "\n",
    "Word " * 11,
    "https://a.b/c",
    "\t",
    "é",
    "😀",
    "\0",
    "5",
)
texts = {
    "PLAIN": st.one_of(any_text, plain_text),
    "MARKDOWN": st.one_of(any_text, markdown_text),
    "HTML": st.one_of(any_text, html_text),
}
media_types = pytest.mark.parametrize("media_type", texts)


def documents(media_type: str) -> st.SearchStrategy[Document]:
    return texts[media_type].map(lambda content: read(content, media_type))


@media_types
@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_every_character_that_is_not_white_space_lies_in_exactly_one_block(data, media_type):
    document = data.draw(documents(media_type))
    covered = [0] * len(document.text)
    for block in document.blocks:
        assert 0 <= block.begin < block.end <= len(document.text)
        for at in range(block.begin, block.end):
            covered[at] += 1
    assert all(times <= 1 for times in covered)
    assert all(times == 1 for times, character in zip(covered, document.text, strict=True) if not character.isspace())
    assert all(a.end <= b.begin for a, b in pairwise(document.blocks))


@media_types
@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_blocks_are_trimmed_and_hold_their_pieces_in_order(data, media_type):
    document = data.draw(documents(media_type))
    for block in document.blocks:
        assert block.kind in KINDS
        assert not document.text[block.begin].isspace()
        assert not document.text[block.end - 1].isspace()
        bounds = [block.begin, *(bound for piece in block.pieces for bound in piece), block.end]
        assert bounds == sorted(bounds)
        assert all(begin < end for begin, end in block.pieces)
        assert block.kind != "CODE" or not block.pieces


@media_types
@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_prose_is_the_text_it_came_from(data, media_type):
    document = data.draw(documents(media_type))
    for block in document.blocks:
        prose = Prose.of(document, block)
        assert len(prose.text) == len(prose.origin)
        assert all(a < b for a, b in pairwise(prose.origin))
        assert not set(prose.text) & set(BREAKS)
        for character, origin in zip(prose.text, prose.origin, strict=True):
            assert any(begin <= origin < end for begin, end in block.pieces)
            source = document.text[origin]
            assert character == source or (character == " " and source.isspace())
        assert bool(block.pieces) == any(map(str.isalnum, prose.text))
        if prose.text:
            begin, end = prose.span(0, len(prose.text))
            assert block.begin <= begin < end <= block.end


@pytest.mark.parametrize("media_type", ["PLAIN", "MARKDOWN"])
@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_offsets_refer_to_the_content_itself(data, media_type):
    content = data.draw(texts[media_type])
    assert read(content, media_type).text is content


@pytest.mark.parametrize("media_type", ["PLAIN", "MARKDOWN"])
@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_how_lines_end_makes_no_difference(data, media_type):
    content = data.draw(texts[media_type].filter(lambda content: "\r" not in content))
    unix, dos = read(content, media_type), read(content.replace("\n", "\r\n"), media_type)
    assert [block.kind for block in unix.blocks] == [block.kind for block in dos.blocks]
    assert _proses(unix) == _proses(dos)


@settings(deadline=None, max_examples=250)
@given(content=any_text)
def test_prose_of_markdown_without_markup_is_that_of_plain_text(content):
    letters = "".join(character for character in content if character.isalpha() or character == " ").strip(" ")
    assert _proses(read(letters, "MARKDOWN")) == _proses(read(letters))


@settings(deadline=None, max_examples=500)
@example(content="a`\n    a\n    `")
@given(content=markdown_text.filter(lambda content: not set(content) & set("&|\0")))
def test_prose_of_markdown_is_what_would_be_shown(content):
    shown = []
    for token in MarkdownIt("commonmark").enable("strikethrough").parse(content):
        children = token.children or []
        prose = "".join(
            " " if child.type.endswith("break") else child.content for child in children if _is_shown(child)
        )
        if any(map(str.isalnum, prose)):
            shown.append(prose.split())
    assert [prose.split() for prose in _proses(read(content, "MARKDOWN")) if prose] == shown


def _is_shown(token: Token) -> bool:
    return token.type in {"text", "code_inline", "softbreak", "hardbreak"}


@settings(deadline=None)
@given(
    pieces=st.lists(st.tuples(st.integers(0, 6), st.text(" \n\r\tab\x85", max_size=8)), max_size=5),
)
def test_a_line_break_in_prose_is_one_space_and_what_lies_between_pieces_is_nothing(pieces):
    text, spans = "", []
    for gap, piece in pieces:
        text += "*" * gap
        if piece:
            spans.append((len(text), len(text) + len(piece)))
        text += piece
    prose = Prose.of(Document(text, ()), Block("BODY", 0, len(text), tuple(spans)))
    assert prose.text.split() == text.replace("*", "").split()
    assert prose.text.count(" ") <= text.count(" ") + sum(map(text.count, BREAKS))


@pytest.mark.parametrize("media_type", ["", "plain", "MEDIA_TYPE_PLAIN", "PDF"])
def test_other_media_types_are_errors(media_type):
    with pytest.raises(ValueError, match="media type"):
        read("Some text.", media_type)


@pytest.mark.parametrize(
    "content",
    [
        "a" * 100_000,
        "a\n\n" * 10_000,
        "> " * 20_000,
        "*a* " * 10_000,
        "[" * 10_000,
        "<b>" * 5_000 + "Still here.",
        "<p>a" * 10_000,
    ],
    ids=lambda content: content[:8],
)
@media_types
def test_large_and_odd_documents_are_read_whole(content, media_type):
    document = read(content, media_type)
    read_letters = sum(document.text[block.begin : block.end].count("a") for block in document.blocks)
    assert read_letters == content.count("a")


def _proses(document: Document) -> list[str]:
    return [Prose.of(document, block).text for block in document.blocks]

"""Word pieces: each knows its place in the text, its letter case and its layout."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from slantwise_models.text import read
from slantwise_models.text.typography import straightened
from slantwise_models.tokens import BLOCK_KINDS, DEPTHS, LAYOUTS, SHAPES, shape

FRAGMENTS = (
    "\n",
    "\n\n",
    "> ",
    "# ",
    "*",
    "“",
    "”",
    '"',
    ". ",
    "Ana ",
    "naïve ",
    "İ",
    "e\u0301",
    "한국",
    "中文",
    "\u200b",
    "[SEP]",
    "a" * 120,
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=30).map("".join)
MEDIA = st.sampled_from(("PLAIN", "MARKDOWN"))


@pytest.fixture(scope="module")
def spelling(tokenizer_file):
    """Return the tokenizer itself, which knows how pieces are written."""
    return Tokenizer.from_file(str(tokenizer_file))


@settings(max_examples=80, deadline=None)
@given(content=TEXTS, media_type=MEDIA)
def test_pieces_lie_in_order_in_their_blocks_and_sentences(vocabulary, content, media_type):
    document = read(content, media_type)
    tokens = vocabulary.read(document)
    begins, ends, blocks, numbers = (a.tolist() for a in (tokens.begins, tokens.ends, tokens.blocks, tokens.sentences))
    assert begins == sorted(begins)
    assert ends == sorted(ends)
    assert blocks == sorted(blocks)
    assert numbers == sorted(numbers)
    for begin, end, block, number in zip(begins, ends, blocks, numbers, strict=True):
        assert document.blocks[block].begin <= begin < end <= document.blocks[block].end
        assert tokens.sentence_spans[number][0] <= begin < end <= tokens.sentence_spans[number][1]
    lengths = {len(array) for array in (tokens.pieces.ids, tokens.pieces.shapes, tokens.pieces.layouts, tokens.ends)}
    assert lengths == {len(tokens)}
    assert all(0 <= s < len(SHAPES) for s in tokens.pieces.shapes.tolist())
    assert all(1 <= layout < LAYOUTS for layout in tokens.pieces.layouts.tolist())


@settings(max_examples=80, deadline=None)
@given(content=TEXTS)
def test_a_piece_is_what_its_place_in_the_text_says(vocabulary, spelling, content):
    tokens = vocabulary.read(read(content))
    for number, begin, end in zip(
        tokens.pieces.ids.tolist(), tokens.begins.tolist(), tokens.ends.tolist(), strict=True
    ):
        piece = spelling.id_to_token(number)
        written = straightened(content[begin:end])
        assert piece in ("[UNK]", '"') or piece.removeprefix("##") in spelling.normalizer.normalize_str(written)
        assert piece != '"' or written in ('"', "'")


@settings(max_examples=80, deadline=None)
@given(content=TEXTS)
def test_every_letter_and_digit_is_read(vocabulary, content):
    document = read(content)
    tokens = vocabulary.read(document)
    read_at = {at for b, e in zip(tokens.begins.tolist(), tokens.ends.tolist(), strict=True) for at in range(b, e)}
    prose = {at for block in document.blocks for b, e in block.pieces for at in range(b, e)}
    assert {at for at in prose if content[at].isalnum()} <= read_at


def test_pieces_of_a_sentence_by_hand(vocabulary):
    text = "Ana said: “No vote!”"
    tokens = vocabulary.read(read(text))
    assert [text[b:e] for b, e in zip(tokens.begins, tokens.ends, strict=True)] == ["Ana", "said", ":", "“", "No", "vote", "!", "”"]  # fmt: skip
    assert [SHAPES[i] for i in tokens.pieces.shapes] == [
        "TITLE", "LOWER", "OTHER", "OTHER", "TITLE", "LOWER", "OTHER", "OTHER",
    ]  # fmt: skip
    depths = [(layout - 1) % DEPTHS for layout in tokens.pieces.layouts.tolist()]
    assert depths == [0, 0, 0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("# The plan\n", "HEADING"),
        ("The plan is here.\n", "BODY"),
        ("> The plan is here.\n", "BLOCK_QUOTE"),
        ("- The plan is here.\n", "LIST_ITEM"),
        ("All rights reserved.\n", "BOILERPLATE"),
    ],
)
def test_layout_tells_the_kind_of_block(vocabulary, content, kind):
    tokens = vocabulary.read(read(content, "MARKDOWN"))
    assert {(layout - 1) // DEPTHS for layout in tokens.pieces.layouts.tolist()} == {BLOCK_KINDS.index(kind)}


@pytest.mark.parametrize(
    ("surface", "name"),
    [("a", "LOWER"), ("A", "TITLE"), ("Ana", "TITLE"), ("NATO", "UPPER"), ("7", "DIGIT"), ("1971", "DIGIT"), ("”", "OTHER"),
     ("x7", "LOWER"), ("iPhone", "LOWER"), ("é", "LOWER"), ("中", "LOWER")],
)  # fmt: skip
def test_shapes(surface, name):
    assert SHAPES[shape(surface)] == name


def test_what_is_written_like_a_special_piece_is_text(vocabulary):
    tokens = vocabulary.read(read("They wrote [SEP] and [CLS] here."))
    assert not {vocabulary.sep, vocabulary.cls} & set(tokens.pieces.ids.tolist())
    assert not {vocabulary.sep, vocabulary.cls} & set(vocabulary.phrase("[CLS] [SEP]", 32).ids.tolist())


@pytest.mark.parametrize(("limit", "pieces"), [(0, 0), (1, 1), (2, 2), (9, 3)])
def test_a_phrase_is_read_up_to_a_limit(vocabulary, limit, pieces):
    phrase = vocabulary.phrase("The Rivertown bridge", limit)
    assert len(phrase.ids) == len(phrase.shapes) == len(phrase.layouts) == pieces
    assert not phrase.layouts.any()


def test_a_title_is_read_apart_from_the_text(vocabulary):
    document = read("We vote on Monday.")
    titled = vocabulary.read(document, "The bridge plan", title_limit=2)
    assert titled.title.ids.tolist() == vocabulary.phrase("the bridge", 2).ids.tolist()
    assert titled.pieces.ids.tolist() == vocabulary.read(document).pieces.ids.tolist()


@pytest.mark.parametrize(
    ("content", "pieces", "blocks"),
    [("", 0, 0), ("a" * 100_000, 1, 1), ("vote " * 20_000, 20_000, 1), ("The vote.\n\n" * 10_000, 30_000, 10_000)],
    ids=["nothing", "a word of 100,000 letters", "a line of 100,000 characters", "10,000 paragraphs"],
)
def test_extremes(vocabulary, content, pieces, blocks):
    tokens = vocabulary.read(read(content))
    assert len(tokens) == pieces
    assert len(set(tokens.blocks.tolist())) == blocks


@pytest.mark.parametrize(
    "written",
    [
        "“Not now,” she said. “It’s ‘late’.”",
        "«Not now,» she said. «It's 'late'.»",
        "''Not now,'' she said. ''It's 'late'.''",
    ],
)
def test_quotation_marks_of_every_shape_are_read_alike(vocabulary, written):
    straight = vocabulary.read(read('"Not now," she said. "It\'s \'late\'."')).pieces
    read_as = vocabulary.read(read(written)).pieces
    assert read_as.ids.tolist() == straight.ids.tolist()
    assert read_as.layouts.tolist() == straight.layouts.tolist()

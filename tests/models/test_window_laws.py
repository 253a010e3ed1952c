"""Windows: every piece is scored once, in windows no longer than the encoder takes, cut where it hurts least."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slantwise_models.text import read
from slantwise_models.tokens import Pieces, Tokens
from slantwise_models.window import TARGET_LIMIT, Window, inputs, windows

TITLE_LIMIT = 32
MARGIN = TARGET_LIMIT + 2  # [CLS], a target and its [SEP]
DOCUMENTS = st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=5), max_size=10)  # pieces, by sentence, by block
SIZES = st.tuples(st.integers(TITLE_LIMIT + 1, 50), st.integers(3, 60))  # of context and of body


def pieces(count, first=1000, layout=0):
    """Return invented pieces, all different."""
    ids = np.arange(first, first + count, dtype=np.int32)
    return Pieces(ids, np.full(count, 1, np.int32), np.full(count, layout, np.int32))


def tokens_of(document, title=0):
    """Return the tokens of a document of blocks of sentences of so many pieces."""
    lengths = [length for block in document for length in block]
    total = sum(lengths)
    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    return Tokens(
        pieces(total, layout=2),
        np.arange(total, dtype=np.int32),
        np.arange(1, total + 1, dtype=np.int32),
        np.repeat(np.arange(len(document), dtype=np.int32), [sum(block) for block in document]),
        np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
        tuple(zip([0, *ends], ends, strict=False)),
        pieces(title, 500),
    )


def cost(tokens, begin, end):
    """Return the positions that pieces take: themselves, and a [SEP] a block."""
    return end - begin + len(set(tokens.blocks[begin:end].tolist()))


def runs(values):
    """Return the number of pieces in the run of equal values that each piece stands in."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return counts[inverse].tolist()


def laws(check):
    """Check a law of the windows of any document."""

    @settings(max_examples=60, deadline=None)
    @given(document=DOCUMENTS, sizes=SIZES)
    def test(document, sizes, vocabulary):
        context, body = sizes
        tokens = tokens_of(document, TITLE_LIMIT)
        check(tokens, windows(tokens, context + body + MARGIN, context), context, body, vocabulary)

    return test


@laws
def test_every_piece_is_scored_in_one_window_in_order(tokens, cut, context, body, vocabulary):
    assert [at for window in cut for at in range(window.begin, window.end)] == list(range(len(tokens)))
    assert all(window.begin < window.end for window in cut)


@laws
def test_no_window_is_longer_than_its_size(tokens, cut, context, body, vocabulary):
    for window in cut:
        for target in (None, pieces(1), pieces(TARGET_LIMIT)):
            assert len(inputs(tokens, window, vocabulary, target)) <= context + body + MARGIN


@laws
def test_context_is_all_that_fits_before_a_window(tokens, cut, context, body, vocabulary):
    for window in cut:
        assert window.context <= window.begin
        assert window.context == window.begin or cost(tokens, window.context, window.begin) <= context
        assert window.context == 0 or cost(tokens, window.context - 1, window.begin) > context


@laws
def test_windows_are_cut_between_paragraphs_else_sentences_else_pieces(tokens, cut, context, body, vocabulary):
    by_block, by_sentence = runs(tokens.blocks), runs(tokens.sentences)
    for at in (window.begin for window in cut[1:]):
        inside_block = tokens.blocks[at] == tokens.blocks[at - 1]
        inside_sentence = inside_block and tokens.sentences[at] == tokens.sentences[at - 1]
        assert not inside_block or by_block[at] >= body
        assert not inside_sentence or by_sentence[at] >= body


@laws
def test_windows_are_as_long_as_fits(tokens, cut, context, body, vocabulary):
    by_block, by_sentence = runs(tokens.blocks), runs(tokens.sentences)
    for window, after in pairwise(cut):
        assert cost(tokens, window.begin, window.end) <= body
        if by_block[after.begin] < body:  # the next paragraph whole would have been too much
            last = after.begin + by_block[after.begin]
            assert cost(tokens, window.begin, last) > body
        elif by_sentence[after.begin] < body and tokens.sentences[after.begin] != tokens.sentences[window.end - 1]:
            assert cost(tokens, window.begin, after.begin + by_sentence[after.begin]) > body


@laws
def test_windows_depend_on_the_document_alone(tokens, cut, context, body, vocabulary):
    untitled = replace(tokens, title=pieces(0))
    assert windows(untitled, context + body + MARGIN, context) == cut


@pytest.mark.parametrize("target", [None, 0, 1, TARGET_LIMIT])
@pytest.mark.parametrize("title", [0, 3])
@settings(max_examples=20, deadline=None)
@given(document=DOCUMENTS.filter(len))
def test_inputs_are_the_pieces_with_what_separates_them(vocabulary, document, title, target):
    tokens = tokens_of(document, title)
    about = None if target is None else pieces(target, 200)
    for window in windows(tokens, 120, 40):
        shown = inputs(tokens, window, vocabulary, about)
        text = list(range(window.context, window.end))
        assert shown.tokens[shown.tokens >= 0].tolist() == text
        assert shown.tokens[shown.scored(window)].tolist() == list(range(window.begin, window.end))
        phrases = [about.ids.tolist() if target else [], tokens.title.ids.tolist() if window.begin == 0 else []]
        lead = [vocabulary.cls]
        for phrase in phrases:
            lead += [*phrase, vocabulary.sep] if phrase else []
        spelled = list(lead)
        for at in text:
            spelled.append(int(tokens.pieces.ids[at]))
            if at + 1 == window.end or tokens.blocks[at + 1] != tokens.blocks[at]:
                spelled.append(vocabulary.sep)
        assert shown.ids.tolist() == spelled
        assert shown.types.tolist() == [int(bool(target) and 1 <= i <= target + 1) for i in range(len(shown))]
        inside = shown.tokens >= 0
        assert set(shown.shapes[inside].tolist()) == {1}
        assert set(shown.layouts[inside].tolist()) == {2}
        assert not shown.layouts[~inside].any()
        lengths = {len(array) for array in (shown.ids, shown.types, shown.shapes, shown.layouts, shown.tokens)}
        assert lengths == {len(shown)}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], []),
        ([[10]], [Window(0, 0, 10)]),
        ([[10], [8]], [Window(0, 0, 18)]),  # 18 pieces and 2 [SEP] just fit
        ([[10], [9]], [Window(0, 0, 10), Window(0, 10, 19)]),  # the second paragraph does not, and sees the first
        ([[19]], [Window(0, 0, 19)]),
        ([[12, 12]], [Window(0, 0, 12), Window(0, 12, 24)]),  # a long paragraph is cut between sentences
        ([[45]], [Window(0, 0, 19), Window(0, 19, 38), Window(0, 38, 45)]),  # a long sentence anywhere
        ([[5], [45]], [Window(0, 0, 5), Window(0, 5, 24), Window(0, 24, 43), Window(5, 43, 50)]),
    ],
)
def test_windows_of_twenty(document, expected):
    assert windows(tokens_of(document), 20 + MARGIN + 40, 40) == expected


def test_a_block_quotation_sees_who_introduces_it(vocabulary):
    text = "\n\n".join(["The mayor said:", *(f"> {'we have money ' * 10}" for _ in range(3))])
    tokens = vocabulary.read(read(text, "MARKDOWN"))
    introduced, *others = windows(tokens, 33 + 33 + MARGIN, 33)[1:]
    assert introduced == Window(0, 4, 34)
    assert [window.begin for window in others] == [34, 64]

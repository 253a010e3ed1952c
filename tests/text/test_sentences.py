from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slantwise_models.text import sentences

sentence_text = st.lists(
    st.sampled_from(
        [
            *"ab 1.!?…,;:-\"'“”‘’«»()[]\n\t\0\x85é。",
            ". ",
            ".” ",
            "“A",
            " No.",
            "Sen. ",
            "U.S. ",
            "Then ",
            " 5 p.m. ",
            " he said. ",
            "😀",
        ]
    ),
    max_size=40,
).map("".join)
any_text = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), sentence_text)


@settings(deadline=None, max_examples=400)
@given(text=any_text)
def test_sentences_are_in_order_and_hold_every_character_that_is_not_white_space(text):
    found = sentences(text)
    assert all(0 <= begin < end <= len(text) for begin, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(text[begin:end] == text[begin:end].strip() for begin, end in found)
    assert _joined(text, found) == "".join(text.split())


def _joined(text: str, found: list[tuple[int, int]]) -> str:
    return "".join("".join(text[begin:end].split()) for begin, end in found)


@settings(deadline=None, max_examples=400)
@given(text=any_text)
def test_sentences_have_words_unless_alone(text):
    found = sentences(text)
    assert len(found) < 2 or all(any(map(str.isalnum, text[begin:end])) for begin, end in found)


@pytest.mark.parametrize(
    "expected",
    [
        # The plain case, and its punctuation.
        ["The rain stopped.", "We left."],
        ["Really?", "No way!", "Fine."],
        ["what now?", "nothing.", "i suppose"],
        ["Wide stops need no space。", "他说。", "然后走了。"],
        # Marks stay with what they open and close.
        ["“Go away.", "Now.", "I mean it,” he said.", "“It is late.", "We are tired.”", "Then he left."],
        ['"Go away.', 'It is late."', "Then he left.", '"Bye."'],
        ["He said ‘no.’", "She left."],
        ["'We lost.", "It is over,' she said.", "'So it goes.'", "It's the boys' hats.", "He left."],
        ["«Foo went out.", "Bar stayed.»", "Baz slept."],
        ["(It was very bad.)", "So it was.", "[It ended.]", "And so on (see Fig. 3) it went."],
        # What a speaker says after a question or a cry goes with it.
        ['"Why?" she asked.', "“Stop!” he said.", "“Who?” Ann Poe asked.", "“Now!”", "The crowd roared."],
        # Abbreviations, initials, numbers.
        ["Sen. Ann Poe met Rep. Roe, D-Ohio, and Gov. Coe.", "Mr. Doe, Mrs. Doe and Dr. Moe came."],
        ["J. K. Roe met George W. Poe.", "They spoke."],
        [
            "He lives in the U.S.",
            "The president agreed.",
            "U.S. President Ann Poe left.",
            "The U.S. Supreme Court sat.",
        ],
        ["No. 5 won.", "He said no.", "Poe agreed.", "No.", "Never."],
        ["Trust me.", "Poe did."],
        ["They met at 5 p.m. Monday.", "They left at 6 p.m.", "The rest stayed."],
        ["It cost $5.5 million.", "See www.example.com for more."],
        # An ellipsis ends a sentence only before a capital.
        ["He waited… and left.", "He waited... and left."],
        # A forgotten space.
        ["It was said.", "The end."],
        ["We use Node.JS here.", "It works."],
        # Nothing but marks is no sentence.
        ["He left. ...", "Then it rained."],
        ["* * *"],
        [],
    ],
    ids=" ".join,
)
def test_sentence(expected):
    for separator in (" ", "  "):
        text = separator.join(expected)
        assert [text[begin:end] for begin, end in sentences(text)] == expected


@pytest.mark.parametrize(
    "text", ["a" * 100_000, '"' * 20_000, ". " * 20_000, "(. " * 10_000, "\n\n" * 20_000, ".”" * 20_000]
)
def test_long_odd_texts_are_read_whole(text):
    assert _joined(text, sentences(text)) == "".join(text.split())


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f", "\u3000", "\t"])
def test_white_space_of_every_kind_may_stand_before_a_full_stop(space):
    text = f"The end{space}. Another B{space}. Last"
    assert sentences(text) == sentences(text.replace(space, " "))

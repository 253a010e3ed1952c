from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slantwise_models.text import quotation_depths

any_text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(st.sampled_from([*"ab s5.,!-( )\n\"'“”„‟«»‘’‚‛", "6'2\"", "’s", "' "]), max_size=40).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(texts=st.lists(any_text, max_size=4))
def test_every_character_has_a_depth(texts):
    depths = quotation_depths(texts)
    assert [len(depth) for depth in depths] == [len(text) for text in texts]
    assert all(depth <= 2 for depth in b"".join(depths))


@settings(deadline=None)
@given(
    texts=st.lists(st.text("ab c.,5’'s", max_size=30).map(lambda text: "a" + re.sub(" [’']*'", " ", text)), max_size=3)
)
def test_without_opening_marks_nothing_is_quoted(texts):
    assert not any(b"".join(quotation_depths(texts)))


@settings(deadline=None)
@given(
    before=st.text("ab ,", max_size=10),
    quoted=st.text("ab ,", min_size=1, max_size=10).map(lambda text: f"x{text}x"),
    marks=st.sampled_from(['""', "“”", "«»", "„“", "„”", "””", "»«", '“"']),
)
def test_a_quotation_is_what_stands_between_its_marks(before, quoted, marks):
    text = f"{before} {marks[0]}{quoted}{marks[1]} and so on"
    (depths,) = quotation_depths([text])
    inside = len(quoted) + 2
    assert depths == bytes(len(before) + 1) + b"\1" * inside + bytes(len(" and so on"))


# Below each paragraph stands its depth, a digit a character, "." for 0.
@pytest.mark.parametrize(
    "drawn",
    [
        # Straight, curly, mixed.
        ['He said "yes" and "no".', "........11111.....1111."],
        ["He said “yes” and “no”.", "........11111.....1111."],
        ['He said “yes" and "no”.', "........11111.....1111."],
        ['("so")—"dash"—said:"Bare"', ".1111..111111......111111"],
        # Quotations in quotations.
        ["“He said ‘no’,” she said.", "111111111222211.........."],
        ["\"He said 'no',\" she said.", "111111111222211.........."],
        ["“A “B” C” d", "111222111.."],
        ["'“x” he said,' she said.", "12221111111111.........."],
        # Not closed.
        ["No “quote here", "...11111111111", "Next.", "....."],
        ["“Go on.", "1111111", "“And on,” he said.", "111111111........."],
        ["“A. “B” C", "1111111.."],
        ['"foo. "bar" baz', "11111111111...."],
        ['a foo" bar', ".........."],
        ["'We lost.", "111111111", "'We won,' he said.", "111111111.........", "'Alone", "......"],
        # Apostrophes.
        ["'Twas the dogs' day, it's fine,", "..............................."],
        ["It’s the dogs’ day and rock 'n' roll in the '90s.", "................................................."],
        ["‘We lost the boys’ hats,’ he said.", "1111111111111111111111111........."],
        ["‘Experts’ are wrong. The dogs’ day.", "111111111.........................."],
        ["So-called 'experts' and 'makers'.", "..........111111111.....11111111."],
        # Feet and inches.
        ['He is 6\'2" and has a 5" pipe.', "............................."],
        ['"A 5" pipe," he said. "In 2024" it was.', "111111111111..........111111111........"],
        # Marks alone.
        ['"', "1", "'", ".", "“", "1", "”", ".", "", ""],
    ],
    ids=lambda drawn: drawn[0],
)
def test_depths(drawn):
    texts, expected = drawn[::2], drawn[1::2]
    depths = quotation_depths(texts)
    assert ["".join(".12"[depth] for depth in paragraph) for paragraph in depths] == expected


@pytest.mark.parametrize("mark", ["“«", '"', "'", "“", "”", "«»", "“'", "'a ", "s' a ", '5" '])
def test_any_number_of_marks(mark):
    (depths,) = quotation_depths([mark * 10_000])
    assert len(depths) == 10_000 * len(mark)

from __future__ import annotations

import pytest

from slantwise_models.text import Prose, read

WRAPPED = """\
The council met on Tuesday evening to hear what the residents had to
say about the road, and most of them had a great deal to say about it.
The mayor listened.

It went on for three hours, after which nobody could remember why they
had come, and the chair of the council closed the meeting without any
vote at all.

> A passage of mail that is long enough to have been wrapped at the
> margin by whoever wrote it.
>
> And another one.

- one item that goes on for quite a while until it has to be continued
  on a second line.
- two

Roses are red
Violets are blue
"""


def outline(content: str) -> list[tuple[str, str]]:
    document = read(content)
    return [(block.kind, Prose.of(document, block).text) for block in document.blocks]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\n\n \n"])
def test_every_line_is_a_paragraph(end):
    assert outline(f"One ends here.{end}  Two does.{end}") == [("BODY", "One ends here."), ("BODY", "Two does.")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_wrapped_lines_are_joined(end):
    by_hand = WRAPPED.replace("\n", end)
    assert [kind for kind, _ in outline(by_hand)] == ["BODY"] * 2 + ["BLOCK_QUOTE"] * 2 + ["BODY"] * 4
    assert [prose for _, prose in outline(by_hand)] == [
        *(" ".join(paragraph.split()) for paragraph in WRAPPED.replace("> ", "").split("\n\n")[:2]),
        "A passage of mail that is long enough to have been wrapped at the margin by whoever wrote it.",
        "And another one.",
        "- one item that goes on for quite a while until it has to be continued on a second line.",
        "- two",
        "Roses are red",
        "Violets are blue",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["A line that ends where its sentence does, and is rather long as lines go."] * 6,
        ["Roses are red and", "violets are blue and", "this is a poem and", "not wrapped at all."],
        [
            "The first of two headlines that are of about the same length",
            "The next of two headlines that are of such a length",
        ],
        ["This paragraph is far longer than anybody would wrap by hand, for it goes on and on and on and on and on"]
        * 5,
    ],
    ids=lambda lines: lines[0][:20],
)
def test_other_lines_are_not(lines):
    assert [prose for _, prose in outline("\n".join(lines))] == lines


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("https://example.com/a?b=c", "BOILERPLATE"),
        ("www.example.com", "BOILERPLATE"),
        ("<https://example.com>", "BOILERPLATE"),
        ("See https://example.com", "BODY"),
        ("The views expressed are solely those of the author.", "BOILERPLATE"),
        ("The opinions expressed in this piece are the writer’s own.", "BOILERPLATE"),
        ("This column does not necessarily reflect the views of the paper.", "BOILERPLATE"),
        ("The vote does not represent the views of ordinary people.", "BODY"),
        ("His views are those of a child.", "BODY"),
        ("© 2024 The Paper. All rights reserved.", "BOILERPLATE"),
        ("Copyright 2024 The Paper", "BOILERPLATE"),
        ("Copyright law is a mess.", "BODY"),
        ("Photo: Ann Poe", "BOILERPLATE"),
        ("Image credit: Ann Poe", "BOILERPLATE"),
        ("Photograph by Ann Poe", "BOILERPLATE"),
        ("Video by itself proves nothing.", "BODY"),
        ("Photos prove nothing.", "BODY"),
        ("> Said who?", "BLOCK_QUOTE"),
        (">> Said he.", "BLOCK_QUOTE"),
        (">50% of them left.", "BODY"),
    ],
)
def test_kind_of_a_line(line, kind):
    assert [kind for kind, _ in outline(f"Before it.\n\n{line}\n\nAfter it.")] == ["BODY", kind, "BODY"]


@pytest.mark.parametrize("rule", ["----", "***", "* * *", "…", "“”", "=====", ">", "\u200b"])
def test_a_line_without_words_is_boilerplate_without_prose(rule):
    document = read(f"Before it.\n{rule}\nAfter it.")
    assert [(block.kind, len(block.pieces)) for block in document.blocks] == [
        ("BODY", 1),
        ("BOILERPLATE", 0),
        ("BODY", 1),
    ]


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("The road that goes nowhere", "HEADING"),
        ("Why the council’s road goes nowhere", "HEADING"),
        ("The road goes nowhere.", "BODY"),
        ("the road that goes nowhere", "BODY"),
        ("By Ann Poe", "BODY"),
        ("The road that goes nowhere, and then comes back from there as if nothing at all had happened", "BODY"),
    ],
)
def test_heading(first, kind):
    rest = "The council met on Tuesday evening to hear what the residents had to say, and they had a great deal to say."
    assert outline(f"{first}\n\n{rest}") == [(kind, first), ("BODY", rest)]
    assert outline(f"{first}\n\n{first}") == [("BODY", first), ("BODY", first)]


def test_the_markers_of_a_quotation_lie_outside_its_pieces():
    content = "> > One.\n>\n> Two."
    document = read(content)
    assert [content[block.begin : block.end] for block in document.blocks] == ["> > One.\n>", "> Two."]
    assert [[content[slice(*piece)] for piece in block.pieces] for block in document.blocks] == [["One."], ["Two."]]

from __future__ import annotations

import pytest

from slantwise_models.text import Prose, read


def outline(content: str) -> list[tuple[str, str]]:
    document = read(content, "MARKDOWN")
    return [(block.kind, Prose.of(document, block).text) for block in document.blocks]


@pytest.mark.parametrize(
    ("source", "prose"),
    [
        ("plain words", "plain words"),
        ("*one* **two** ***three*** _four_ __five__", "one two three four five"),
        ("in*side* a*b**c**d*e snake_case 2 * 3", "inside abcde snake_case 2 * 3"),
        ("**open *and", "**open *and"),
        ("~~gone~~ ~kept~", "gone ~kept~"),
        ("[link](http://u.v/link 'link title') after", "link after"),
        ("[*a* b][ref] [ref] [ref][] [none]", "a b ref ref [none]"),
        ("![alt *text*](i.png 't') after", " after"),
        ("<http://u.v/w> and <a@b.cd>", "http://u.v/w and a@b.cd"),
        ('one <b class="x">two</b><!-- three --> four', "one two four"),
        ("`code *x*` ``a`b`` `` `c` ``", "code *x* a`b `c`"),
        (r"\*not\* \[this\] \q back\\slash", r"*not* [this] \q back\slash"),
        ("Q&amp;A &copy; &bogus;", "Q&A &copy; &bogus;"),
        ("soft\nbreak", "soft break"),
        ("hard  \nbreak and\\\nanother", "hard break and another"),
        ("  indented\n\t\tlines\n    here", "indented lines here"),
        ("`code\n  over lines`", "code over lines"),
        ("*emphasis\nover* lines", "emphasis over lines"),
        ("“Quoted,” *he* said—twice.", "“Quoted,” he said—twice."),
        ("caf\u00e9 \U0001f600 **na\u00efve** \0 \u2028 x", "caf\u00e9 \U0001f600 na\u00efve \0 x"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("container", ["", "> ", "- ", "> > ", "1. > "])
def test_prose_of_a_paragraph(source, prose, container):
    rest = "".join(character if character == ">" else " " for character in container)
    content = container + source.replace("\n", f"\n{rest}") + "\n\n[ref]: http://x.y\n"
    (_, found), *_ = outline(content)
    assert found.split(" ") == prose.split(" ")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("# One #\n## Two ##\n### *Three*", [("HEADING", "One"), ("HEADING", "Two"), ("HEADING", "Three")]),
        ("# #1 in #2 #3#\n", [("HEADING", "#1 in #2 #3#")]),
        ("One\ntwo\n===\nThree\n---", [("HEADING", "One two"), ("HEADING", "Three")]),
        ("One\ntwo\n\nThree", [("BODY", "One two"), ("BODY", "Three")]),
        ("> One\ntwo\n>\n> Three", [("BLOCK_QUOTE", "One two"), ("BLOCK_QUOTE", "Three")]),
        ("> One\n> > Two\n> three", [("BLOCK_QUOTE", "One"), ("BLOCK_QUOTE", "Two three")]),
        ("- One\n- Two\n\n  Three\n1) Four", [("LIST_ITEM", w) for w in ("One", "Two", "Three", "Four")]),
        ("- One\n\n  > Two\n", [("LIST_ITEM", "One"), ("BLOCK_QUOTE", "Two")]),
        ("> - One\n> # Two", [("BLOCK_QUOTE", "One"), ("HEADING", "Two")]),
        ("One\n\n    two\n\n```py\nthree\n```\n~~~\nfour", [("BODY", "One"), ("CODE", ""), ("CODE", ""), ("CODE", "")]),
        ("<div>\none\n</div>\n\nTwo", [("CODE", ""), ("BODY", "Two")]),
        ("One\n\n***\n\nTwo", [("BODY", "One"), ("BOILERPLATE", ""), ("BODY", "Two")]),
        ("[a]: http://u.v 'one'\n\nTwo [a]", [("BOILERPLATE", ""), ("BODY", "Two a")]),
        ("[a]: http://u.v\nTwo [a]", [("BOILERPLATE", ""), ("BODY", "Two a")]),
        (
            "| One | *two* |\n|:--|--:|\n| three \\| four | five |\n\nSix",
            [("BODY", "One | two"), ("BOILERPLATE", ""), ("BODY", "three | four | five"), ("BODY", "Six")],
        ),
        ("One|two\n-|-\nthree\xa0", [("BODY", "One|two"), ("BOILERPLATE", ""), ("BODY", "three")]),
        ("One\n\x1f", [("BODY", "One")]),
        ("![one](two.png)", [("BOILERPLATE", "")]),
        ("<https://u.v>\n\nhttps://u.v", [("BOILERPLATE", "https://u.v"), ("BOILERPLATE", "https://u.v")]),
        ("*The views expressed are the author's own.*", [("BOILERPLATE", "The views expressed are the author's own.")]),
        ("- \n- one", [("BOILERPLATE", ""), ("LIST_ITEM", "one")]),
        ("\0\n\n\xa0\none", [("BOILERPLATE", ""), ("BODY", "one")]),
        ("> " * 30 + "one", [("BOILERPLATE", "")]),
        ("", []),
        (" \n\t\n", []),
    ],
    ids=repr,
)
def test_outline(content, expected, end):
    assert outline(content.replace("\n", end)) == expected


@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        ("# Head *it* #", ["Head ", "it"]),
        ("> a\n> b\nc", ["a\n", "b\nc"]),
        ("- [x](y) <b>z</b>\r\n  w", ["x", " ", "z", "\r\n", "w"]),
        ("a  \nb", ["a", "\nb"]),
        ("a\\\nb", ["a", "\nb"]),
        (r"a\*b", ["a", "*b"]),
        ("a &amp; b", ["a &", " b"]),
    ],
)
def test_pieces_leave_out_the_syntax(content, pieces):
    (block,) = read(content, "MARKDOWN").blocks
    assert [content[slice(*piece)] for piece in block.pieces] == pieces


LONG = "The council met late on Tuesday and argued over the bridge until the caretaker put the chairs on the tables and the lights out."


def test_where_every_line_is_a_paragraph_lines_are_not_joined():
    source = f"{LONG}\n### Who pays?\n{LONG}\nThe mayor wrote:\n> “It is safe.”\nIt is not. {LONG}\n*Not ours.*\n"
    assert [kind for kind, _ in outline(source)] == [
        "BODY", "HEADING", "BODY", "BODY", "BLOCK_QUOTE", "BODY", "BODY",
    ]  # fmt: skip
    assert outline(source)[4][1] == "“It is safe.”"


def test_wrapped_lines_and_lazy_ones_are_joined_as_in_commonmark():
    source = "The council met late\non Tuesday.\n\n> It is safe,\nsaid the mayor.\n"
    assert outline(source) == [
        ("BODY", "The council met late on Tuesday."),
        ("BLOCK_QUOTE", "It is safe, said the mayor."),
    ]

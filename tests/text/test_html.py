from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from slantwise_models.text import Prose, read


def outline(content: str) -> list[tuple[str, str]]:
    document = read(content, "HTML")
    return [(block.kind, Prose.of(document, block).text) for block in document.blocks]


PAGE = """<!DOCTYPE html><html><head><title>Left out</title><style>p { left: out }</style></head><body>
<header><p>The Paper</p></header><nav><ul><li>Home</li></ul></nav>
<article><header><h1>The <em>road</em></h1><p>By Ann Poe</p></header>
<p style="margin-top: 99999em">First &amp; last, <a href="http://u.v">a link</a>.</p><script>left(out)</script>
<blockquote><p>Said once.</p><footer>Ann Poe</footer></blockquote>
<ul><li>One</li><li value="²">Two</li></ul><pre>code</pre>
<figure><img alt="left out"><figcaption>A caption</figcaption></figure><aside>Aside</aside></article>
<p style="display: none">Hidden</p><form><p>Sign up</p><button>Go</button></form>
<footer>Imprint</footer></body></html>"""


def test_page():
    assert outline(PAGE) == [
        ("BOILERPLATE", "The Paper"),
        ("BOILERPLATE", "Home"),
        ("HEADING", "The road"),
        ("BODY", "By Ann Poe"),
        ("BODY", "First & last, a link."),
        ("BLOCK_QUOTE", "Said once."),
        ("BLOCK_QUOTE", "Ann Poe"),
        ("LIST_ITEM", "One"),
        ("LIST_ITEM", "Two"),
        ("CODE", ""),
        ("BOILERPLATE", "A caption"),
        ("BOILERPLATE", "Aside"),
        ("BOILERPLATE", "Hidden"),
        ("BOILERPLATE", "Sign up"),
        ("BOILERPLATE", "Go"),
        ("BOILERPLATE", "Imprint"),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", []),
        (" \n ", []),
        ("<!-- nothing -->", []),
        ("<html></html>", []),
        ("<br><p></p>", []),
        ("<script>nothing</script>", []),
        ("no markup", ["no markup"]),
        ("1 < 2 & 3 > 2", ["1 < 2 & 3 > 2"]),
        ("<p>one<p>two", ["one", "two"]),
        ("one<br>two<br/><br>three", ["one", "two", "three"]),
        ("one<div>two</div>three", ["one", "two", "three"]),
        ("<b>o</b>ne <i>two</i>", ["one two"]),
        ("one\n  two\tthree", ["one two three"]),
        ("<table><tr><td>one<p>two</td><td>three</td></tr></table>", ["one", "two", "three"]),
        ("<q>one <q>two</q></q> <q><i>three</i></q>", ["“one “two”” “three”"]),
        ("one<!-- x --> two<?php x ?> three", ["one two three"]),
        ("&lt;p&gt; &amp;lt; AT&T &amp;copy;", ["<p> &lt; AT&T &copy;"]),
        ("<?xml version='1.0' encoding='latin-1'?><p>é</p>", ["é"]),
        ("<meta charset='latin-1'><p>é 😀</p>", ["é 😀"]),
        ("a\0b\x1b &#1;c", ["a\ufffdb c"]),
        ("<div>" * 1_000 + "one" + "</div>" * 1_000 + "two", ["one", "two"]),
        ("<b>" * 10_000 + "one", ["one"]),
        ("<form><p>All of it.</p><p>Is a form.</p></form>", ["All of it.", "Is a form."]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_text(content, text):
    document = read(content, "HTML")
    assert [document.text[block.begin : block.end] for block in document.blocks] == text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<h2>x</h2>", "HEADING"),
        ("<nav><h2>x</h2></nav>", "BOILERPLATE"),
        ("<header><h2>x</h2></header>", "HEADING"),
        ("<blockquote><ul><li>x</li></ul></blockquote>", "BLOCK_QUOTE"),
        ("<ul><li><blockquote>x</blockquote></li></ul>", "BLOCK_QUOTE"),
        ("<p>some <code>x</code> here</p>", "BODY"),
        ("<p>https://example.com</p>", "BOILERPLATE"),
        ("<p>© 2024 x</p>", "BOILERPLATE"),
        ("<p>* * *</p>", "BOILERPLATE"),
    ],
)
def test_kind(content, kind):
    assert [kind for kind, _ in outline(f"<p>Before it.</p>{content}<p>After it.</p>")] == ["BODY", kind, "BODY"]


def test_pages_read_at_once_do_not_mix():
    pages = [f"<p>{number} {'<b>word</b> ' * 200}</p>" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(outline, pages)) == [outline(page) for page in pages]

"""HTML to text and the blocks of that text.

The text has a line for every paragraph, cells of tables included. What the page says of its parts tells the kinds;
only scripts, styles and the head are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from inscriptis.html_engine import Inscriptis
from inscriptis.html_properties import Display, WhiteSpace
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping
from lxml.etree import ParserError
from lxml.html import HTMLParser, document_fromstring

from slantwise_models.text.boilerplate import is_boilerplate, is_worded
from slantwise_models.text.document import Block
from slantwise_models.text.lines import lines, trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inscriptis.annotation import Annotation
    from lxml.html import HtmlElement as Element

_TAG = re.compile("<[^<>]*>")
_DEEPEST = 200  # elements within elements; laying them out recurses
_ESCAPES = dict.fromkeys((*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF), " ")  # the tree takes none of these
_ESCAPES[ord("&")] = "&amp;"
_LEFT_OUT = ("head", "title", "meta", "link", "script", "style", "template")
_PARAGRAPHS = (
    *("p", "div", "section", "hgroup", "figure", "address", "center", "hr", "noscript", "details", "summary"),
    *("ul", "ol", "dl", "dt", "dd", "table", "caption", "tr", "td", "th"),
)
_LABELS = {
    "HEADING": "h1 h2 h3 h4 h5 h6",
    "BLOCK_QUOTE": "blockquote",
    "LIST_ITEM": "li",
    "CODE": "pre xmp listing plaintext",
    "ARTICLE": "article main",
    "HEADER": "header",
    "FOOTER": "footer",
    "FORM": "form",
    "ASIDE": "nav aside figcaption button select option textarea label legend dialog iframe",
}
_LAID_OUT_AS_ANY = dict.fromkeys(
    ("table", "tr", "td", "th", "ul", "ol", "li", "a")
)  # no columns, no bullets, no destinations


def read(content: str) -> tuple[str, list[Block]]:
    """Returns the text of a page or a fragment and the paragraphs of that text; no text when it has none."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = document_fromstring(content.encode(), parser)
        if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):  # it read no further
            page = document_fromstring(_TAG.sub("<br>", content).encode(), parser)
    except ParserError:  # how the parser says that there is nothing in it
        return "", []
    _prepare(page)
    layout = Inscriptis(page, _config())
    text: str = layout.get_text()
    return text, list(_blocks(text, layout.get_annotations()))


def _prepare(page: Element) -> None:
    """Changes what the layout would get wrong: deep nesting, inline quotations and characters that look escaped."""
    depths: dict[Element, int] = {}
    for element in page.iter():
        depths[element] = depths.get(element.getparent(), 0) + 1
        element.text = _escape(element.text)
        element.tail = _escape(element.tail)
        if element.tag == "q":
            element.text = "“" + (element.text or "")
    for element, depth in depths.items():
        if element.tag == "q":
            if len(element):
                element[-1].tail = (element[-1].tail or "") + "”"
            else:
                element.text = (element.text or "") + "”"
        if depth > _DEEPEST and element.tag not in _LEFT_OUT:
            element.drop_tag()


def _escape(text: str | None) -> str | None:
    return text and text.translate(_ESCAPES)


def _config() -> ParserConfig:
    """Returns a configuration for one page: laying it out changes the elements of its style sheet."""
    elements = {"body": HtmlElement("body")}
    elements |= {tag: HtmlElement(tag, display=Display.none) for tag in _LEFT_OUT}
    elements |= {tag: HtmlElement(tag, display=Display.block) for tag in _PARAGRAPHS}
    for label, tags in _LABELS.items():
        white_space = WhiteSpace.pre if label == "CODE" else WhiteSpace.normal
        for tag in tags.split():
            elements[tag] = HtmlElement(tag, display=Display.block, whitespace=white_space, annotation=(label,))
    config = ParserConfig(
        css=elements, custom_html_tag_handler_mapping=CustomHtmlTagHandlerMapping(_LAID_OUT_AS_ANY, _LAID_OUT_AS_ANY)
    )
    config.attribute_handler.attribute_mapping = {"style": _mark_hidden}  # the page's margins could be of any size
    return config


def _mark_hidden(style: str, element: HtmlElement) -> None:
    if "display:none" in style.replace(" ", "").lower():
        element.annotation += ("ASIDE",)


def _blocks(text: str, annotations: Iterable[Annotation]) -> Iterator[Block]:
    """Yields the lines that are not empty, their kinds from the annotations around the middle of each."""
    edges = []
    for begin, end, label in annotations:
        if label != "FORM" or 2 * (end - begin) < len(text):  # some pages are one form
            edges += [(begin, 1, label), (end, -1, label)]
    edges.sort(reverse=True)
    labels: Counter[str] = Counter()
    for line in lines(text):
        begin, end = trim(text, *line)
        if begin == end:
            continue
        while edges and edges[-1][0] <= (begin + end) // 2:
            _, step, label = edges.pop()
            labels[label] += step
        kind = _kind(+labels)
        if not is_worded(text[begin:end]) or kind == "CODE":
            yield Block(kind if kind == "CODE" else "BOILERPLATE", begin, end, ())
        else:
            notice = kind != "HEADING" and is_boilerplate(text[begin:end])
            yield Block("BOILERPLATE" if notice else kind, begin, end, ((begin, end),))


def _kind(labels: Counter[str]) -> str:
    """Returns the kind of a paragraph that stands in elements with these labels."""
    if "ASIDE" in labels or "FORM" in labels or ("FOOTER" in labels and "BLOCK_QUOTE" not in labels):
        return "BOILERPLATE"
    if "HEADING" in labels:
        return "HEADING"
    if "HEADER" in labels and "ARTICLE" not in labels:
        return "BOILERPLATE"
    return next((kind for kind in ("CODE", "BLOCK_QUOTE", "LIST_ITEM") if kind in labels), "BODY")

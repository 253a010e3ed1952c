"""What stands around an article without being part of it, told by its wording."""

from __future__ import annotations

import re

_LINK = re.compile(r"<?(?:https?://|www\.)\S+", re.IGNORECASE)
_NOTICE = re.compile(
    r"""
      \b(?:views|opinions)\ (?:and\ \w+\ )? (?:expressed|stated)\b [^.]{0,100}? \bare\ (?:\w+ly\ )?
        (?:those\ of|the\ (?:author|writer|columnist|contributor)|(?:his|her|their|my|the\ \w+['’]s)\ own)\b
    | \b(?:views|opinions|article|column|commentary|essay|piece|post)\b [^.]{0,100}?
        \bdo(?:es)?\ not\ (?:necessarily\ )?(?:reflect|represent|state)\b
        [^.]{0,100}? \b(?:views?|opinions?|positions?|policy)\b
    | \bnot\ necessarily\ (?:those\ of|(?:reflect|represent)\ the\ (?:views?|opinions?|positions?))\b
    | \ball\ rights\ reserved\b
    | ^\W*(?:©|\(c\)\ |copyright\s*(?:©|\(c\)|:|\d{4}))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT = re.compile(
    r"\W*(?:Photo|Photograph|Image|Picture|Illustration|Video|PHOTO|IMAGE|VIDEO)[sS]?"
    r"(?:\s*(?:[Cc]redits?|CREDIT|[Ss]ource)?\s*[:/]|\s+(?:[Cc]redit|[Cc]ourtesy)\b|\s+(?:by|BY)\s+[A-Z])"
)
_LONGEST_NOTICE = 600  # characters; a longer paragraph argues
_LONGEST_CREDIT = 150


def is_worded(text: str) -> bool:
    """Tells whether a text has a letter or a digit."""
    return any(map(str.isalnum, text))


def is_boilerplate(text: str) -> bool:
    """Tells whether a paragraph is a bare link, a disclaimer, a credit, or has no letter or digit."""
    text = text.strip()
    return (
        not is_worded(text)
        or bool(_LINK.fullmatch(text))
        or (len(text) <= _LONGEST_NOTICE and bool(_NOTICE.search(text)))
        or (len(text) <= _LONGEST_CREDIT and bool(_CREDIT.match(text)))
    )

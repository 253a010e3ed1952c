"""The sentences of a paragraph.

The rules of `sentencex` find where sentences end. It takes whatever stands in quotation marks for one sentence, so it
is shown the text with the marks blanked out, and then each end is put right: marks stay with the sentence they open
or close, and some ends are none.
"""

from __future__ import annotations

import re

import sentencex

from slantwise_models.text.lines import trim

_OPENING = "\"'“‘„‟‚«(["
_CLOSING = "\"'”’»)]"

_MARKS = str.maketrans(dict.fromkeys('"“”„‟‘‚«»', " "))
_SINGLE = re.compile(r"(?<=[.!?…,])['’]+(?!\w)|(?<![^\s(\[\"“—–-])'(?=\w)")  # as a quotation mark
_SPACE = re.compile(r"[^\S\n]")
_ENDED = r"[.!?…\"”’)\]]"
_BRACKETED = re.compile(  # whole sentences in brackets
    rf"(?:^|(?<={_ENDED}\s)|(?<={_ENDED}\s\s))[(\[]([^()\[\]]*[.!?…][\"”’']*)[)\]]"
)
_WORD = re.compile(r"(?<![\w.])(?:[Nn]o(?=\.\s+\D)|me|may|miss|art|ill|ok|fed)(?=\.\s)")  # rather than abbreviations

_ELLIPSIS_OR_MARK = re.compile(r"(?:…|\.\.\.|[\"'”’»)\]])$")
_CRY = re.compile(r"[!?…][\"'”’»]+$")
_SPEAKER = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|says|asked|asks|wrote|tweeted|posted|shouted|added|replied|demanded|wondered)\b"
)
_TITLE = re.compile(
    r"(?<![\w.])(?:Mr|Mrs|Ms|Mx|Messrs|Dr|Prof|Sens?|Reps?|Govs?|Pres|Sec|Atty|Gen|Col|Lt|Maj|Capt|Cmdr|Adm|Sgt|Cpl|Pvt"
    r"|Supt|Det|Insp|Rev|Fr|Msgr|Hon|Ald|Amb|Ft|Mt|vs|cf|e\.g|i\.e)\.$"
)
_NUMBERED = re.compile(r"(?<!\w)(?:[Nn]os?|[Ff]igs?|[Pp]p?|[Cc]h|[Aa]rt|Vol|Sec)\.$")
_STATE = re.compile(r"(?<!\w)(?:U\.S|U\.K|U\.N|E\.U|D\.C)\.$")
_OFFICE = re.compile(
    r"(?:President|Vice|Senat|Sen\.|Rep\.|House|Congress|Supreme|Secretary|Attorney|Army|Navy|Air|Marine|Capitol"
    r"|District|Circuit|Court|Department|Treasury|Ambassador|Embassy|Mayor|Security|General|Justice|Judge|Constitution)"
)
_HOUR = re.compile(r"\d\s*[ap]\.m\.$")
_WHEN = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|[ECMP][SD]?T"
    r"|GMT|UTC|Eastern|Central|Mountain|Pacific)\b"
)
_TYPO = re.compile(r"[a-z][.!?][A-Z][a-z]*\s")  # the space after a sentence forgotten
_WIDE = "。！？"  # end sentences that no space follows
_REACH = 60  # how many characters either side of an end are looked at


def sentences(prose: str) -> list[tuple[int, int]]:
    """Returns the sentences of a text.

    Args:
        prose: Any text, one paragraph of prose as a rule.

    Returns:
        Their ranges in code points, in order and disjoint, without white space at their edges; every character that
        is not white space lies in one. Each has a letter or a digit, unless it is the only one.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for end in [*_ends(prose), len(prose)]:
        sentence = trim(prose, begin, end)
        begin = end
        if sentence[0] == sentence[1]:
            continue
        if found and not (_worded(prose, *sentence) and _worded(prose, *found[-1])):
            found[-1] = (found[-1][0], sentence[1])
        else:
            found.append(sentence)
    return found


def _ends(prose: str) -> list[int]:
    """Returns where all sentences but the last end."""
    flat = _SINGLE.sub(lambda marks: " " * len(marks[0]), prose).translate(_MARKS)
    flat = _BRACKETED.sub(r" \1 ", flat)
    flat = _WORD.sub(lambda word: "x" * len(word[0]), flat)
    flat = _SPACE.sub(" ", flat)  # before a full stop sentencex takes every white space for one byte, and panics
    ends = []
    right = 0
    for sentence in sentencex.get_sentence_boundaries("en", flat):
        left = sentence["end_index"]
        if left <= right:  # still in the gap seen last
            continue
        right = left
        while left > 0 and flat[left - 1].isspace():
            left -= 1
        while right < len(flat) and flat[right].isspace():
            right += 1
        end = left + _cut(prose[left:right])
        if 0 < end < len(prose) and not _runs_on(prose, end):
            ends.append(end)
    return ends


def _cut(gap: str) -> int:
    """Returns where to cut the marks and white space between two sentences."""
    closed = max(map(gap.rfind, "”)]")) + 1
    if closed:
        return closed
    first_space = next((at for at, character in enumerate(gap) if character.isspace()), None)
    if first_space is not None:
        return first_space
    return 0 if gap[:1] in _OPENING[2:] else len(gap)


def _runs_on(prose: str, end: int) -> bool:
    """Tells whether a sentence goes on where it seems to end."""
    before, after = prose[max(0, end - _REACH) : end], prose[end : end + _REACH]
    if before[-1] not in _CLOSING and after[0] not in _OPENING and not after[0].isspace():
        return before[-1] not in _WIDE and not _TYPO.match(before[-2:] + after)
    after = after.lstrip()
    follower = after.lstrip(_OPENING)
    return bool(
        (follower[:1].islower() and _ELLIPSIS_OR_MARK.search(before))
        or (_CRY.search(before) and _SPEAKER.match(after))
        or _TITLE.search(before)
        or (_NUMBERED.search(before) and after[:1].isdigit())
        or (_STATE.search(before) and _OFFICE.match(after))
        or (_HOUR.search(before) and _WHEN.match(after))
    )


def _worded(text: str, begin: int, end: int) -> bool:
    return any(map(str.isalnum, text[begin:end]))

"""The prose of a paragraph of Markdown, by where it stands in the paragraph's source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from markdown_it.rules_inline import StateInline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


class _Traced(StateInline):
    """The state of inline parsing, which notes in the `meta["at"]` of every token where it stands."""

    pending_at: int | None = None

    def append_pending(self, text: str) -> None:
        if self.pending_at is None:
            self.pending_at = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 - the library's name
        token = super().pushPending()
        token.meta["at"], self.pending_at = self.pending_at, None
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        self.pending_at = None  # a break may have taken all that was pending
        token.meta["at"] = self.pos
        return token


def prose(source: str, parser: MarkdownIt, env: EnvType) -> list[tuple[int, int]]:
    """Returns the ranges of a paragraph's source that are prose, in order and disjoint.

    Line breaks are prose. Emphasis, links' destinations, images, tags and escaping backslashes are not.

    Args:
        source: The inline source.
        parser: Its rules; without `fragments_join`, which would lose where fragments stand.
        env: The link references.
    """
    state = _Traced(source, parser, env, [])
    parser.inline.tokenize(state)
    _spread_delimiters(state.tokens)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    return sorted(_ranges(source, state.tokens))


def _spread_delimiters(tokens: list[Token]) -> None:
    """Notes where each delimiter of a run stands; all were noted where the run begins."""
    run = end = -1
    for token in tokens:
        if token.type == "text":
            at = token.meta["at"]
            if at == run:
                token.meta["at"] = end
            run, end = at, token.meta["at"] + len(token.content)


def _ranges(source: str, tokens: list[Token]) -> Iterator[tuple[int, int]]:
    automatic = False
    for token in tokens:
        at = token.meta["at"]
        match token.type:
            case "link_open" | "link_close":
                automatic = token.type == "link_open" and token.info == "auto"
            case "text" if automatic:
                yield at + 1, source.index(">", at)
            case "text" if token.content:  # that of a delimiter is taken away when it pairs
                yield at, at + len(token.content)
            case "text_special" if token.info == "escape":
                end = at + len(token.markup)
                yield end - len(token.content), end
            case "text_special":  # an entity, as it is written, for nothing in the source is what it stands for
                yield at, at + (1 if token.content == "&" else len(token.markup))
            case "code_inline":
                begin = first = at + len(token.markup)
                if source[begin : begin + len(token.content)].replace("\n", " ") != token.content:
                    begin += 1  # the space that sets off what begins or ends with a backtick
                yield (
                    first if source[first] == "\n" else begin,
                    begin + len(token.content),
                )  # a line break still parts words
            case "softbreak" | "hardbreak":
                begin = source.index("\n", at)
                yield begin, begin + 1

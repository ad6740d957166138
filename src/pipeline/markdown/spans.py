"""The dialect with positions: every inline token knows which characters of the source it came from.

markdown-it reports lines for blocks and nothing for inline tokens. Here the inline parser notes, for each rule that
succeeds, where it began and ended; the table rule notes where a row's text begins. The rules themselves are the
dialect's own, so positions can never disagree with what is rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pipeline.markdown.dialect import dialect

__all__ = ["positioned_dialect", "span"]


def span(token: Token) -> tuple[int, int]:
    """Where an inline token's source is, in characters of its inline block's `content`."""
    start, end = token.meta["span"]
    return int(start), int(end)


@cache
def positioned_dialect() -> MarkdownIt:
    """The dialect for segmentation. Shared; add nothing to it."""
    md = dialect()
    inline = _PositionedInline()
    inline.ruler, inline.ruler2 = md.inline.ruler, md.inline.ruler2
    inline.terminator_re = md.inline.terminator_re
    md.inline = inline
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    # These regroup tokens for the renderer: text pieces are joined, footnotes moved to the end.
    md.disable(["fragments_join", "text_join", "footnote_tail", "join_lines", "heading_ids"], ignoreInvalid=True)
    return md


class _PositionedInline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        parsed = super().parse(src, md, env, tokens)
        for token in parsed:  # a rule of `ruler2` makes no tokens, but be certain
            token.meta.setdefault("span", (0, 0))
        return parsed

    def tokenize(self, state: StateInline) -> None:
        rules = self.ruler.getRules("")
        end = state.posMax
        nesting = state.md.options["maxNesting"]
        while state.pos < end:
            matched = False
            if state.level < nesting:
                # Not the text itself: while another name holds it, each addition to it copies it.
                start, known, pending = state.pos, len(state.tokens), len(state.pending)
                for rule in rules:
                    matched = rule(state, False)  # noqa: FBT003
                    if matched:
                        _note(state, known, start, pending)
                        break
            if not matched:
                state.append_pending(state.src[state.pos])
                state.pos += 1
        if state.pending:
            start = state.pos - len(state.pending)
            state.pushPending().meta["span"] = (start, state.pos)


def _note(state: StateInline, known: int, start: int, pending: int) -> None:
    """Give the tokens that a rule pushed their spans. So many characters before `start` were pending as text."""
    fresh = state.tokens[known:]
    if not fresh:
        return
    cursor = start - pending
    first = fresh[0]
    if pending and first.type == "text" and "span" not in first.meta and state.src.startswith(first.content, cursor):
        flushed = fresh.pop(0)
        flushed.meta["span"] = (cursor, cursor + len(flushed.content))
        cursor += len(flushed.content)
    if not fresh:
        return
    if fresh[0].info == "auto":  # an address is one thing
        for token in fresh:
            token.meta["span"] = (cursor, state.pos)
    elif all(token.type == "text" for token in fresh):  # a run of delimiters
        for token in fresh:
            token.meta["span"] = (cursor, cursor + len(token.content))
            cursor += len(token.content)
    elif len(fresh) == 1:
        fresh[0].meta["span"] = (cursor, state.pos)
    else:
        _note_pair(fresh, cursor, state.pos)


def _note_pair(fresh: Sequence[Token], start: int, end: int) -> None:
    """An opening and a closing token; what is between them has its spans already."""
    inner = [token.meta["span"] for token in fresh[1:-1] if "span" in token.meta]
    fresh[0].meta["span"] = (start, inner[0][0] if inner else start + 1)
    fresh[-1].meta["span"] = (inner[-1][1] if inner else start + 1, end)


def _table(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001 (their signature)
    known = len(state.tokens)
    if not table(state, start_line, end_line, silent):
        return False
    for token in state.tokens[known:]:
        if token.type == "inline" and token.map:
            line = token.map[0]
            token.meta["row"] = (state.bMarks[line] + state.tShift[line], state.eMarks[line])
    return True

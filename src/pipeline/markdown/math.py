r"""TeX math: `$…$`, `$$…$$`, `\(…\)` inside a line and `$$…$$`, `\[…\]` as blocks.

The rules for `$` are pandoc's (https://pandoc.org/MANUAL.html#extension-tex_math_dollars): no blank after the opening
or before the closing one, and no digit after the closing one, so that `$5 and $10` stays money.
Tokens: `math_inline`, `math_inline_double` and `math_block`; `content` is the TeX, `markup` the opening delimiter.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

__all__ = ["math"]

_DOLLARS = re.compile(r"\$\$(?!\s*\$\$)((?:\\.|[^$\\]|\$(?!\$))+)\$\$", re.DOTALL)
_DOLLAR = re.compile(r"\$(?![\s$])((?:\\.|[^$\\`])*?(?:\\[^\s]|[^$\\\s`]))\$(?!\d)", re.DOTALL)
# A second opening ends the search, so that a text of openings alone is read once.
_PARENTHESES = re.compile(r"\\\(((?:\\[^()]|[^\\])+?)\\\)", re.DOTALL)
_BRACKETS = re.compile(r"\\\[((?:\\[^\[\]]|[^\\])+?)\\\]", re.DOTALL)
_CLOSING = {"$$": "$$", "\\[": "\\]"}


def math(md: MarkdownIt) -> None:
    """Add the math rules to a parser."""
    md.inline.ruler.before("escape", "math_inline", _inline)
    md.block.ruler.before(
        "fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
    )


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    character = state.src[state.pos]
    if character == "$":
        kind, markup, match = "math_inline_double", "$$", _DOLLARS.match(state.src, state.pos, state.posMax)
        if not match:
            kind, markup, match = "math_inline", "$", _DOLLAR.match(state.src, state.pos, state.posMax)
    elif character == "\\":
        kind, markup, match = "math_inline", "\\(", _PARENTHESES.match(state.src, state.pos, state.posMax)
        if not match:
            kind, markup, match = "math_inline_double", "\\[", _BRACKETS.match(state.src, state.pos, state.posMax)
    else:
        return False
    if not match or not match[1].strip():
        return False
    if not silent:
        token = state.push(kind, "math", 0)
        token.content = match[1]
        token.markup = markup
    state.pos = match.end()
    return True


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    opening = state.src[start : start + 2]
    closing = _CLOSING.get(opening)
    if closing is None:
        return False
    first = state.src[start + 2 : state.eMarks[start_line]].strip()
    last_line = start_line
    if first.endswith(closing):
        if closing in first[: -len(closing)]:
            return False  # `$$a$$ and $$b$$` is a paragraph
    elif closing in first:
        return False
    else:
        last_line = _closing_line(state, start_line, end_line, closing, blank_lines=not first)
        if last_line < 0:
            return False
    if silent:
        return True
    lines = state.getLines(start_line, last_line + 1, state.blkIndent, False).strip()  # noqa: FBT003
    token = state.push("math_block", "math", 0)
    token.content = lines[2:-2].strip("\n")
    token.markup = opening
    token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True


def _closing_line(state: StateBlock, start_line: int, end_line: int, closing: str, *, blank_lines: bool) -> int:
    """The line that ends with the closing delimiter, or -1. A delimiter alone on its line may span blank lines."""
    # From where to where a search has failed already: the next one need not go there again.
    failed = state.env.setdefault("math_unclosed", {})
    search = (closing, state.blkIndent, end_line, blank_lines)
    first, last = failed.get(search, (0, 0))
    if first <= start_line < last:
        return -1
    line = start_line + 1
    while line < end_line and _goes_on(state, line, blank_lines=blank_lines):
        if state.src[state.bMarks[line] : state.eMarks[line]].rstrip().endswith(closing):
            return line
        line += 1
    failed[search] = (start_line, line)
    return -1


def _goes_on(state: StateBlock, line: int, *, blank_lines: bool) -> bool:
    return blank_lines if state.isEmpty(line) else state.sCount[line] >= state.blkIndent

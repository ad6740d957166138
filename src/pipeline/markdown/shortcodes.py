"""Hugo shortcodes, kept whole: `{{< name args >}}` and `{{% name args %}}`.

Tokens: `shortcode` (alone on its lines) and `shortcode_inline`; `info` is the name (with `/` before it when it
closes), `content` the whole source, `meta["args"]` the arguments as written. What stands between an opening and a
closing one is Markdown, except for those whose content Hugo never renders: there the token holds everything and
`meta["body"]` is the content.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

__all__ = ["shortcodes"]

_SHORTCODE = re.compile(
    r"""\{\{(?P<mark>[<%])\s*(?P<name>/?\s*[\w./-]+)(?P<args>(?:\s(?:"(?:\\.|[^"\\])*"|`[^`]*`|(?!(?P=mark)?[>%]\}\}).)*?)?)
    \s*/?\s*[>%]\}\}|\{\{[<%]/\*.*?\*/[>%]\}\}""",
    re.VERBOSE | re.DOTALL,
)
_RAW = frozenset({"highlight", "mermaid", "math", "katex", "raw", "rawhtml", "html", "gist", "code"})


def shortcodes(md: MarkdownIt) -> None:
    """Add the shortcode rules to a parser."""
    md.inline.ruler.before("escape", "shortcode", _inline)
    md.block.ruler.before("fence", "shortcode", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _name(match: re.Match[str]) -> str:
    return (match["name"] or "").replace(" ", "")


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    if not state.src.startswith("{{", state.pos):
        return False
    match = _SHORTCODE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("shortcode_inline", "", 0)
        token.content = match[0]
        token.info = _name(match)
        token.meta = {"args": (match["args"] or "").strip()}
    state.pos = match.end()
    return True


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("{{", start):
        return False
    limit = state.eMarks[end_line - 1]
    match = _SHORTCODE.match(state.src, start, limit)
    if not match or "\n\n" in match[0]:
        return False
    end, body = match.end(), None
    name = _name(match)
    if name in _RAW and not match[0].rstrip(">%} ").endswith("/"):
        closing = re.compile(r"\{\{[<%]\s*/\s*" + re.escape(name) + r"\s*[>%]\}\}").search(state.src, end, limit)
        if closing:
            end, body = closing.end(), state.src[end : closing.start()]
    last_line = start_line
    while state.eMarks[last_line] < end:
        last_line += 1
    if last_line >= end_line or state.src[end : state.eMarks[last_line]].strip():
        return False
    if silent:
        return True
    token = state.push("shortcode", "", 0)
    token.content = state.src[start:end]
    token.info = name
    token.meta = {"args": (match["args"] or "").strip()} | ({"body": body} if body is not None else {})
    token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True

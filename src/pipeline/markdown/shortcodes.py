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

__all__ = ["SHORTCODE", "shortcodes"]

# Strings may hold anything; a comment too; else one with unpaired quotes, on one line. Each stops where another
# shortcode begins, so that a text of openings alone is read once.
_STOP = r"\{\{[<%]|[>%]\}\}"
SHORTCODE = re.compile(
    rf"""\{{\{{[<%](?:
        \s*/?\s*[\w./-]++ (?:\s(?:"(?:\\.|[^"\\])*"|`[^`]*+`|(?!{_STOP})[^"`])*)? [>%]
        |/\*(?:(?!\*/[>%]\}}\}}|\{{\{{[<%]/\*).)*\*/[>%]
        |\s*/?\s*[\w./-]++ (?:[ \t](?:(?!{_STOP})[^\r\n])*)? [>%]
    )\}}\}}""",
    re.VERBOSE | re.DOTALL,
)
_PARTS = re.compile(r"\{\{[<%]\s*(/?)\s*([\w.-]+(?:/[\w.-]+)*)(.*?)/?[>%]\}\}", re.DOTALL)
_RAW = frozenset({"highlight", "mermaid", "math", "katex", "raw", "rawhtml", "html", "gist", "code"})


def shortcodes(md: MarkdownIt) -> None:
    """Add the shortcode rules to a parser."""
    md.inline.ruler.before("escape", "shortcode", _inline)
    md.block.ruler.before("fence", "shortcode", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def _parts(source: str) -> tuple[str, str]:
    """The name and the arguments; both are empty for a comment."""
    match = _PARTS.fullmatch(source)
    return (match[1] + match[2], match[3].strip()) if match else ("", "")


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    if not state.src.startswith("{{", state.pos):
        return False
    match = SHORTCODE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("shortcode_inline", "", 0)
        token.content = match[0]
        token.info, args = _parts(match[0])
        token.meta = {"args": args}
    state.pos = match.end()
    return True


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("{{", start):
        return False
    limit = state.eMarks[end_line - 1]
    match = SHORTCODE.match(state.src, start, limit)
    if not match or "\n\n" in match[0]:
        return False
    end, body = match.end(), None
    name, args = _parts(match[0])
    if name in _RAW and not match[0].endswith(("/>}}", "/%}}")):
        closing = _closing(state, name, end, limit)
        if closing:
            body, end = state.src[end : closing[0]], closing[1]
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
    token.meta = {"args": args} | ({"body": body} if body is not None else {})
    token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True


def _closing(state: StateBlock, name: str, start: int, limit: int) -> tuple[int, int] | None:
    """Where the closing shortcode is. A search is remembered: from inside it, the next one would end the same."""
    searched = state.env.setdefault("shortcode_closings", {})
    first, found = searched.get((name, limit), (start + 1, None))
    if first <= start and (found is None or start <= found[0]):
        return (int(found[0]), int(found[1])) if found else None
    match = re.compile(r"\{\{[<%]\s*/\s*" + re.escape(name) + r"\s*[>%]\}\}").search(state.src, start, limit)
    searched[name, limit] = (start, match.span() if match else None)
    return match.span() if match else None

"""Where in an HTML block the text to translate is.

Where components are written as tags (MDX), Markdown stands between them. It is no Markdown for anyone else, but its
lines and its code stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.markdown.html import ATTRIBUTES, OPAQUE, TAG

__all__ = ["html_runs"]

_NOT_A_TAG = re.compile(r"<[A-Za-z/!?]")
# Block-level tags, comments, scripts and the like; `$` is a line's end, with what a container puts before the next one.
_BETWEEN = rf"""<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z][^>]*(?:>|\Z)
    |<(?P<raw>script|style|pre|textarea|svg|math|template)\b{ATTRIBUTES}>.*?(?:</(?P=raw)\s*>|\Z)
    |</?(?:address|article|aside|blockquote|body|br|button|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt
    |fieldset|figcaption|figure|footer|form|frame|h[1-6]|head|header|hr|html|iframe|img|input|legend|li|link|main|menu
    |nav|object|ol|optgroup|option|p|param|picture|search|section|select|source|summary|table|tbody|td|tfoot|th|thead
    |title|tr|track|ul|video|audio)\b{ATTRIBUTES}>
    |\{{\{{[<%](?:(?!\{{\{{[<%]).)*?[>%]\}}\}}
    |$[ \t]*(?=[\r\n])
"""
# What begins a line: code between fences, a component's tag or an expression that has lines to itself, and the marks
# of headings, items, quotes and rows.
_JSX = r"""(?:[^<>"'{}]|"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*"""
_NAME = rf"(?!{'|'.join(OPAQUE)})(?:(?-i:[A-Z])[\w:.-]*+|\w+[.-][\w.-]*+)"
_BEGINNINGS = rf"""(?P<fence>`{{3,}}|~{{3,}})[^\r\n]*(?:.*?$[ \t]*(?P=fence)[`~]*[ \t]*(?=[\r\n]|\Z)|.*)
    |</?{_NAME}{_JSX}>[ \t]*(?=[\r\n]|\Z) | \{{/\*.*?(?:\*/\}}|\Z)
    |(?:\#{{1,6}}[ \t]|[-*+][ \t]|\d{{1,9}}[.)][ \t]|>|\|)+"""


def html_runs(source: str, prefix: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every run of text. `prefix` is a pattern for what the block's containers put before each line."""
    cursor = 0
    for match in [*_between(prefix).finditer(source), None]:
        end = match.start() if match else len(source)
        run = source[cursor:end]
        if not _NOT_A_TAG.search(TAG.sub("", run)):
            yield cursor, end
        cursor = match.end() if match else end


@cache
def _between(prefix: str) -> re.Pattern[str]:
    pattern = rf"(?:\A|$)[ \t]*(?:{_BEGINNINGS})|{_BETWEEN}"
    return re.compile(pattern.replace("$", rf"(?:\r\n?+|\n){prefix}"), re.VERBOSE | re.DOTALL | re.IGNORECASE)

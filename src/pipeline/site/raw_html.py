"""HTML that stands in a post: passed through, but for its addresses, which mean what they mean in Markdown.

In a draft, the comments that mark what is not finished become visible.
"""

from __future__ import annotations

import re
from html import unescape

from markupsafe import escape

from pipeline.site.context import Context

__all__ = ["rewritten"]

_TAG = re.compile(r"""<[A-Za-z][\w-]*(?:\s+(?:"[^"]*"|'[^']*'|[^'"<>])*)?>""")
_ADDRESS = re.compile(r"""(?<=\s)(href|src|poster)(\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_MARK = re.compile(r"<!-- pipeline: (untranslated|fuzzy)\b[^>]*-->")
_NAME = re.compile(r"""\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def rewritten(html: str, context: Context) -> str:
    """The HTML with addresses inside the site resolved; ids in it become known to the context."""
    if context.article.state == "draft":
        html = _MARK.sub(lambda match: f"<mark>{escape(context.strings(f'mark.{match[1]}'))}</mark>", html)
    return _TAG.sub(lambda match: _tag(match[0], context), html)


def _tag(tag: str, context: Context) -> str:
    context.anchors.update(_NAME.findall(tag))
    what = "image" if tag[:4].lower() == "<img" else "link"

    def resolved(match: re.Match[str]) -> str:
        target = context.resolve(unescape(match[3][1:-1]), what)
        return f'{match[1]}{match[2]}"{escape(target.href)}"'

    return _ADDRESS.sub(resolved, tag)

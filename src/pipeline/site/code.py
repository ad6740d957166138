"""A block of code as HTML: its title, its lines, and what of them is marked or numbered."""

from __future__ import annotations

from markupsafe import escape

from pipeline.site.fences import Fence, read_fence
from pipeline.site.highlight import highlighted, highlighted_lines
from pipeline.site.strings import Strings

__all__ = ["code_block", "fence"]

# Longer blocks fold, where there is a script that can unfold them.
_LONG = 40


def fence(code: str, info: str, strings: Strings) -> str:
    """A fenced block; `info` is what stands after its backticks."""
    return code_block(code, read_fence(info), strings)


def code_block(code: str, how: Fence, strings: Strings) -> str:
    """A `div` with the code in it. Without numbers or marks, lines have no elements of their own."""
    if how.numbered or how.marked:
        lines, name = highlighted_lines(code.removesuffix("\n"), how.language)
        html = "\n".join(_line(line, index, how) for index, line in enumerate(lines, 1)) + "\n"
    else:
        html, name = highlighted(code, how.language)
    label = f' data-language="{escape(name)}"' if name else ""
    css = f' class="language-{escape(how.language)}"' if how.language else ""
    title = f'<p class="code-title">{escape(how.title)}</p>' if how.title else ""
    kinds = ["code", *(["numbered"] if how.numbered else []), *(["long"] if code.count("\n") > _LONG else [])]
    words = f' data-copy="{escape(strings("code.copy"))}" data-copied="{escape(strings("code.copied"))}"'
    if "long" in kinds:
        words += f' data-unfold="{escape(strings("code.unfold", number=code.count(chr(10))))}"'
    opening = f'<div class="{" ".join(kinds)}"{label}{words}>'
    return f'{opening}{title}<pre tabindex="0"><code{css}>{html}</code></pre></div>\n'


def _line(html: str, index: int, how: Fence) -> str:
    css = "line marked" if index in how.marked else "line"
    number = f' data-line="{how.numbered + index - 1}"' if how.numbered else ""
    return f'<span class="{css}"{number}>{html}</span>'

"""Source code as HTML: Pygments' tokens as classes, coloured by theme/assets/code.css."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

__all__ = ["highlighted", "highlighted_lines", "language_of"]

# Pygments' class names, for the kinds of tokens that the theme tells apart; the others look like their parents.
_PLAIN = frozenset({"", "n", "p", "w", "x", "esc", "nx", "ni", "py"})


def language_of(info: str) -> str:
    """The language's name at the beginning of a fence's info string: `python {1,3} title=…` is `python`."""
    match = re.match(r"\s*\{?\s*\.?([\w+#./-]*[\w+#])", info)
    return match[1].lower() if match else ""


@lru_cache(maxsize=4096)
def highlighted(code: str, language: str) -> tuple[str, str]:
    """(HTML of the code, the language's name for people). Code of an unknown language is only escaped."""
    runs, name = _runs(code, language)
    return "".join(_span(css, text) for css, text in runs), name


def highlighted_lines(code: str, language: str) -> tuple[list[str], str]:
    """As `highlighted`, line by line: no element goes over the end of one."""
    lines: list[list[str]] = [[]]
    runs, name = _runs(code, language)
    for css, text in runs:
        for index, part in enumerate(text.split("\n")):
            if index:
                lines.append([])
            lines[-1].append(_span(css, part))
    return ["".join(line) for line in lines], name


def _runs(code: str, language: str) -> tuple[list[tuple[str, str]], str]:
    """(CSS class, text) of each stretch of one colour, and the language's name for people."""
    lexer = _lexer(language)
    if lexer is None:
        return [("", code)], ""
    runs: list[tuple[str, str]] = []
    for kind, text in lexer.get_tokens(code):
        css = _css_class(kind)
        if runs and runs[-1][0] == css:
            runs[-1] = css, runs[-1][1] + text
        else:
            runs.append((css, text))
    return runs, lexer.name


@lru_cache(maxsize=256)
def _lexer(language: str) -> Lexer | None:
    if language in {"", "text", "plain", "plaintext", "none"}:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _css_class(kind: _TokenType) -> str:
    ancestor: _TokenType | None = kind
    while ancestor is not None:
        if (name := STANDARD_TYPES.get(ancestor)) is not None:
            return "" if name in _PLAIN else name
        ancestor = ancestor.parent
    return ""


def _span(name: str, text: str) -> str:
    if not text:
        return ""
    return f'<span class="{name}">{escape(text)}</span>' if name else str(escape(text))

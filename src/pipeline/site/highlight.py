"""Source code as HTML: Pygments' tokens as classes, coloured by theme/assets/code.css."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import escape
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import STANDARD_TYPES, _TokenType
from pygments.util import ClassNotFound

from pipeline.site.lexing import quick

__all__ = ["highlighted", "highlighted_lines", "language_of"]

_SPECIAL = re.compile("[&<>'\"]")
# Pygments' class names, for the kinds of tokens that the theme tells apart; the others look like their parents.
_PLAIN = frozenset({"", "n", "p", "w", "x", "esc", "nx", "ni", "py"})


def language_of(info: str) -> str:
    """The language's name at the beginning of a fence's info string: `python {1,3} title=…` is `python`."""
    match = re.match(r"\s*\{?\s*\.?([\w+#./-]*[\w+#])", info)
    return match[1].lower() if match else ""


@lru_cache(maxsize=256)  # a translation has the code of its source, which was rendered just before it
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
    css, parts = "", [""]
    for kind, text in lexer.get_tokens(code):
        if (new := _CSS[kind]) == css:
            parts.append(text)
        else:
            runs.append((css, "".join(parts)))
            css, parts = new, [text]
    runs.append((css, "".join(parts)))
    return runs, lexer.name


@lru_cache(maxsize=256)
def _lexer(language: str) -> Lexer | None:
    if language in {"", "text", "plain", "plaintext", "none"}:
        return None
    try:
        return quick(find_lexer_class_by_name(language))(stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


class _Classes(dict[_TokenType, str]):
    """The CSS class of each kind of token that was met."""

    def __missing__(self, kind: _TokenType) -> str:
        ancestor: _TokenType | None = kind
        name: str | None = None
        while ancestor is not None and name is None:
            name, ancestor = STANDARD_TYPES.get(ancestor), ancestor.parent
        self[kind] = "" if name is None or name in _PLAIN else name
        return self[kind]


_CSS = _Classes()


def _span(name: str, text: str) -> str:
    if not text:
        return ""
    if _SPECIAL.search(text):
        text = str(escape(text))
    return f'<span class="{name}">{text}</span>' if name else text

"""Punctuation stays on the line of the formula that it belongs to.

Browsers may break a line before and after a formula, whatever stands there, so that a line would begin with a comma.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

__all__ = ["glued"]

_FORMULAS = frozenset({"math_inline", "math_inline_double"})
_AFTER = re.compile(r"[，。、；：！？）】」』》〉”’…—％,.;:!?)\]}%-]+")
_BEFORE = re.compile(r"[（【「『《〈“‘(\[{]+$")


def glued(tokens: Sequence[Token]) -> Sequence[Token]:
    """The inline tokens, with a formula and the punctuation that touches it in an element that does not break."""
    if _FORMULAS.isdisjoint([token.type for token in tokens]):
        return tokens
    found: list[Token] = []
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        if token.type not in _FORMULAS:
            found.append(token)
            continue
        before = _BEFORE.search(found[-1].content) if found and found[-1].type == "text" else None
        after = _AFTER.match(rest[0].content) if rest and rest[0].type == "text" else None
        if before is None and after is None:
            found.append(token)
            continue
        parts = [token]
        if before:
            text = found.pop()
            found.append(_text(text.content[: before.start()]))
            parts.insert(0, _text(before[0]))
        if after:
            text = rest.pop(0)
            parts.append(_text(after[0]))
            rest.insert(0, _text(text.content[after.end() :]))
        found += [Token("glue_open", "span", 1, attrs={"class": "glue"}), *parts, Token("glue_close", "span", -1)]
    return found


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)

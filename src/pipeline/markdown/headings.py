"""Heading attributes (`## Title {#id .class}`) and an id for every heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

__all__ = ["headings", "slug"]

_ATTRIBUTE = r"""(?:[#.][\w:.-]++|[\w-]++=(?:"[^"{}]*+"|[\w./-]++))"""
_ATTRIBUTES = re.compile(rf"\{{[ \t]*+({_ATTRIBUTE}(?:[ \t]++{_ATTRIBUTE})*)[ \t]*+\}}")


def headings(md: MarkdownIt) -> None:
    """Add both core rules: attributes are taken off the text before it is parsed, ids are given after."""
    md.core.ruler.before("inline", "heading_attributes", _attributes)
    md.core.ruler.push("heading_ids", _ids)


def slug(text: str) -> str:
    """GitHub's anchor for a heading: lower case, no punctuation, blanks as hyphens; letters of any script stay."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _attributes(state: StateCore) -> None:
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or not inline.content.endswith("}"):
            continue
        start = inline.content.rfind("{")
        match = _ATTRIBUTES.fullmatch(inline.content, max(start, 0))
        if not match:
            continue
        inline.content = inline.content[:start].rstrip(" \t")
        for part in re.findall(_ATTRIBUTE, match[1]):
            if part[0] == "#":
                opening.attrSet("id", part[1:])
            elif part[0] == ".":
                opening.attrJoin("class", part[1:])
            elif not part.lower().startswith(("on", "style=", "id=", "class=")):
                name, value = part.split("=", 1)
                opening.attrSet(name, value.strip('"'))


def _ids(state: StateCore) -> None:
    taken = {str(token.attrs["id"]) for token in state.tokens if token.type == "heading_open" and "id" in token.attrs}
    used: dict[str, int] = {}
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or "id" in opening.attrs:
            continue
        base = slug(_text(inline.children or [])) or "section"
        name, number = base, used.get(base, 0)
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        used[base] = number
        taken.add(name)
        opening.attrSet("id", name)


def _text(tokens: Sequence[Token]) -> str:
    return "".join(
        _text(token.children or []) if token.type == "image" else token.content
        for token in tokens
        if token.type in {"text", "text_special", "code_inline", "image", "math_inline"}
    )

"""The structure of a text without its words: what a translation must share with its source.

Blocks in order with their nesting, code, math, raw HTML tags, images and link targets; inside a block the inline
markup as a tree whose branches may come in another order, because languages order words differently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.markdown.dialect import commonmark
from pipeline.markdown.spans import positioned_dialect

__all__ = ["difference", "inline_skeleton", "skeleton"]

_HTML_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_NO_WORDS = frozenset({"text", "text_special", "softbreak"})
_MARK = re.compile(r"[ \t]?<!-- pipeline: .*? -->")


def skeleton(text: str, md: MarkdownIt) -> list[tuple[Any, ...]]:
    """One entry a block token: (line from 0 or None, what it is)."""
    return [(token.map[0] if token.map else None, _block(token)) for token in md.parse(text, {})]


def difference(source: str, target: str) -> tuple[int | None, str] | None:
    """The first place where two Markdown texts differ in structure, under the dialect or plain CommonMark.

    Returns (line of the target from 0, what is there in words), or None when they have the same skeleton. The
    pipeline's own marks are not part of the structure.
    """
    source, target = _MARK.sub("", source), _MARK.sub("", target)
    for md in (positioned_dialect(), commonmark()):
        ours, theirs = skeleton(source, md), skeleton(target, md)
        for (_, expected), (line, found) in zip(ours, theirs, strict=False):
            if expected != found:
                return line, f"{_words(found)} where the source has {_words(expected)}"
        if len(ours) != len(theirs):
            extra = theirs[len(ours)] if len(theirs) > len(ours) else None
            return (
                (extra[0], f"{_words(extra[1])} that the source does not have")
                if extra
                else (None, "blocks are missing at the end")
            )
    return None


def _words(entry: tuple[Any, ...]) -> str:
    return f"`{str(entry[0]).replace('_', ' ')}`" if entry[0] != "inline" else "other inline markup"


def _block(token: Token) -> tuple[Any, ...]:
    if token.type == "inline":
        return ("inline", inline_skeleton(token.children or []))
    attributes = tuple(sorted((name, str(value)) for name, value in token.attrs.items()))
    content = token.content
    if token.type == "html_block":
        content = "".join(_HTML_TAG.findall(content))
    elif token.type == "container_block_open":
        return (token.type, token.info.split()[:1])
    return (
        token.type,
        token.tag,
        token.nesting,
        attributes,
        token.info,
        token.hidden,
        content,
        token.meta.get("label"),
    )


def inline_skeleton(tokens: Sequence[Token]) -> tuple[Any, ...]:
    """The inline markup as a sorted tree, text left out."""
    root: list[Any] = []
    stack = [(("", ()), root)]
    for token in tokens:
        if token.type in _NO_WORDS:
            continue
        if token.nesting > 0:
            stack.append((_inline(token), []))
        elif token.nesting < 0 and len(stack) > 1:
            node, children = stack.pop()
            stack[-1][1].append((node, tuple(sorted(children, key=repr))))
        elif token.nesting == 0:
            stack[-1][1].append((_inline(token), ()))
    while len(stack) > 1:  # cannot happen with markdown-it's own rules
        node, children = stack.pop()
        stack[-1][1].append((node, tuple(sorted(children, key=repr))))
    return tuple(sorted(root, key=repr))


def _inline(token: Token) -> tuple[Any, ...]:
    attributes = tuple(
        sorted((name, str(value)) for name, value in token.attrs.items() if name not in {"title", "alt"})
    )
    if token.type == "image":
        inner = inline_skeleton(token.children or [])
        return (token.type, attributes, inner, "title" in token.attrs)
    if token.type == "footnote_ref":
        return (token.type, token.meta.get("label"))
    return (token.type.replace("_open", ""), attributes, token.content, "title" in token.attrs)

"""The structure of a text without its words: what a translation must share with its source.

Blocks in order with their nesting, code, math, raw HTML tags, images and link targets; inside a block the inline
markup as a tree whose branches may come in another order, because languages order words differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.markdown.dialect import commonmark
from pipeline.markdown.html import TAG
from pipeline.markdown.spans import positioned_dialect

__all__ = ["difference", "skeleton", "structure"]

_HTML_TAG = re.compile(rf"<!--.*?(?:-->|\Z)|{TAG.pattern}|<[A-Za-z/!?][^<>]*>", re.DOTALL)
_NO_WORDS = frozenset({"text", "text_special", "softbreak"})
_MARK = re.compile(r"[ \t]?<!-- pipeline: (?:untranslated|fuzzy(?: \d+%)?|ignore\b[^\r\n]*?) -->")
_Entry = tuple[Any, ...]
_Notes = Mapping[int, Mapping[str, Any]]  # inline footnotes, as the footnote plugin keeps them


def skeleton(text: str, md: MarkdownIt) -> list[tuple[int | None, _Entry]]:
    """One entry a block token: (line from 0 or None, what it is)."""
    env: dict[str, Any] = {}
    tokens = md.parse(text, env)
    lines = [token.map[0] if token.map else None for token in tokens]
    return list(zip(lines, structure(tokens, env), strict=True))


def structure(tokens: Sequence[Token], env: Mapping[str, Any]) -> list[_Entry]:
    """What each block token is. `env` is what they were parsed with: it holds the inline footnotes."""
    notes = env.get("footnotes", {}).get("list", {})
    return [_block(token, notes) for token in tokens]


def difference(source: str, target: str) -> tuple[int | None, str] | None:
    """The first place where two Markdown texts differ in structure, under the dialect or plain CommonMark.

    Returns (line of the target from 0, what is there in words), or None when they have the same skeleton. The
    pipeline's own marks are not part of the structure.
    """
    source, target = _MARK.sub("", source), _MARK.sub("", target)
    if source == target:
        return None
    for parser in (positioned_dialect, commonmark):
        ours, theirs = _remembered(source, parser), _remembered(target, parser)
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


@lru_cache(maxsize=4)
def _remembered(text: str, parser: Callable[[], MarkdownIt]) -> list[tuple[int | None, _Entry]]:
    """A draft is compared with the same source after every repair."""
    return skeleton(text, parser())


def _words(entry: _Entry) -> str:
    return f"`{str(entry[0]).replace('_', ' ')}`" if entry[0] != "inline" else "other inline markup"


def _block(token: Token, notes: _Notes) -> _Entry:
    if token.type == "inline":
        return ("inline", _tree(token.children or [], notes))
    attributes = tuple(sorted((name, str(value)) for name, value in token.attrs.items()))
    content = token.content
    if token.type == "html_block":
        content = "".join(match[0] for match in _HTML_TAG.finditer(content))
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
        token.meta.get("checked"),
    )


def _tree(tokens: Sequence[Token], notes: _Notes) -> str:
    """The inline markup as a tree with sorted branches, text left out. Two are equal if and only if the trees are."""
    stack: list[tuple[str, list[str]]] = [("", [])]
    for token in tokens:
        if token.type in _NO_WORDS:
            continue
        if token.nesting >= 0:
            stack.append((_inline(token, notes), []))
        if token.nesting <= 0 and len(stack) > 1:
            _fold(stack)
    while len(stack) > 1:  # cannot happen with markdown-it's own rules
        _fold(stack)
    return ",".join(sorted(stack[0][1]))


def _fold(stack: list[tuple[str, list[str]]]) -> None:
    """A finished node becomes a branch of the one around it, long ones as their digest: nesting may be deep."""
    node, children = stack.pop()
    branch = f"{node}[{','.join(sorted(children))}]"
    stack[-1][1].append(branch if len(branch) < 200 else blake2b(branch.encode("utf-8", "replace")).hexdigest())


def _inline(token: Token, notes: _Notes) -> str:
    attributes = sorted((name, str(value)) for name, value in token.attrs.items() if name not in {"title", "alt"})
    if token.type == "image":
        return repr((token.type, attributes, _tree(token.children or [], notes), "title" in token.attrs))
    if token.type == "footnote_ref":
        label = token.meta.get("label")
        note = [] if label else notes.get(token.meta["id"], {}).get("tokens", [])
        return repr((token.type, label, _tree(note, notes)))
    return repr((token.type.replace("_open", ""), attributes, token.content, "title" in token.attrs))

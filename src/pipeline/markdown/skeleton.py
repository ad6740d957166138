"""The structure of a text without its words: what a translation must share with its source.

Blocks in order with their nesting, code, math, raw HTML tags, images and link targets; inside a block the inline
markup as a tree whose branches may come in another order, because languages order words differently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline
from markdown_it.token import Token
from markdown_it.utils import EnvType

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


def difference(
    source: str, target: str, sure: Mapping[str, str] = MappingProxyType({})
) -> tuple[int | None, str] | None:
    """The first place where two Markdown texts differ in structure, under the dialect or plain CommonMark.

    Returns (line of the target from 0, what is there in words), or None when they have the same skeleton. The
    pipeline's own marks are not part of the structure. `sure` has for the text of some leaves what `sure_tree` says of
    it: these are not parsed.
    """
    source, target = _MARK.sub("", source), _MARK.sub("", target)
    if source == target:
        return None
    for parser in (positioned_dialect, commonmark):
        ours, theirs = _remembered(source, parser), _remembered(target, parser)
        for expected, found in zip(ours, theirs, strict=False):
            if not expected.equals(found, sure):
                return found.line, f"{_words(found.entry)} where the source has {_words(expected.entry)}"
        if len(ours) != len(theirs):
            extra = theirs[len(ours)] if len(theirs) > len(ours) else None
            return (
                (extra.line, f"{_words(extra.entry)} that the source does not have")
                if extra
                else (None, "blocks are missing at the end")
            )
    return None


@lru_cache(maxsize=4)
def _remembered(text: str, parser: Callable[[], MarkdownIt]) -> list[_Block]:
    """A draft is compared with the same source after every repair."""
    state = StateCore(text, parser(), {})
    for rule in state.md.core.ruler.getRules(""):
        if rule is inline:
            break
        rule(state)
    return [_Block(token, state.md, state.env) for token in state.tokens]


class _Block:
    """A block token. Its inline markup is parsed when it is looked at."""

    def __init__(self, token: Token, md: MarkdownIt, env: EnvType) -> None:
        self.token, self.md, self.env = token, md, env
        self.line = token.map[0] if token.map else None

    def equals(self, other: _Block, sure: Mapping[str, str]) -> bool:
        """It is the same in structure."""
        one, two = self.token, other.token
        if one.type != "inline":
            return (one.type == two.type and _told_by(one) == _told_by(two)) or self.entry == other.entry
        tree = sure.get(one.content) if two.type == "inline" else None
        return (tree is not None and tree == sure.get(two.content)) or self.entry == other.entry

    @cached_property
    def entry(self) -> _Entry:
        """What it is."""
        token = self.token
        if token.type == "inline" and not token.children:
            token.children = []
            self.md.inline.parse(token.content, self.md, self.env, token.children)
        return structure([token], self.env)[0]


def _told_by(token: Token) -> _Entry:
    """Of block tokens whose entries are the same this mostly is, too."""
    return token.tag, token.nesting, token.attrs, token.info, token.hidden, token.content, token.meta


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

"""What has changed in the source since a translation was made, for readers of the translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from pipeline.content import Post
from pipeline.markdown import dialect
from pipeline.site.excerpt import clipped, plain

__all__ = ["Change", "changes", "marked"]

_WORD = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|.", re.DOTALL
)
_MOST_WORDS = 1500
_KEPT = 60  # characters of what has not changed, on each side of what has


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph, heading, cell, block of code, field that is new (`before` is empty), gone (`after` is) or another.

    `part` is the id of the heading that it stands below in the newer text, `""` above the first.
    """

    before: str
    after: str
    part: str


@dataclass(frozen=True, slots=True)
class _Block:
    source: str
    text: str
    part: str


def changes(before: Post, after: Post, fields: Sequence[str]) -> tuple[Change, ...]:
    """What a reader of the older text does not know, in the order of the newer. `fields` are those of the front matter
    that are shown; the others do not count.
    """
    old, new = [*_fields(before, fields), *_blocks(before)], [*_fields(after, fields), *_blocks(after)]
    matcher = SequenceMatcher(None, [block.source for block in old], [block.source for block in new], autojunk=False)
    found: list[Change] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            found += _paired(old[first:last], new[start:end], new[start - 1].part if start else "")
    return tuple(found)


def marked(change: Change) -> Markup:
    """A change as HTML: what is gone in `del`, what is new in `ins`, with some of what stands around it."""
    old, new = _WORD.findall(change.before), _WORD.findall(change.after)
    if not old or not new or max(len(old), len(new)) > _MOST_WORDS:
        parts = [_element("del", clipped(change.before)), _element("ins", clipped(change.after))]
        return Markup(" ").join(filter(None, parts))
    parts = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:  # another text altogether
        return Markup(" ").join([_element("del", clipped(change.before)), _element("ins", clipped(change.after))])
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            parts.append(escape(_shortened("".join(old[first:last]), at_start=not first, at_end=last == len(old))))
        else:
            parts += [_element("del", "".join(old[first:last])), _element("ins", "".join(new[start:end]))]
    return Markup("").join(parts)


def _fields(post: Post, names: Sequence[str]) -> Iterator[_Block]:
    for name in names:
        value: object = post.front.data
        for key in name.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            yield _Block(f"{name}: {value}", value, "")


def _blocks(post: Post) -> Iterator[_Block]:
    part = ""
    for token in _parser().parse(post.body):
        if token.type == "heading_open":
            part = str(token.attrs["id"])
        elif token.content.strip():
            if token.children:  # where its lines are broken does not matter
                yield _Block(" ".join(token.content.split()), plain(token.children).strip(), part)
            else:
                yield _Block(token.content.strip(), token.content.strip(), part)


def _paired(old: Sequence[_Block], new: Sequence[_Block], part: str) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        part = after.part if after else part
        if before and after and before.text == after.text:  # a link or other markup
            yield Change(before.source, after.source, part)
        else:
            yield Change(before.text if before else "", after.text if after else "", part)


def _shortened(text: str, *, at_start: bool, at_end: bool) -> str:
    if len(text) <= 2 * _KEPT:
        return text
    head, tail = text[:_KEPT].rpartition(" ")[0], text[-_KEPT:].partition(" ")[2]
    return f"{'' if at_start else head} … {'' if at_end else tail}"


def _element(name: str, text: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(name), text) if text else Markup()  # noqa: S704 (two names of ours)


@cache
def _parser() -> MarkdownIt:
    return dialect()

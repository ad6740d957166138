"""Findings that a person has looked at: `<!-- pipeline: ignore numbers: the English counts from zero -->`.

At the end of a paragraph, heading, item or cell it speaks for the lines of that; alone, for the block after it; in the
front matter (`# pipeline: ignore length: …`) for its field, or, alone on its line, for the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.content import Post
from pipeline.markdown import Unit, parse_units
from pipeline.markdown.source import breaks

__all__ = ["Ignore", "read_ignores"]

_WHAT = r"pipeline: ignore\b[ ]?(?P<rules>[a-z0-9 ,-]*?)[ ]*(?::[ ]*(?P<reason>.*?))?"
_COMMENT = re.compile(rf"[ \t]?<!-- {_WHAT} -->")
_FIELD = re.compile(rf"^(?P<before>.*?)#[ ]?{_WHAT}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ignore:
    """Rules whose findings between two lines are to be left alone. `line` is where it is written."""

    rules: tuple[str, ...]
    reason: str
    line: int
    first: int
    last: int

    def covers(self, rule: str, line: int) -> bool:
        """Whether a finding is meant."""
        return rule in self.rules and self.first <= line <= self.last


def read_ignores(post: Post) -> tuple[Post, tuple[Ignore, ...]]:
    """The post without the comments in its body, on the same lines, and what they say."""
    if "pipeline: ignore" not in post.text:
        return post, ()
    found = list(_in_front_matter(post))
    units, _ = parse_units(post.text, post.front.body)
    cuts: list[tuple[int, int]] = []
    for number, unit in enumerate(units):
        for match in _comments(unit):
            start = unit.start + match.start()
            cuts.append((start, unit.start + match.end()))
            line = unit.line + breaks(unit.source[: match.start()])
            found.append(_ignore(match, line, *_scope(units, number)))
    text = post.text
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[end:]
    return replace(post, text=text), tuple(found)


def _comments(unit: Unit) -> Iterator[re.Match[str]]:
    """Comments that the parser sees as such, so none in code."""
    if unit.kind == "html":
        yield from _COMMENT.finditer(unit.source)
    for piece in unit.pieces:
        if piece.name == "html" and piece.source.startswith("<!--"):
            match = _COMMENT.match(unit.source, max(piece.start - unit.start - 1, 0)) or _COMMENT.match(
                unit.source, piece.start - unit.start
            )
            if match:
                yield match


def _scope(units: Sequence[Unit], number: int) -> tuple[int, int]:
    """The lines of the unit, or, for a comment alone, of the next one."""
    while number + 1 < len(units) and units[number].kind == "html" and not _COMMENT.sub("", units[number].source):
        number += 1
    return units[number].line, units[number].line + breaks(units[number].source)


def _in_front_matter(post: Post) -> Iterator[Ignore]:
    for match in _FIELD.finditer(post.text, post.front.start, post.front.end):
        line = breaks(post.text[: match.start()]) + 1
        whole = not match["before"].strip()
        yield _ignore(match, line, 1 if whole else line, breaks(post.text) + 1 if whole else line)


def _ignore(match: re.Match[str], line: int, first: int, last: int) -> Ignore:
    rules = tuple(re.findall(r"[a-z0-9-]+", match["rules"]))
    return Ignore(rules, (match["reason"] or "").strip(), line, first, last)

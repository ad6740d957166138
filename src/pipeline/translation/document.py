"""A post as units: its translatable front matter fields, then the units of its body."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.content import Field, Post, locate_fields
from pipeline.markdown import Piece, Segment, Unit, field_unit, parse_units
from pipeline.markdown.source import line_starts

__all__ = ["Document", "Mark", "field_mark_text", "mark_text", "split_mark", "without_field_mark", "without_marks"]

_MARK = re.compile(r"[ \t]?<!-- pipeline: (untranslated|fuzzy)(?: (\d+)%)? -->")
_FIELD_MARK = re.compile(r"#[ \t]*pipeline: (untranslated|fuzzy)(?: (\d+)%)?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a draft says of a unit that needs a person: still in the source language, or taken from a similar one."""

    kind: str
    score: int = 0

    def __str__(self) -> str:
        return f"fuzzy {self.score}%" if self.kind == "fuzzy" else self.kind


@dataclass(frozen=True, slots=True)
class Document:
    """A post and its units in order of appearance. `env` holds the link references and footnotes of the body.

    `marks` says which units (by index) carry a mark; a marked unit's source and segments are without it, its `end`
    is behind it.
    """

    post: Post
    fields: Mapping[int, Field]
    units: tuple[Unit, ...]
    marks: Mapping[int, Mark]
    env: Mapping[str, Any]

    @classmethod
    def of(cls, post: Post, field_names: Sequence[str]) -> Document:
        """Parse a post. Raises ContentError if its front matter cannot be located."""
        text = post.text
        located = locate_fields(text, post.front, field_names)
        fields = dict(enumerate(located))
        lines = line_starts(text[: post.front.body])
        units = [
            field_unit(
                field.name,
                field.value,
                field.start,
                field.end,
                bisect_right(lines, field.start),
            )
            for field in located
        ]
        body, env = parse_units(text, post.front.body)
        marks = {index: mark for index, field in fields.items() if (mark := _field_mark(text, field))}
        for unit in body:
            clean, mark = split_mark(unit)
            if mark:
                marks[len(units)] = mark
            units.append(clean)
        return cls(post, fields, tuple(units), marks, env)

    @property
    def text(self) -> str:
        """The post as it is."""
        return self.post.text

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return sum(len(unit.segments) for unit in self.units)


def split_mark(unit: Unit) -> tuple[Unit, Mark | None]:
    """A unit without the mark at its end (`end` stays behind it), and the mark."""
    match = next(reversed(list(_MARK.finditer(unit.source))), None)
    if (
        match is None
        or unit.kind in {"code", "math", "field"}
        or (match.end() != len(unit.source) and unit.kind != "html")
    ):
        return unit, None
    mark = Mark(match[1], int(match[2] or 0))
    source = unit.source[: match.start()] + unit.source[match.end() :]
    if unit.kind == "label":  # its text is the whole line, comments included
        piece = Piece("text", source, 0, len(source), source)
        return replace(
            unit,
            source=source,
            key=source,
            segments=(Segment("title", 0, len(source), (piece,)),),
        ), mark
    pieces = tuple(
        piece for piece in unit.pieces if piece.start - unit.start < match.start() and piece.end > piece.start
    )
    if pieces and pieces[-1].end - unit.start > match.start():  # the blank before the mark
        last = pieces[-1]
        cut = last.end - unit.start - match.start()
        pieces = (
            *pieces[:-1],
            replace(
                last,
                source=last.source[:-cut],
                text=last.text.rstrip(" \t"),
                end=last.end - cut,
            ),
        )
    key = _MARK.sub("", unit.key)
    return replace(unit, source=source, key=key, pieces=pieces), mark


def _field_mark(text: str, field: Field) -> Mark | None:
    """A field is marked by a comment at the end of its line; after a value of several lines, on a line of its own."""
    line = re.compile(r"[^\r\n]*").match(text, field.end)
    match = _FIELD_MARK.search(line[0]) if line else None
    return Mark(match[1], int(match[2] or 0)) if match else None


def without_field_mark(text: str, field: Field) -> str:
    """The text of a post without the mark behind one of its fields."""
    line = re.compile(r"[^\r\n]*").match(text, field.end)
    match = _FIELD_MARK.search(line[0]) if line else None
    if line is None or match is None:
        return text
    return text[: field.end] + line[0][: match.start()].rstrip(" \t") + text[line.end() :]


def without_marks(text: str) -> str:
    """Markdown without the marks in it."""
    return _MARK.sub("", text)


def field_mark_text(mark: Mark) -> str:
    """A mark as it is written behind the value of a field."""
    return f"# pipeline: {mark}"


def mark_text(mark: Mark) -> str:
    """A mark as it is written at the end of a unit: a comment that no reader sees."""
    return f" <!-- pipeline: {mark} -->"

"""From pieces back to Markdown, proven before it is used.

Text is written as it is where that reads back as the same text, and with more and more care where it does not. What
is written must also keep its structure under plain CommonMark, where drafts are read on forges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pipeline.markdown.flanks import variants
from pipeline.markdown.html import html_pieces
from pipeline.markdown.pieces import Piece
from pipeline.markdown.proof import Proof, proof_of, shape
from pipeline.markdown.segments import Segment
from pipeline.markdown.spelling import guarded, html_text, in_cell, is_plain, spellings, title_text
from pipeline.markdown.sure import inert, sure_tree
from pipeline.markdown.units import Unit

__all__ = ["Composed", "compose", "composed"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A unit with translations. `tree` is what `sure_tree` says of it and of its source, if it does."""

    text: str
    tree: str | None = None


def compose(unit: Unit, targets: Mapping[int, Sequence[Piece]], env: Mapping[str, Any]) -> str | None:
    """`unit.source` with some of its segments (by index) replaced by the pieces of their translation.

    `env` holds the link references and footnotes of the document. Returns None if a translation cannot be written
    without changing the structure. Pieces that are the segment's own change nothing.
    """
    found = composed(unit, targets, env)
    return found.text if found else None


def composed(unit: Unit, targets: Mapping[int, Sequence[Piece]], env: Mapping[str, Any]) -> Composed | None:
    """The same, with what is known of its tags."""
    changed = {
        index: tuple(pieces) for index, pieces in targets.items() if tuple(pieces) != unit.segments[index].pieces
    }
    if not changed:
        return Composed(unit.source)
    return _Composer(unit, env).compose(changed)


@dataclass(frozen=True, slots=True)
class _Written:
    """A segment's translation as Markdown, for `source[start:end]` of the unit, and what it must read as."""

    start: int
    end: int
    text: str
    pieces: tuple[Piece, ...]


class _Composer:
    """Writes the segments of one unit, what is inside a tag before what is around it."""

    def __init__(self, unit: Unit, env: Mapping[str, Any]) -> None:
        self.unit, self.env = unit, env
        self.base = 0 if unit.kind in {"field", "html", "label"} else unit.start
        self.written: dict[int, _Written] = {}
        self.source, self.sure = "", False  # what is written so far, and whether that needs no parser

    @cached_property
    def proof(self) -> Proof:
        return proof_of(self.unit, self.env)

    @cached_property
    def tree(self) -> str | None:
        """The tags of the unit, where they can be told without a proof."""
        return None if self.unit.kind in {"html", "label"} else sure_tree(self.unit.pieces, self.unit.source)

    def compose(self, targets: Mapping[int, tuple[Piece, ...]]) -> Composed | None:
        order = sorted(targets, key=lambda index: _size(self.unit.segments[index]))
        done = (
            self._all_at_once(order, targets)
            or self._one_by_one(order, targets, careful=False)
            or self._one_by_one(order, targets, careful=True)
        )
        return Composed(self.source, self.tree if self.sure else None) if done else None

    def _all_at_once(self, order: Sequence[int], targets: Mapping[int, tuple[Piece, ...]]) -> bool:
        """Most translations need no care, and then one proof does for all."""
        for index in order:
            first = next(self._candidates(index, targets[index]), None)
            if first is None:
                return False
            self.written[index] = first
        return self._holds()

    def _one_by_one(self, order: Sequence[int], targets: Mapping[int, tuple[Piece, ...]], *, careful: bool) -> bool:
        """Each in the most readable way that holds; or, what is inside a tag, in the most careful one."""
        self.written = {}
        return all(self._one(index, targets[index], careful=careful) for index in order)

    def _one(self, index: int, pieces: tuple[Piece, ...], *, careful: bool) -> bool:
        candidates = list(self._candidates(index, pieces))
        if careful and self._in_tag(self.unit.segments[index]):
            candidates.reverse()
        for candidate in candidates:
            self.written[index] = candidate
            if self._holds():
                return True
        return False

    def _holds(self) -> bool:
        self.source = self._source()
        if self.unit.kind == "html":  # its first line makes it a block; nothing ends it that a segment may hold
            first = len(self.unit.source.splitlines()[0])
            if all(written.start > first for written in self.written.values()):
                return True
        if self.unit.kind == "label":
            return True
        expected = self._expected()
        self.sure = self.tree is not None and sure_tree(expected, self.source) == self.tree
        return self.sure or self.proof.holds(self.source, expected)

    def _source(self) -> str:
        """The unit's source with what is written so far."""
        parts, cursor = [], 0
        for written in sorted(self.written.values(), key=lambda one: (one.start, -one.end)):
            if written.start >= cursor:  # what is inside another is part of its text
                parts += [self.unit.source[cursor : written.start], written.text]
                cursor = written.end
        return _never_a_definition("".join([*parts, self.unit.source[cursor:]]), self.unit)

    def _expected(self) -> list[Piece]:
        """The unit's pieces with the translated ones. What is inside a tag does not show among them."""
        expected: list[Piece] = []
        left = list(reversed(self.unit.pieces))
        for index in sorted(self.written, key=lambda index: self.unit.segments[index].start):
            segment = self.unit.segments[index]
            if not self._in_tag(segment):
                while left and left[-1].start - self.base < segment.end:
                    piece = left.pop()
                    if piece.end - self.base <= segment.start:
                        expected.append(piece)
                expected += self.written[index].pieces
        return [*expected, *reversed(left)]

    def _in_tag(self, segment: Segment) -> bool:
        return segment.kind != "text" or any(
            piece.start - self.base < segment.start and segment.end < piece.end - self.base
            for piece in self.unit.pieces
            if piece.kind == "void"
        )

    def _candidates(self, index: int, pieces: tuple[Piece, ...]) -> Iterator[_Written]:
        """Ways to write a segment, the most readable first."""
        segment = self.unit.segments[index]
        start, end = segment.start, segment.end
        if self.unit.kind == "label":
            text = _joined_text(pieces)
            if _is_label(text, self.proof):
                yield _Written(start, end, text, pieces)
        elif segment.kind == "html":
            text = "".join(html_text(piece.text) if _is_new(piece) else piece.source for piece in pieces)
            if shape(html_pieces(text, 0)) == shape(pieces):
                yield _Written(start, end, text, pieces)
        elif segment.kind == "title":
            for text in title_text(_joined_text(pieces), self.unit.source[start - 1]):
                yield _Written(start, end, in_cell(text) if self.unit.kind == "cell" else text, pieces)
        else:
            yield from self._spelled(segment, pieces)

    def _spelled(self, segment: Segment, pieces: tuple[Piece, ...]) -> Iterator[_Written]:
        in_tag = self._in_tag(segment)
        text = "".join(piece.text for piece in pieces if _is_new(piece))
        crowded = self.unit.kind in {"cell", "term"} or self.unit.path[-1:] in {("definition",), ("container",)}
        addresses = any(piece.name == "address" for piece in self.unit.pieces)
        for variant in variants(self._with_labels(segment, pieces)):
            for spell in spellings(text, crowded=crowded, addresses=addresses):
                parts = []
                for position, piece in enumerate(variant):
                    if not _is_new(piece):
                        parts.append(self._tag(piece))
                        continue
                    part = piece.text if self.unit.kind == "field" else spell(piece.text)
                    if self._begins_line(segment, variant, position):
                        part = guarded(part)
                    parts.append(in_cell(part) if self.unit.kind == "cell" else part)
                written = "".join(parts)
                if not in_tag or self._reads(written, variant):
                    yield self._labelled(segment, written, variant)
                if self.unit.kind == "field":
                    break

    def _reads(self, written: str, pieces: Sequence[Piece]) -> bool:
        """What is inside a tag reads as it should."""
        if len(pieces) == 1 and pieces[0].text == written and inert(written):
            return True
        return self.proof.reads(written, pieces)

    def _begins_line(self, segment: Segment, pieces: Sequence[Piece], position: int) -> bool:
        if self.unit.kind == "field" or segment.kind != "text":
            return False
        if position:
            return "break" in {pieces[position - 1].kind, pieces[position - 1].name}
        return not self.unit.source[: segment.start].strip()

    def _tag(self, piece: Piece) -> str:
        """A tag's source with the translations of what it holds."""
        source, shift = piece.source, piece.start - self.base
        for inner in sorted(self.written.values(), key=lambda one: -one.start):
            if shift <= inner.start and inner.end <= shift + len(piece.source):
                source = source[: inner.start - shift] + inner.text + source[inner.end - shift :]
        return source

    def _with_labels(self, segment: Segment, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """`[label]` and `[label][]` name their target by their text: once that is translated, it is spelled out."""
        labels = {}
        opened: dict[int, Piece] = {}
        for piece in segment.pieces:
            if piece.kind == "open" and piece.name == "link":
                opened[piece.id] = piece
            elif piece.kind == "close" and piece.source in {"]", "][]"} and piece.id in opened:
                labels[piece.id] = self.unit.source[opened[piece.id].end - self.base : piece.start - self.base]
        return tuple(
            replace(piece, source=f"][{labels[piece.id]}]") if piece.kind == "close" and piece.id in labels else piece
            for piece in pieces
        )

    def _labelled(self, segment: Segment, text: str, pieces: tuple[Piece, ...]) -> _Written:
        """The same for an image: `![label]` and `![label][]`."""
        source, start, end = self.unit.source, segment.start, segment.end
        image = next((p for p in self.unit.pieces if p.name == "image" and p.start - self.base + 2 == start), None)
        if segment.kind == "alt" and image and image.source.endswith(("]", "][]")):
            tail = image.end - self.base
            if source[end:tail] in {"]", "][]"}:
                return _Written(start, tail, f"{text}][{source[start:end]}]", pieces)
        return _Written(start, end, text, pieces)


def _size(segment: Segment) -> int:
    return segment.end - segment.start


def _is_new(piece: Piece) -> bool:
    return piece.kind == "text" and not piece.source


def _joined_text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _is_label(text: str, proof: Proof) -> bool:
    """The title of a container is text, also where plain CommonMark sees a paragraph."""
    return is_plain(text) and proof.reads(text, [Piece("text", text, 0, len(text), text)])


_DEFINITION = re.compile(r"""\S+(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*""")


def _never_a_definition(source: str, unit: Unit) -> str:
    """A footnote without blanks would define a link where footnotes are unknown: a blank that is not seen follows."""
    if unit.path[-1:] != ("footnote",) or unit.kind != "paragraph" or _DEFINITION.fullmatch(unit.source):
        return source
    return f"{source} &#32;" if _DEFINITION.fullmatch(source) else source

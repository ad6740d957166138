"""The text of a unit as its readers see it, with the line of each character; tags are stand-ins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.markdown import Piece, Segment, Unit
from pipeline.markdown.source import breaks
from pipeline.translation.typography import stand_in

__all__ = ["Stretch", "stretches"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One run of text, and for each of its characters the piece that it is from.

    `kind` is that of the segment (`text`, `alt`, `title`, `html`).
    """

    kind: str
    text: str
    pieces: tuple[Piece, ...]
    line: int
    source: str

    @property
    def words(self) -> str:
        """The text alone; a blank for what is opaque, and for breaks."""
        return "".join(" " if piece.kind in {"break", "void"} else piece.text for piece in self.pieces)

    def line_at(self, offset: int) -> int:
        """The line of the file on which a character of the text stands."""
        position = 0
        for piece in self.pieces:
            width = len(piece.text) if piece.kind == "text" else 1
            if offset < position + width or piece is self.pieces[-1]:
                inside = min(offset - position, len(piece.source)) if piece.kind == "text" else 0
                before = piece.start - self.pieces[0].start + inside
                return self.line + breaks(self.source[: max(before, 0)])
            position += width
        return self.line


def stretches(unit: Unit) -> Iterator[Stretch]:
    """The running text of a unit, then the texts that its tags hold. Code and math have none."""
    if unit.pieces:
        yield _stretch("text", unit, unit.pieces, 0)
    for segment in unit.segments:
        if not unit.pieces or segment.kind != "text" or _within_tag(unit, segment):
            yield _stretch(segment.kind, unit, segment.pieces, segment.start)


def _within_tag(unit: Unit, segment: Segment) -> bool:
    """An inline footnote is text inside a tag."""
    base = unit.pieces[0].start
    return any(
        piece.kind == "void" and piece.start - base < segment.start and segment.end < piece.end - base
        for piece in unit.pieces
    )


def _stretch(kind: str, unit: Unit, pieces: Sequence[Piece], start: int) -> Stretch:
    flat = "".join(piece.text if piece.kind == "text" else stand_in(piece) for piece in pieces)
    line = unit.line + breaks(unit.source[:start])
    return Stretch(kind, flat, tuple(pieces), line, unit.source[start:])

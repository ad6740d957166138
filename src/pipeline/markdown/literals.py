"""Addresses that are shown as text, in a link or in HTML: nobody translates them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.markdown.autolinks import ADDRESS, trimmed
from pipeline.markdown.pieces import Piece

__all__ = ["address", "addresses", "with_addresses"]


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each address in a text."""
    cursor = 0
    for match in ADDRESS.finditer(text) if "://" in text else ():
        end = match.start() + len(trimmed(match[0]))
        if match.start() >= cursor and text[match.start() : end].partition("://")[2]:
            yield match.start(), end
            cursor = end


def with_addresses(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with such addresses as opaque ones; text that is spelled with entities or backslashes is left."""
    found: list[Piece] = []
    for piece in pieces:
        cursor = 0
        for start, end in addresses(piece.text) if piece.kind == "text" and piece.source == piece.text else ():
            if start > cursor:
                found.append(_part(piece, cursor, start))
            found.append(address(piece.source[start:end], piece.start + start))
            cursor = end
        if not cursor:
            found.append(piece)
        elif cursor < len(piece.source):
            found.append(_part(piece, cursor, len(piece.source)))
    return found


def address(source: str, start: int) -> Piece:
    """An address as an opaque piece."""
    return Piece("void", source, start, start + len(source), name="url", value=source)


def _part(piece: Piece, start: int, end: int) -> Piece:
    text = piece.source[start:end]
    return Piece("text", text, piece.start + start, piece.start + end, text)

"""Addresses that are shown as text, in a link or in HTML: nobody translates them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.markdown.autolinks import ADDRESS, trimmed
from pipeline.markdown.pieces import Piece

__all__ = ["with_addresses"]


def with_addresses(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with such addresses as opaque ones; text that is spelled with entities or backslashes is left."""
    found: list[Piece] = []
    for piece in pieces:
        if piece.kind == "text" and "://" in piece.text and piece.source == piece.text:
            found.extend(_split(piece))
        else:
            found.append(piece)
    return found


def _split(piece: Piece) -> Iterator[Piece]:
    cursor = 0
    for match in ADDRESS.finditer(piece.source):
        address = trimmed(match[0])
        end = match.start() + len(address)
        if match.start() < cursor or address.endswith("://"):
            continue
        if match.start() > cursor:
            yield _part(piece, cursor, match.start())
        yield Piece("void", address, piece.start + match.start(), piece.start + end, name="url", value=address)
        cursor = end
    if cursor < len(piece.source):
        yield _part(piece, cursor, len(piece.source))


def _part(piece: Piece, start: int, end: int) -> Piece:
    text = piece.source[start:end]
    return Piece("text", text, piece.start + start, piece.start + end, text)

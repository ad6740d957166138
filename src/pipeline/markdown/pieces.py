"""A segment as pieces: text to translate, and numbered tags that stand for inline markup.

`Built [**LazyLLM**](https://…) with `pip`` becomes `Built <1><2>LazyLLM</2></1> with <3/>`. Links, emphasis and raw
HTML that opens and closes are pairs; code, math, addresses, images, footnotes and shortcodes are opaque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it.token import Token

__all__ = ["Piece", "PieceKind", "plain", "renumbered", "retagged", "written"]

PieceKind = Literal["text", "open", "close", "void", "break"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece. `text` is the plain text (kind `text`), else empty; `source` is the Markdown it was written as.

    `id` numbers tags from 1 in order of appearance; a pair shares its number. `name` says what a tag is (`link`,
    `code`, `strong`, …), `value` what it holds beyond its spelling (the target of a link). `start` and `end` are
    characters of the text that `source` was taken from.
    """

    kind: PieceKind
    source: str
    start: int
    end: int
    text: str = ""
    id: int = 0
    name: str = ""
    value: str = ""
    token: Token | None = field(default=None, compare=False, repr=False)


def written(text: str) -> Piece:
    """Text that is not from the source: it has no spelling yet."""
    return Piece("text", "", 0, 0, text)


def retagged(piece: Piece, kind: PieceKind, number: int | None = None) -> Piece:
    """The same tag as another kind, or with another number."""
    number = piece.id if number is None else number
    return Piece(kind, piece.source, piece.start, piece.end, piece.text, number, piece.name, piece.value, piece.token)


def renumbered(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same pieces with their tags numbered from 1 in order of appearance."""
    numbered: list[Piece] = []
    stack: list[int] = []
    count = 0
    for piece in pieces:
        if piece.kind == "open":
            count += 1
            stack.append(count)
            numbered.append(retagged(piece, "open", count))
        elif piece.kind == "void":
            count += 1
            numbered.append(retagged(piece, "void", count))
        elif piece.kind == "close":
            numbered.append(retagged(piece, "close", stack.pop() if stack else 0))
        else:
            numbered.append(piece)
    return tuple(numbered)


def plain(pieces: Sequence[Piece]) -> str:
    """The text alone, breaks as blanks."""
    return "".join(" " if piece.kind == "break" else piece.text for piece in pieces)

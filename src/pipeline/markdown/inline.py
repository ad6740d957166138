"""Inline tokens of the positioned dialect as pieces that cover their source without a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from pipeline.markdown.html import with_html_pairs
from pipeline.markdown.literals import with_addresses
from pipeline.markdown.pieces import Piece, PieceKind, renumbered
from pipeline.markdown.source import Mapping
from pipeline.markdown.spans import span

__all__ = ["inline_pieces"]

_PAIRS = {"em": "em", "strong": "strong", "s": "strike", "link": "link"}
_VOIDS = {
    "code_inline": "code",
    "math_inline": "math",
    "math_inline_double": "math",
    "html_inline": "html",
    "image": "image",
    "footnote_ref": "footnote",
    "shortcode_inline": "shortcode",
    "hardbreak": "break",
}
_Parts = tuple[PieceKind, str, str, str]  # kind, name, text, value


def inline_pieces(token: Token, text: str, mapping: Mapping) -> tuple[Piece, ...]:
    """The pieces of an inline block's token (from the positioned dialect); they cover its content without a gap."""
    rough = list(_rough(token.children or []))
    pieces: list[Piece] = []
    start = mapping.source(0)
    for index, (child, (kind, name, plain_text, value), (_, right)) in enumerate(rough):
        if index + 1 == len(rough):
            right = len(token.content)
        else:  # what lies between two tokens is a delimiter's outer half
            _, (following, *_), (left, _) = rough[index + 1]
            right = right if following == "open" else max(right, left)
        stop = max(start, mapping.source(right) if "break" in {kind, name} else mapping.end(right))
        pieces.append(Piece(kind, text[start:stop], start, stop, plain_text, 0, name, value, child))
        start = stop
    return renumbered(with_html_pairs(with_addresses(_joined(pieces))))


def _rough(tokens: Sequence[Token]) -> Iterator[tuple[Token, _Parts, tuple[int, int]]]:
    """Tokens that mean something; an address (`link_open`, `text`, `link_close`) is one of them."""
    skip = 0
    for token in tokens:
        if skip:
            skip -= 1
            continue
        if token.type == "link_open" and token.info == "auto":
            skip = 2
            yield token, ("void", "address", "", str(token.attrs.get("href", ""))), span(token)
            continue
        part = _part(token)
        if part:
            yield token, part, span(token)


def _part(token: Token) -> _Parts | None:
    """What a token is; None for the empty tokens that delimiters leave behind."""
    if token.type in {"text", "text_special"}:
        return ("text", "", token.content, "") if token.content else None
    if token.type == "softbreak":
        return ("break", "", "", "")
    if token.type in _VOIDS:
        return ("void", _VOIDS[token.type], "", _value(token))
    stem, _, side = token.type.rpartition("_")
    if stem in _PAIRS and side in {"open", "close"}:
        return ("open" if side == "open" else "close", _PAIRS[stem], "", _value(token))
    return ("void", token.type, "", token.content)


def _value(token: Token) -> str:
    if token.type == "image":
        return str(token.attrs.get("src", ""))
    if token.type == "footnote_ref":
        return str(token.meta.get("label") or "")
    return str(token.attrs.get("href", "")) or token.content


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring text as one piece."""
    joined: list[Piece] = []
    for is_text, group in groupby(pieces, lambda piece: piece.kind == "text"):
        run = list(group)
        if is_text and len(run) > 1:
            source, text = "".join(piece.source for piece in run), "".join(piece.text for piece in run)
            joined.append(Piece("text", source, run[0].start, run[-1].end, text))
        else:
            joined.extend(run)
    return joined

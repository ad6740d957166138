"""A segment as pieces: text to translate, and numbered tags that stand for inline markup.

`Built [**LazyLLM**](https://…) with `pip`` becomes `Built <1><2>LazyLLM</2></1> with <3/>`. Links, emphasis and raw
HTML that opens and closes are pairs; code, math, addresses, images, footnotes and shortcodes are opaque.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal

from markdown_it.token import Token

from pipeline.markdown.source import Mapping
from pipeline.markdown.spans import span

__all__ = ["Piece", "PieceKind", "html_pieces", "inline_pieces", "plain", "renumbered"]

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
    token: Token | None = None


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
    return renumbered(_with_html_pairs(_joined(pieces)))


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


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring text as one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.kind == piece.kind == "text":
            joined[-1] = Piece("text", last.source + piece.source, last.start, piece.end, last.text + piece.text)
        else:
            joined.append(piece)
    return joined


_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)[^>]*?(/?)>", re.DOTALL)
_NEVER_PAIRED = frozenset(
    {"br", "hr", "img", "input", "wbr", "source", "track", "area", "col", "embed", "meta", "link"}
)


def _with_html_pairs(pieces: list[Piece]) -> list[Piece]:
    """`<kbd>` and its `</kbd>`, well nested among the other pairs, become a pair; other raw HTML stays opaque."""
    paired = list(pieces)
    stack: list[tuple[str, int]] = []
    for index, piece in enumerate(pieces):
        if piece.kind == "open":
            stack.append(("", index))
        elif piece.kind == "close":
            while stack and stack[-1][0]:
                stack.pop()
            if stack:
                stack.pop()
        elif piece.name == "html":
            tag = _TAG.fullmatch(piece.source)
            if not tag or tag[3] or tag[2].lower() in _NEVER_PAIRED:
                continue
            if not tag[1]:
                stack.append((tag[2].lower(), index))
            elif stack and stack[-1][0] == tag[2].lower():
                opening = stack.pop()[1]
                paired[opening] = _as(pieces[opening], "open")
                paired[index] = _as(piece, "close")
    return paired


def _as(piece: Piece, kind: PieceKind, number: int | None = None) -> Piece:
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
            numbered.append(_as(piece, "open", count))
        elif piece.kind == "void":
            count += 1
            numbered.append(_as(piece, "void", count))
        elif piece.kind == "close":
            numbered.append(_as(piece, "close", stack.pop() if stack else 0))
        else:
            numbered.append(piece)
    return tuple(numbered)


def html_pieces(source: str, start: int) -> tuple[Piece, ...]:
    """The pieces of a run of text and inline tags in an HTML block."""
    pieces: list[Piece] = []
    cursor = 0
    for match in _TAG.finditer(source):
        _html_text(pieces, source[cursor : match.start()], start + cursor)
        pieces.append(Piece("void", match[0], start + match.start(), start + match.end(), name="html", value=match[0]))
        cursor = match.end()
    _html_text(pieces, source[cursor:], start + cursor)
    return renumbered(_with_html_pairs(pieces))


def _html_text(pieces: list[Piece], source: str, start: int) -> None:
    if source:
        text = re.sub(r"\s*[\r\n]\s*", " ", unescape(source))
        pieces.append(Piece("text", source, start, start + len(source), text))


def plain(pieces: Sequence[Piece]) -> str:
    """The text alone, breaks as blanks."""
    return "".join(" " if piece.kind == "break" else piece.text for piece in pieces)

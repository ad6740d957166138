"""Raw HTML inside a line: its tags, which of them are pairs or opaque, and the text between them.

Tags are never translated; neither is what code, scripts and elements marked `translate="no"` hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from pipeline.markdown.literals import address, addresses
from pipeline.markdown.pieces import Piece, renumbered, retagged

__all__ = ["ATTRIBUTES", "OPAQUE", "TAG", "html_pieces", "with_html_pairs"]

ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*"""
TAG = re.compile(rf"<(/?)([A-Za-z][\w:-]*+)({ATTRIBUTES})>")
_NEVER_PAIRED = frozenset(
    {"br", "hr", "img", "input", "wbr", "source", "track", "area", "col", "embed", "meta", "link"}
)
OPAQUE = frozenset(
    {"code", "kbd", "samp", "var", "pre", "script", "style", "svg", "math", "textarea", "template", "option"}
)
_UNTRANSLATED = re.compile(
    r"""\stranslate\s*=\s*["']?no\b|\sclass\s*=\s*(?:"[^"]*\bnotranslate\b|'[^']*\bnotranslate\b|notranslate\b)""",
    re.IGNORECASE,
)


def with_html_pairs(pieces: Sequence[Piece]) -> list[Piece]:
    """`<b>` and its `</b>`, well nested among the other pairs, become a pair; other raw HTML stays opaque.

    `<code>…</code>` and the like become one opaque piece with everything inside.
    """
    paired: list[Piece] = []
    stack: list[tuple[str, int]] = []
    for piece in pieces:
        paired.append(piece)
        if piece.kind == "open":
            stack.append(("", len(paired) - 1))
        elif piece.kind == "close":
            while stack and stack[-1][0]:
                stack.pop()
            if stack:
                stack.pop()
        elif piece.name == "html":
            _pair_html(paired, stack)
    return paired


def _pair_html(paired: list[Piece], stack: list[tuple[str, int]]) -> None:
    """Note the HTML tag that came last, or close the pair that it ends."""
    tag = TAG.fullmatch(paired[-1].source)
    if not tag or tag[3].endswith("/") or tag[2].lower() in _NEVER_PAIRED:
        return
    name = tag[2].lower()
    if not tag[1]:
        stack.append((name, len(paired) - 1))
    elif stack and stack[-1][0] == name:
        opening = stack.pop()[1]
        if name in OPAQUE or _UNTRANSLATED.search(paired[opening].source):
            inside = paired[opening:]
            del paired[opening:]
            paired.append(_merged(inside))
        else:
            paired[opening] = retagged(paired[opening], "open")
            paired[-1] = retagged(paired[-1], "close")


def _merged(pieces: Sequence[Piece]) -> Piece:
    value = " ".join("".join(piece.text or piece.value or " " for piece in pieces).split())
    source = "".join(piece.source for piece in pieces)
    return Piece("void", source, pieces[0].start, pieces[-1].end, name="html", value=value)


def html_pieces(source: str, start: int, prefix: str = "") -> tuple[Piece, ...]:
    """The pieces of a run of text and inline tags in an HTML block; `prefix` is a pattern for what begins a line."""
    pieces: list[Piece] = []
    cursor = 0
    for match in TAG.finditer(source):
        _add_text(pieces, source[cursor : match.start()], start + cursor, prefix)
        pieces.append(Piece("void", match[0], start + match.start(), start + match.end(), name="html", value=match[0]))
        cursor = match.end()
    _add_text(pieces, source[cursor:], start + cursor, prefix)
    return renumbered(with_html_pairs(pieces))


def _add_text(pieces: list[Piece], source: str, start: int, prefix: str) -> None:
    cursor = 0
    for left, right in addresses(source):
        _add_words(pieces, source[cursor:left], start + cursor, prefix)
        pieces.append(address(source[left:right], start + left))
        cursor = right
    _add_words(pieces, source[cursor:], start + cursor, prefix)


def _add_words(pieces: list[Piece], source: str, start: int, prefix: str) -> None:
    if source:
        first, *lines = re.split(rf"(?:\r\n?|\n){prefix}", source)
        text = (
            " ".join([first.rstrip(), *(line.strip() for line in lines[:-1]), lines[-1].lstrip()]) if lines else first
        )
        pieces.append(Piece("text", source, start, start + len(source), unescape(text)))

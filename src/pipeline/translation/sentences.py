"""A segment's pieces cut into sentences, where that is beyond doubt: no tag is ever cut in two.

An end of a sentence is a full stop (`.`, `!`, `?` or their Chinese forms) outside of every tag. After a Latin one a
blank and something that can begin a sentence must follow, and the word before must not be an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape

from pipeline.markdown import Piece

__all__ = ["Sentence", "sentences"]

Sentence = tuple[Piece, ...]

# What stands for a tag in the text that is searched for ends; a pair's inside is not searched at all.
_TAG, _CLOSE, _INSIDE = "\ue000", "\ue001", "\ue002"
_CLOSERS = "[\"'”’)\\]」』）》\ue001]*"
_END = re.compile(
    r"(?:[。！？]+[)）\]\ue001]*(?![”’」』])[ \t\n]*|"
    rf"(?P<latin>(?P<word>[^\s.!?]*)(?P<stop>[.!?]+)){_CLOSERS}[ \t\n]+)(?=(?P<next>\S))"
)
_ABBREVIATIONS = re.compile(
    "adj|al|approx|apr|art|aug|ca|cf|ch|chap|co|corp|dec|dept|dr|ed|eds|eq|eqs|esp|est|etc|ex|feb|fig|figs|"
    "fr|gen|gov|hon|inc|jan|jr|jul|jun|lt|ltd|mar|max|min|mr|mrs|ms|mt|no|nos|nov|oct|"
    "op|pp|prof|ref|refs|rev|sec|sep|sept|sr|st|tab|tel|viz|vol|vols|vs"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def sentences(pieces: Sequence[Piece]) -> list[Sentence]:
    """The pieces, sentence by sentence, each with the blanks behind it. Joined they are the same pieces again."""
    text = _searchable(pieces)
    ends = [
        match.end()
        for match in _END.finditer(text)
        if match["latin"] is None or _ends(match["word"], match["stop"], match["next"])
    ]
    return list(_cut(pieces, [0, *ends, len(text)]))


def _searchable(pieces: Sequence[Piece]) -> str:
    """The text, with one character a tag or a break, and nothing to be found inside of pairs."""
    parts, depth = [], 0
    for piece in pieces:
        if piece.kind == "text":
            parts.append(_INSIDE * len(piece.text) if depth else piece.text.replace("\r", "\n"))
            continue
        depth -= piece.kind == "close"
        parts.append(_INSIDE if depth else _sign(piece))
        depth += piece.kind == "open"
    return "".join(parts)


def _sign(piece: Piece) -> str:
    """A reference to a footnote belongs to what is before it; code may begin a sentence."""
    if "break" in {piece.kind, piece.name}:
        return "\n"
    return _CLOSE if piece.kind == "close" or piece.name == "footnote" else _TAG


def _ends(word: str, stop: str, following: str) -> bool:
    """Whether a Latin full stop after `word` ends a sentence that `following` does not continue."""
    if following.islower() or not (following.isalnum() or following in "\"'“‘([*_`" or following == _TAG):
        return False
    if following == _TAG or following.isdigit():
        return stop != "." or len(word) > 3
    bare = word.lstrip("\"'“‘([").casefold()
    single = len(bare) == 1 and bare.isalpha()
    return stop != "." or not (single or _ABBREVIATIONS.fullmatch(bare))


def _cut(pieces: Sequence[Piece], cuts: Sequence[int]) -> Iterator[Sentence]:
    """The pieces between the cuts, which count characters of the searchable text."""
    bounds = list(cuts[1:])
    current: list[Piece] = []
    position = 0
    for piece in pieces:
        rest = piece
        while rest.kind == "text" and bounds and position < bounds[0] < position + len(rest.text):
            one, rest = _split(rest, bounds[0] - position)
            position = bounds.pop(0)
            yield (*current, one)
            current = []
        current.append(rest)
        position += len(rest.text) if rest.kind == "text" else 1
        if bounds and bounds[0] == position:
            bounds.pop(0)
            yield tuple(current)
            current = []
    if current:
        yield tuple(current)


def _split(piece: Piece, at: int) -> tuple[Piece, Piece]:
    """A text piece cut in two; the Markdown that it was written as is cut in the same place, or left out."""
    source = _same_place(piece, at)
    one, other = piece.text[:at], piece.text[at:]
    if source is None:
        return replace(piece, text=one, source=""), replace(piece, text=other, source="")
    return (
        replace(piece, text=one, source=piece.source[:source]),
        replace(piece, text=other, source=piece.source[source:]),
    )


def _same_place(piece: Piece, at: int) -> int | None:
    """Where `text[:at]` ends in the source."""
    if piece.source == piece.text:
        return at
    for end in range(at, len(piece.source) + 1):
        if _read(piece.source[:end]) == piece.text[:at] and _read(piece.source[end:]) == piece.text[at:]:
            return end
    return None


def _read(source: str) -> str:
    return unescape(_ESCAPE.sub(r"\1", source))

"""What stands beside a mark, so that plain CommonMark and GFM see the mark.

Chinese has no blanks between words, and its punctuation beside `**` keeps plain CommonMark from seeing the emphasis;
GFM takes the Chinese after a bare address as part of it. Punctuation moves out of the emphasis where it can, and a
blank is put where it cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.markdown.pieces import Piece, written

__all__ = ["variants"]

_EMPHASIS = frozenset({"em", "strong", "strike"})
_CLOSERS = "，。！？；：、,.!?;:…"
_WRAPS = frozenset({"“”", "‘’", "「」", "『』", "《》", "〈〉", "【】", "（）", "()"})


def variants(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    """The pieces with room around addresses; then with emphasis as plain CommonMark needs it, the best first."""
    given = _with_room(pieces)
    yield given
    starred, flanked = _flanked(_starred(given)), _flanked(given)
    if starred != given:
        yield starred
    if flanked not in (given, starred):
        yield flanked


def _starred(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """`_` never works inside a word, and Han beside it is one: `*` does."""
    inside = {
        piece.id
        for index, piece in enumerate(pieces)
        if piece.name in {"em", "strong"} and set(piece.source) == {"_"} and _is_word(_outside(pieces, index))
    }
    return tuple(
        replace(piece, source="*" * len(piece.source)) if piece.id in inside and piece.kind != "text" else piece
        for piece in pieces
    )


def _flanked(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Emphasis whose inner end is punctuation, beside a word: the punctuation moves out, or a blank comes between."""
    result = list(pieces)
    index = 0
    while index < len(result):
        piece = result[index]
        if piece.kind == "open" and _hidden(result, index):
            index += _unwrap(result, index) or _separate(result, index)
        elif piece.kind == "close" and _hidden(result, index) and not _move_closers(result, index):
            _separate(result, _run_end(result, index))
        index += 1
    return tuple(result)


def _hidden(pieces: Sequence[Piece], index: int) -> bool:
    """Plain CommonMark would not see this end of an emphasis."""
    piece = pieces[index]
    if piece.name not in _EMPHASIS or not _is_word(_outside(pieces, index)):
        return False
    return set(piece.source) == {"_"} or _is_punctuation(_inside(pieces, index))


def _unwrap(pieces: list[Piece], index: int) -> int:
    """`**“quoted”**` as `“**quoted**”`, and how many pieces that put before the opening one."""
    if index + 2 >= len(pieces) or pieces[index + 1].kind != "text" or pieces[index + 2].id != pieces[index].id:
        return 0
    text = pieces[index + 1].text
    if pieces[index + 2].kind != "close" or len(text) < 3 or text[0] + text[-1] not in _WRAPS:
        return 0
    pieces[index + 1] = written(text[1:-1])
    _put(pieces, index + 3, text[-1])
    return _put(pieces, index, text[0], before=True)


def _move_closers(pieces: list[Piece], index: int) -> bool:
    """`**Note:**` as `**Note**:`."""
    text = pieces[index - 1].text if index and pieces[index - 1].kind == "text" else ""
    kept = text.rstrip(_CLOSERS)
    if not kept or kept == text:
        return False
    pieces[index - 1] = written(kept)
    _put(pieces, _run_end(pieces, index), text[len(kept) :])
    return not _hidden(pieces, index)


def _separate(pieces: list[Piece], index: int) -> int:
    """A blank before the piece at `index`; returns how many pieces that put there."""
    return _put(pieces, index, " ", before=True)


def _put(pieces: list[Piece], index: int, text: str, *, before: bool = False) -> int:
    """Text at `index`: joined to the text that ends (`before`) or begins there, or as a piece of its own (1)."""
    neighbour = index - 1 if before else index
    if 0 <= neighbour < len(pieces) and pieces[neighbour].kind == "text" and not pieces[neighbour].source:
        beside = pieces[neighbour].text
        pieces[neighbour] = written(beside + text if before else text + beside)
        return 0
    pieces.insert(index, written(text))
    return 1


def _outside(pieces: Sequence[Piece], index: int) -> str:
    """The character beyond an end of an emphasis."""
    return _beyond(pieces, index, -1 if pieces[index].kind == "open" else 1)


def _inside(pieces: Sequence[Piece], index: int) -> str:
    return _beyond(pieces, index, 1 if pieces[index].kind == "open" else -1)


def _run_end(pieces: Sequence[Piece], index: int) -> int:
    """Behind the closing delimiters that begin at `index`."""
    while index < len(pieces) and pieces[index].kind == "close" and pieces[index].name in _EMPHASIS:
        index += 1
    return index


def _beyond(pieces: Sequence[Piece], index: int, step: int) -> str:
    """The next character that is not of the same run of delimiters."""
    kind = pieces[index].kind
    index += step
    while 0 <= index < len(pieces) and pieces[index].kind == kind and pieces[index].name in _EMPHASIS:
        index += step
    if not 0 <= index < len(pieces):
        return ""
    text = pieces[index].source or pieces[index].text
    return text[0 if step > 0 else -1]


def _is_punctuation(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "PS"


def _is_symbol(character: str) -> bool:
    return bool(character) and not character.isascii() and unicodedata.category(character)[0] == "S"


def _is_word(character: str) -> bool:
    return bool(character) and not character.isspace() and not _is_punctuation(character)


# GFM goes on to the next blank or `<`, and leaves out the punctuation before it.
_SWALLOWED = re.compile(r"[?!.,:;*_~'\")]*[^\s<?!.,:;*_~'\")]")


def _with_room(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A blank between two tags whose delimiters would run together, and beside a bare address that GFM would extend."""
    result: list[Piece] = []
    for index, piece in enumerate(pieces):
        last = pieces[index - 1] if index else None
        if last and (_run_together(last, piece) or _is_address_lost(last, piece) or _at_symbol(pieces, index)):
            result.append(written(" "))
        result.append(piece)
    return tuple(_joined(result))


def _at_symbol(pieces: Sequence[Piece], index: int) -> bool:
    """GitHub takes symbols such as emoji for letters: beside one, punctuation in an emphasis hides its end."""
    last, piece = pieces[index - 1], pieces[index]
    if last.name in _EMPHASIS and last.kind == "close":
        return _is_symbol((piece.source or piece.text)[:1]) and _is_punctuation(_inside(pieces, index - 1))
    if piece.name in _EMPHASIS and piece.kind == "open":
        return _is_symbol((last.source or last.text)[-1:]) and _is_punctuation(_inside(pieces, index))
    return False


def _run_together(last: Piece, piece: Piece) -> bool:
    end, start = last.source[-1:], (piece.source or piece.text)[:1]
    if end == "$" and last.name == "math" and start.isdigit():
        return True
    ends = last.kind in {"close", "void"} and piece.kind in {"open", "void"}
    return ends and end == start and end in {"`", "$", "*", "_", "~"}


def _is_address_lost(last: Piece, piece: Piece) -> bool:
    if _is_bare(last):
        if piece.kind == "text":
            return not piece.source and _SWALLOWED.match(piece.text) is not None
        return piece.kind in {"open", "void"} and piece.name != "break" and not piece.source.startswith("<")
    if not _is_bare(piece):
        return False
    end = (last.source or last.text)[-1:]
    if "://" in piece.source:
        return end.isascii() and end.isalnum()
    return not end.isspace() and end not in "*_~("


def _is_bare(piece: Piece) -> bool:
    return piece.name == "address" and not piece.source.startswith("<")


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """New text beside new text as one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.kind == piece.kind == "text" and not last.source and not piece.source:
            joined[-1] = written(last.text + piece.text)
        else:
            joined.append(piece)
    return joined

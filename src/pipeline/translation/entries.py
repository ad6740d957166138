"""Approved pairs of segments, ready to be put in the place of another segment that says the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.markdown import Piece, Segment, Unit

__all__ = [
    "NUMBER",
    "Entry",
    "entries_of",
    "entry_of",
    "filled",
    "is_verbatim",
    "is_wide",
    "plain_pieces",
    "respelled",
    "shape_of",
    "tag_numbers",
    "tag_values",
    "verbatim_pieces",
]

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u3000-\u30ff\U00020000-\U0003ffff]")
_NOWHERE = -(1 << 40)


@dataclass(frozen=True, slots=True)
class Entry:
    """One approved pair. `target` holds text and tags by the numbers of the source's, ready for another's tags; `tags`
    are what those hold. `around` are the messages before and after it, `source` its own pieces.

    `post` and `line` say where it is from. What was imported has its line in `file`, and a post only if that says so.
    """

    post: str
    line: int
    message: str
    signature: tuple[str, ...]
    target: tuple[Piece, ...]
    tags: tuple[str, ...]
    around: tuple[str, str] = ("", "")
    source: tuple[Piece, ...] = ()
    file: str = ""

    @property
    def origin(self) -> str:
        """Where it is from, in words: `posts/foo:12`, `memory/zh.tmx:7`."""
        return f"{self.file or self.post}:{self.line}"

    @property
    def shape(self) -> str:
        """The message with its numbers left open."""
        return shape_of(self.message)


def shape_of(message: str) -> str:
    """A message with its numbers left open."""
    return NUMBER.sub("#", message)


def entries_of(post: str, source: Unit, target: Unit, *, verbatim: bool = False) -> list[Entry | None]:
    """What can be learnt from a pair of units, one a segment of the source; empty if they do not fit together.

    `verbatim` keeps the translation's bytes, for use in the same place.
    """
    if [segment.kind for segment in source.segments] != [segment.kind for segment in target.segments]:
        return []
    return [
        entry_of(post, source.line, ours, theirs, verbatim=verbatim)
        for ours, theirs in zip(source.segments, target.segments, strict=True)
    ]


def entry_of(post: str, line: int, source: Segment, target: Segment, *, verbatim: bool = False) -> Entry | None:
    """A pair as an entry; None when the tags of the two cannot be told apart."""
    numbers = tag_numbers(source.pieces, target.pieces)
    if numbers is None:
        return None
    pieces = verbatim_pieces(target.pieces) if verbatim else plain_pieces(target.pieces)
    numbered = tuple(replace(piece, id=numbers[piece.id]) if piece.id else piece for piece in pieces)
    return Entry(
        post,
        line,
        source.message,
        source.signature,
        numbered,
        tag_values(source.pieces),
        source=source.pieces,
    )


def tag_values(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """What each tag holds, in order of their numbers."""
    return tuple(piece.value or piece.source for piece in pieces if piece.kind in {"open", "void"})


def verbatim_pieces(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces that are written as they are, wherever they are put."""
    return tuple(replace(piece, start=_NOWHERE, end=_NOWHERE) for piece in pieces)


def is_verbatim(piece: Piece) -> bool:
    """Made by `verbatim_pieces`."""
    return piece.start == _NOWHERE


def plain_pieces(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces without line breaks, which belong to the place where they stood; the rest is written as it was."""
    result: list[Piece] = []
    for index, piece in enumerate(pieces):
        if piece.kind == "break":
            before, after = _neighbour(pieces, index, -1), _neighbour(pieces, index, 1)
            result.append(_text("" if is_wide(before) and is_wide(after) else " "))
        elif piece.kind == "text":
            one_line = "\n" not in piece.source and "\r" not in piece.source
            result.extend(verbatim_pieces([piece]) if one_line else [_text(piece.text)])
        else:
            result.append(piece)
    return tuple(piece for piece in result if piece.kind != "text" or piece.text)


def respelled(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces whose text is spelled anew where they are put."""
    return tuple(_text(piece.text) if piece.kind == "text" else piece for piece in plain_pieces(pieces))


def is_wide(character: str) -> bool:
    """Chinese, Japanese or full-width: no blank is needed beside it."""
    return bool(_WIDE.match(character))


def _text(text: str) -> Piece:
    return Piece("text", "", 0, 0, text)


def _neighbour(pieces: Sequence[Piece], index: int, step: int) -> str:
    """The character that is read before or after a break."""
    index += step
    while 0 <= index < len(pieces):
        piece = pieces[index]
        if piece.kind == "text" and piece.text:
            return piece.text[-1 if step < 0 else 0]
        if piece.kind == "void":
            return "-"
        index += step
    return ""


def tag_numbers(source: Sequence[Piece], target: Sequence[Piece]) -> dict[int, int] | None:
    """Number in the target → number in the source, when each tag has exactly one counterpart.

    Tags that hold the same are interchangeable; of others nothing is guessed by their order.
    """
    ours = [piece for piece in source if piece.kind in {"open", "void"}]
    theirs = [piece for piece in target if piece.kind in {"open", "void"}]
    if len(ours) != len(theirs):
        return None
    numbers: dict[int, int] = {}
    free = list(ours)
    for exact in (True, False):
        for piece in theirs:
            if piece.id in numbers:
                continue
            found = [p for p in free if (p.kind, p.name) == (piece.kind, piece.name)]
            if exact:
                found = [p for p in found if (p.value or p.source) == (piece.value or piece.source)]
            elif len(found) > 1:
                return None
            if found:
                numbers[piece.id] = found[0].id
                free.remove(found[0])
    return numbers if len(numbers) == len(ours) else None


def filled(entry: Entry, segment: Segment, *, own_tags: bool = False) -> tuple[Piece, ...]:
    """An entry's target with the tags of a segment that has the same signature.

    With `own_tags` those that hold what the segment's do stay as the translation writes them.
    """
    tags = {(piece.kind, piece.id): piece for piece in segment.pieces if piece.id}
    same = {
        piece.id
        for piece in entry.target
        if own_tags and piece.kind in {"open", "void"} and piece.value == tags[piece.kind, piece.id].value
    }
    return tuple(tags[piece.kind, piece.id] if piece.id and piece.id not in same else piece for piece in entry.target)

"""The glossary enforced: terms that are not translated are hidden from the engine, the others are looked for in what it
answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.markdown import Piece
from pipeline.translation.glossary import Glossary, Term

__all__ = ["hidden", "missed", "nothing_left", "repaired", "shown"]

_TERM = "term"


def hidden(pieces: Sequence[Piece], glossary: Glossary) -> tuple[Piece, ...]:
    """The pieces with opaque tags in the place of terms that are not translated."""
    number = max((piece.id for piece in pieces), default=0)
    result: list[Piece] = []
    for piece in pieces:
        cursor = 0
        for start, end, term in glossary.matches(piece.text) if piece.kind == "text" else ():
            if term.target:
                continue
            number += 1
            if start > cursor:
                result.append(_text(piece.text[cursor:start]))
            result.append(Piece("void", "", 0, 0, "", number, _TERM, piece.text[start:end]))
            cursor = end
        if not cursor:
            result.append(piece)
        elif cursor < len(piece.text):
            result.append(_text(piece.text[cursor:]))
    return tuple(result)


def shown(pieces: Sequence[Piece], glossary: Glossary, *, plurals: bool) -> tuple[Piece, ...]:
    """The pieces with the terms in the place of their tags; without `plurals` in the singular."""
    result: list[Piece] = []
    for piece in pieces:
        text = piece.text
        if piece.name == _TERM:
            term = glossary.find(piece.value)
            text = piece.value if plurals or term is None else piece.value[: len(term.source)]
        elif piece.kind != "text" or piece.source:
            result.append(piece)
            continue
        if result and result[-1].kind == "text" and not result[-1].source:
            result[-1] = _text(result[-1].text + text)
        else:
            result.append(_text(text))
    return tuple(result)


def nothing_left(pieces: Sequence[Piece], glossary: Glossary) -> bool:
    """There is nothing in the text but terms that are not translated."""
    found = hidden(pieces, glossary)
    letters = any(character.isalpha() for piece in found if piece.kind == "text" for character in piece.text)
    return not letters and any(piece.name == _TERM for piece in found)


def missed(source: str, target: str, glossary: Glossary) -> Iterator[tuple[str, Term]]:
    """(words, term) for every term in a text whose translation a translation of that text lacks."""
    seen: set[str] = set()
    for start, end, term in glossary.matches(source):
        wanted = term.target or source[start : start + len(term.source)]
        if term.source not in seen and not _has(target, wanted):
            seen.add(term.source)
            yield source[start:end], term


def repaired(source: str, pieces: Sequence[Piece], glossary: Glossary) -> tuple[Piece, ...]:
    """The pieces of an answer with the translation of a term where the engine left the term in the source language."""
    result = list(pieces)
    for words, term in missed(source, _read(pieces), glossary):
        pattern = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(words)}(?![A-Za-z0-9-])", re.IGNORECASE)
        left = sum(len(pattern.findall(piece.text)) for piece in result if piece.kind == "text")
        if term.target and left and left == len(pattern.findall(source)):
            result = [
                _text(pattern.sub(lambda _, to=term.target: to, piece.text))  # type: ignore[misc]
                if piece.kind == "text" and not piece.source
                else piece
                for piece in result
            ]
    return tuple(result)


def _has(text: str, wanted: str) -> bool:
    """However the blanks are set, and in any case."""
    return "".join(wanted.split()).casefold() in "".join(text.split()).casefold()


def _read(pieces: Sequence[Piece]) -> str:
    return "".join(" " if piece.kind == "break" else piece.text for piece in pieces)


def _text(text: str) -> Piece:
    return Piece("text", "", 0, 0, text)

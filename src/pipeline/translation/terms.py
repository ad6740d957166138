"""The glossary enforced: terms that are not translated are hidden from the engine, the others are looked for in what it
answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from pipeline.markdown import Piece
from pipeline.markdown.pieces import written
from pipeline.translation.entries import is_wide
from pipeline.translation.glossary import Glossary, Term

__all__ = ["hidden", "missed", "nothing_left", "repaired", "shown"]

_TERM = "term"


def hidden(pieces: Sequence[Piece], glossary: Glossary) -> tuple[Piece, ...]:
    """The pieces with opaque tags in the place of terms that are not translated."""
    number = max((piece.id for piece in pieces), default=0)
    result: list[Piece] = []
    for running, group in groupby(pieces, lambda piece: piece.kind in {"text", "break"}):
        run = list(group)
        text = _read(run)
        cursor = 0
        for start, end, term in glossary.matches(text) if running else ():
            if term.target:
                continue
            number += 1
            result.extend(_cut(run, cursor, start))
            result.append(Piece("void", "", 0, 0, "", number, _TERM, text[start:end]))
            cursor = end
        result.extend(_cut(run, cursor, len(text)) if cursor else run)
    return tuple(result)


def _cut(run: Sequence[Piece], start: int, end: int) -> Iterator[Piece]:
    """The part of some text and line breaks between two characters of what they read as."""
    at = 0
    for piece in run:
        length = 1 if piece.kind == "break" else len(piece.text)
        left, right = max(start - at, 0), min(end - at, length)
        if left < right:
            yield piece if (left, right) == (0, length) else written(piece.text[left:right])
        at += length


def shown(pieces: Sequence[Piece], glossary: Glossary, *, plurals: bool) -> tuple[Piece, ...]:
    """The pieces with the terms in the place of their tags; without `plurals` in the singular."""
    result: list[Piece] = []
    for piece in pieces:
        text = piece.text
        if piece.name == _TERM:
            term = glossary.find(piece.value)
            text = piece.value if plurals or term is None else term.singular(piece.value)
        elif piece.kind != "text" or piece.source:
            result.append(piece)
            continue
        if result and result[-1].kind == "text" and not result[-1].source:
            result[-1] = written(result[-1].text + text)
        else:
            result.append(written(text))
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
        wanted = term.target or term.singular(source[start:end])
        if term.source not in seen and not _count(target, wanted):
            seen.add(term.source)
            yield source[start:end], term


def repaired(source: str, pieces: Sequence[Piece], glossary: Glossary) -> tuple[Piece, ...]:
    """The pieces of an answer with the translation of a term where the engine left the term in the source language.

    Only where all of them are accounted for: as many in the source as there are left and translated in the answer.
    Another translation of a term is not looked for.
    """
    wanted = Counter(term for _, _, term in glossary.matches(source) if term.target)
    text = _read(pieces)
    left = Counter(term for piece in pieces if not piece.source for _, _, term in glossary.matches(piece.text))
    todo = {term for term in left if left[term] + _count(text, term.target) == wanted[term]}
    if not todo:
        return tuple(pieces)
    return tuple(
        written(_with_targets(piece.text, glossary, todo)) if piece.kind == "text" and not piece.source else piece
        for piece in pieces
    )


def _with_targets(text: str, glossary: Glossary, todo: Collection[Term]) -> str:
    """A text with some terms translated; no blank is left where Chinese now stands at both its sides."""
    parts: list[str] = []
    cursor = 0
    for start, end, term in glossary.matches(text):
        if term in todo:
            parts += [text[cursor:start], term.target]
            cursor = end
    parts.append(text[cursor:])
    for at in range(len(parts) - 1):
        one, other = parts[at].rstrip(" "), parts[at + 1].lstrip(" ")
        if one and other and is_wide(one[-1]) and is_wide(other[0]):
            parts[at], parts[at + 1] = one, other
    return "".join(parts)


def _count(text: str, wanted: str) -> int:
    """How often a text has some words, however the blanks are set, and in any case."""
    return "".join(text.split()).casefold().count("".join(wanted.split()).casefold())


def _read(pieces: Sequence[Piece]) -> str:
    return "".join(" " if piece.kind == "break" else piece.text for piece in pieces)

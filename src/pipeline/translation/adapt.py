"""A reviewed translation, adapted without an engine: when only numbers, tags or one glossary term differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.markdown import Piece, Segment
from pipeline.translation.glossary import Glossary
from pipeline.translation.memory import NUMBER, Entry, filled

__all__ = ["adapt"]


def adapt(entry: Entry, segment: Segment, glossary: Glossary) -> tuple[Piece, ...] | None:
    """The entry's translation with the difference carried over; None when that is not certain."""
    if entry.signature != segment.signature:
        return None
    if entry.message == segment.message:
        return filled(entry, segment)
    pieces = filled(entry, segment)
    changes = _changed_numbers(entry.message, segment.message)
    if changes is None:
        term = _changed_term(entry.message, segment.message, glossary)
        changes = [term] if term else None
    return _replaced(pieces, changes) if changes else None


def _changed_numbers(old: str, new: str) -> list[tuple[str, str, int]] | None:
    """(old number, new number, how often), when nothing else differs and each old number became one new one."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return None
    before, after = NUMBER.findall(old), NUMBER.findall(new)
    became: dict[str, set[str]] = {}
    for one, other in zip(before, after, strict=True):
        became.setdefault(one, set()).add(other)
    if any(len(values) > 1 for values in became.values()):
        return None
    counts = Counter(before)
    return [(one, other, counts[one]) for one, values in became.items() for other in values if other != one]


def _changed_term(old: str, new: str, glossary: Glossary) -> tuple[str, str, int] | None:
    """The targets of two glossary terms, when the one took the place of the other and nothing else differs."""
    before, after = re.findall(r"\w+|\W", old), re.findall(r"\w+|\W", new)
    changed = [
        code for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if code[0] != "equal"
    ]
    if len(changed) != 1:
        return None
    _, i1, i2, j1, j2 = changed[0]
    for left in range(4):  # a term of several words may share some with the other
        for right in range(4):
            one = "".join(before[max(i1 - left, 0) : i2 + right])
            other = "".join(after[max(j1 - left, 0) : j2 + right])
            old_term, new_term = glossary.find(one.strip()), glossary.find(other.strip())
            if old_term and new_term and old_term.target and new_term.target:
                return old_term.target, new_term.target, 1
    return None


def _replaced(pieces: Sequence[Piece], changes: Sequence[tuple[str, str, int]]) -> tuple[Piece, ...] | None:
    """Each old word replaced; None unless it stands in the text exactly as often as it should."""
    new = {old: word for old, word, _ in changes}
    pattern = re.compile("|".join(_bounded(old) for old in sorted(new, key=len, reverse=True)))
    text = "\0".join(piece.text for piece in pieces if piece.kind == "text")
    found = Counter(match[0] for match in pattern.finditer(text))
    if any(found[old] != count for old, _, count in changes):
        return None
    return tuple(
        replace(piece, text=pattern.sub(lambda match: new[match[0]], piece.text)) if piece.kind == "text" else piece
        for piece in pieces
    )


def _bounded(word: str) -> str:
    """A number that is not part of a longer one."""
    return rf"(?<![\d.,:]){re.escape(word)}(?![\d]|[.,:]\d)" if word[0].isdigit() else re.escape(word)

"""A reviewed translation, adapted without an engine: when only numbers, tags or one glossary term differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.markdown import Piece, Segment
from pipeline.translation.entries import NUMBER, Entry, filled
from pipeline.translation.glossary import Glossary

__all__ = ["adapt"]


def adapt(entry: Entry, segment: Segment, glossary: Glossary, *, own_tags: bool = False) -> tuple[Piece, ...] | None:
    """The entry's translation with the difference carried over; None when that is not certain.

    With `own_tags` the tags that are the same stay as the translation writes them.
    """
    if entry.signature != segment.signature:
        return None
    pieces = filled(entry, segment, own_tags=own_tags)
    if entry.message == segment.message:
        return pieces
    changes = _changed_numbers(entry.message, segment.message)
    if changes is None:
        changes = _changed_words(entry.message, segment.message, glossary)
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


def _changed_words(old: str, new: str, glossary: Glossary) -> list[tuple[str, str, int]] | None:
    """(old, new, 1) as the translation writes them, when one term or name took the place of another."""
    before, after = re.findall(r"\w+|\W", old), re.findall(r"\w+|\W", new)
    changed = [
        code for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if code[0] != "equal"
    ]
    if len(changed) != 1:
        return None
    _, i1, i2, j1, j2 = changed[0]
    for left in range(4):  # a term of several words may share some with the other
        for right in range(4):
            one = "".join(before[max(i1 - left, 0) : i2 + right]).strip()
            other = "".join(after[max(j1 - left, 0) : j2 + right]).strip()
            old_word, new_word = glossary.written(one), glossary.written(other)
            if old_word and new_word and old.count(one) == new.count(other) == 1:
                return [(old_word, new_word, 1)]
    return None


def _replaced(pieces: Sequence[Piece], changes: Sequence[tuple[str, str, int]]) -> tuple[Piece, ...] | None:
    """Each old word replaced; None unless it stands in the text exactly as often as it should."""
    new = {old: word for old, word, _ in changes}
    pattern = re.compile("|".join(_bounded(old) for old in sorted(new, key=len, reverse=True)))
    found = Counter(match[0] for piece in pieces if piece.kind == "text" for match in pattern.finditer(piece.text))
    if any(found[old] != count for old, _, count in changes):
        return None
    return tuple(_with_changes(piece, pattern, new) if piece.kind == "text" else piece for piece in pieces)


def _with_changes(piece: Piece, pattern: re.Pattern[str], new: dict[str, str]) -> Piece:
    """The change in the text, and in what it is written as, if it can be found there as well."""
    text, count = pattern.subn(lambda match: new[match[0]], piece.text)
    source, same = pattern.subn(lambda match: new[match[0]], piece.source)
    return replace(piece, text=text, source=source if same == count else "") if count else piece


def _bounded(word: str) -> str:
    """A number that is not part of a longer one, a Latin word that is a whole one."""
    if word[0].isdigit():
        return rf"(?<![\d.,:]){re.escape(word)}(?![\d]|[.,:]\d)"
    left, right = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])") if word.isascii() else ("", "")
    return f"{left}{re.escape(word)}{right}"

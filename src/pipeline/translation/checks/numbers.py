"""Numbers: each of the source's is in the translation, in digits or in words, and no other is."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Group, Page
from pipeline.translation.checks.quantities import (
    Number,
    chinese_numerals,
    digits_in,
    english_words,
    numbers_in,
)

__all__ = ["numbers"]


def numbers(page: Page) -> Iterator[Found]:
    """Numbers that are missing, added or changed. Those in code, addresses and names are left alone."""
    for group in page.groups:
        if page.finished(group):
            yield from _compared(page, group)


def _compared(page: Page, group: Group) -> Iterator[Found]:
    ours, theirs = page.words(group.source), page.words(group.target)
    raw_ours = " ".join(unit.source for unit in group.source)
    raw_theirs = " ".join(unit.source for unit in group.target)
    known = digits_in(raw_theirs) | chinese_numerals(theirs) | _values(theirs)
    missing = _lacking(ours, known)
    known = digits_in(raw_ours) | english_words(ours) | _values(ours)
    added = _lacking(theirs, known)
    for one, other in zip(missing, added, strict=False):
        what = f"{other.written} stands here where the source has {one.written}."
        yield Found(group.line, what, "Correct the number.", one.written)
    for one in missing[len(added) :]:
        yield Found(group.line, f"The number {one.written} of the source is missing.", "Put it in.", one.written)
    for other in added[len(missing) :]:
        yield Found(group.line, f"The number {other.written} is not in the source.", "Compare with the source.")


def _values(text: str) -> set[object]:
    return {value for number in numbers_in(text) for value in number.values}


def _lacking(text: str, known: set[object]) -> list[Number]:
    """The numbers of a text that are not known, each once."""
    return list({number.written: number for number in numbers_in(text) if not number.values & known}.values())

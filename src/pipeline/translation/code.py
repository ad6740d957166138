"""Code that a reviewer changed in the translation (its comments, mostly), while the English changes it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

__all__ = ["merged_lines"]


def merged_lines(old: str, theirs: str, new: str) -> tuple[str, int | None]:
    """`new` with the lines that `theirs` has instead of `old`'s, where `new` left those as they were; and the first
    line of `theirs`, from 0, that could not be brought over because both changed it.
    """
    if old in {theirs, new}:
        return (new if theirs == old else theirs), None
    before, after, own = (text.splitlines(keepends=True) for text in (old, new, theirs))
    moved = _unchanged(before, after)
    result, end, offset = list(after), 0, 0
    lost: int | None = None
    for i1, i2, j1, j2 in _changed(before, own):
        start = _place(moved, i1, i2)
        if start is None or start < end:
            lost = j1 if lost is None else lost
            continue
        result[start + offset : start + offset + i2 - i1] = own[j1:j2]
        offset += (j2 - j1) - (i2 - i1)
        end = start + i2 - i1
    return "".join(result), lost


def _changed(before: Sequence[str], own: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that differ; line by line where as many stand for as many."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, own, autojunk=False).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:
            yield from ((i1 + at, i1 + at + 1, j1 + at, j1 + at + 1) for at in range(i2 - i1))
        elif tag != "equal":
            yield i1, i2, j1, j2


def _place(moved: dict[int, int], i1: int, i2: int) -> int | None:
    """Where the lines `i1` to `i2` are in the new text, in a row; for none, the place between their neighbours."""
    if i1 == i2:
        return moved[i1] if i1 in moved else moved[i1 - 1] + 1 if i1 - 1 in moved else None
    found = [moved.get(i) for i in range(i1, i2)]
    start = found[0]
    return start if start is not None and found == list(range(start, start + i2 - i1)) else None


def _unchanged(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Line of `before` → line of `after`, for the lines that are the same."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return {b.a + k: b.b + k for b in matcher.get_matching_blocks() for k in range(b.size)}

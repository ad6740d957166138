"""Which words of a text changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

__all__ = ["Part", "changed_words"]

Part = tuple[Literal["same", "gone", "new"], str]
# A word, a run of blanks, or one character of anything else: Chinese has no blanks between its words.
_TOKEN = re.compile(r"[A-Za-z0-9_\u00c0-\u024f]+|\s+|.", re.DOTALL)
_ALIKE = 0.3


def changed_words(old: str, new: str) -> list[Part]:
    """Both texts as one: parts that are in both, that are gone, and that are new. Texts that have next to nothing in
    common are one part each.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    if old and new and matcher.ratio() < _ALIKE:
        return [("gone", old), ("new", new)]
    return list(_parts(matcher, before, after))


def _parts(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Part]:
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(after[j1:j2])
            continue
        if i1 < i2:
            yield "gone", "".join(before[i1:i2])
        if j1 < j2:
            yield "new", "".join(after[j1:j2])

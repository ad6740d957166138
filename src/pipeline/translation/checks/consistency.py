"""The same source text, translated in two ways on the pages that are checked."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import cast

from pipeline.markdown import Segment, Unit
from pipeline.translation.checks.finding import Found
from pipeline.translation.checks.page import Page

__all__ = ["inconsistent"]

_Key = tuple[str, str, tuple[str, ...]]


def inconsistent(page: Page) -> Iterator[Found]:
    """Segments of several words whose translation here is not the one that most pages have."""
    usual = cast("Mapping[_Key, tuple[str, Page, int]]", _usual(page))
    for key, words, line in _entries(page):
        best = usual.get(key)
        if best and _wording(best[0]) != _wording(words):
            where = f"line {best[2]}" if best[1] is page else f"{best[1].file}:{best[2]}"
            what = f"“{_short(key[1])}” is translated as “{_short(words)}” here and as “{_short(best[0])}” in {where}."
            yield Found(line, what, "Choose one of them.", best[0])


def _usual(page: Page) -> Mapping[object, object]:
    """The most frequent translation of each segment that has several, and where it stands first."""
    memo = page.shared.memo
    if "inconsistent" not in memo:
        found: defaultdict[_Key, list[tuple[str, Page, int]]] = defaultdict(list)
        for other in page.shared.pages:
            for key, words, line in _entries(other):
                found[key].append((words, other, line))
        usual: dict[object, object] = {}
        for key, entries in found.items():
            counts = Counter(_wording(words) for words, _, _ in entries)
            if len(counts) > 1:
                usual[key] = max(entries, key=lambda entry: counts[_wording(entry[0])])
        memo["inconsistent"] = usual
    return memo["inconsistent"]


def _entries(page: Page) -> Iterator[tuple[_Key, str, int]]:
    """(what is translated, the translation, its line) of the segments that pair one to one."""
    if page not in page.shared.pages:
        return
    for group in page.groups:
        if not group.simple or not page.finished(group):
            continue
        (ours,), (theirs,) = group.source, group.target
        if [segment.kind for segment in ours.segments] != [segment.kind for segment in theirs.segments]:
            continue
        for one, other in zip(ours.segments, theirs.segments, strict=True):
            if _telling(one):
                yield (_class(ours, one), one.message, one.signature), other.message, theirs.line


def _wording(text: str) -> str:
    """A translation without what `punctuation` and `typography` see to: blanks and marks. Tags stay."""
    return re.sub(r"[^\w/<>]", "", text)


def _telling(segment: Segment) -> bool:
    """One word means different things in different places."""
    return len(segment.message.split()) > 1


def _class(unit: Unit, segment: Segment) -> str:
    """A heading may be worded otherwise than a sentence."""
    return segment.kind if segment.kind != "text" else unit.kind.rstrip("123456")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
